// Redacts a trace record by record: words, ids, accounts and addresses go, every stamp and length stays.

import Core

/// Takes a trace's records in order and gives back records that tell nothing but how the answers arrived.
struct RecordRedactor {
    /// What is done, in words, for the redacted file's own metadata.
    static let rules = """
        text, reasoning, tool input, request bodies and error messages are overwritten at equal length; request ids, \
        account ids, addresses and every header that is not listed as harmless are overwritten; prompts are renumbered
        """

    /// Headers whose values say nothing of who asked what.
    private static let harmlessHeaders: Set<String> = [
        "accept", "connection", "content-length", "content-type", "date", "transfer-encoding", "user-agent",
        "x-amzn-bedrock-accept", "x-amzn-bedrock-cache-read-input-token-count",
        "x-amzn-bedrock-cache-write-input-token-count", "x-amzn-bedrock-content-type",
        "x-amzn-bedrock-input-token-count", "x-amzn-bedrock-invocation-latency",
        "x-amzn-bedrock-output-token-count", "x-amzn-bedrock-performanceconfig-latency",
        "x-amzn-bedrock-service-tier", "x-amzn-errortype", "x-bedrock-replayer",
    ]

    private var hidesLengths: Bool
    private var streams: [AttemptID: StreamRedactor] = [:]
    private var statuses: [AttemptID: Int] = [:]
    private var prompts: [String: String] = [:]

    /// Starts a trace.
    init(hidesLengths: Bool) {
        self.hidesLengths = hidesLengths
    }

    /// Takes one record and gives those that are done.
    mutating func take(_ record: TraceRecord) -> [TraceRecord] {
        switch record {
        case .clock, .drop, .quality:
            return [record]
        case .request(let request):
            return [.request(redacted(request))]
        case .connection(var connection):
            connection.remoteAddress = "0.0.0.0:0"
            return [.connection(connection)]
        case .response(var response):
            statuses[response.id] = response.status
            response.headers = response.headers.map(Self.redacted)
            return [.response(response)]
        case .chunks(let batch):
            let isEventStream = (200...299).contains(statuses[batch.attempt] ?? 200)
            var stream =
                streams[batch.attempt] ?? StreamRedactor(isEventStream: isEventStream, hidesLengths: hidesLengths)
            // Taken out while it changes, so that its buffers are not copied.
            streams[batch.attempt] = nil
            let done = stream.take(batch)
            streams[batch.attempt] = stream
            return done.map { .chunks($0) }
        case .error(var error):
            error.message = error.code
            return [.error(error)]
        case .end(var end):
            let rest = streams.removeValue(forKey: end.id)?.flush() ?? []
            statuses[end.id] = nil
            // The writer takes the hash of the bytes that it is given.
            end.xxHash64 = 0
            return rest.map { .chunks($0) } + [.end(end)]
        }
    }

    /// Gives what is left of streams that never ended.
    mutating func finish() -> [TraceRecord] {
        let rest = streams.keys.sorted().flatMap { id in streams[id]?.flush() ?? [] }
        streams = [:]
        return rest.map { .chunks($0) }
    }

    // MARK: Requests

    private mutating func redacted(_ request: RequestRecord) -> RequestRecord {
        var request = request
        var body = Array(request.body.utf8)
        if !JSONRedactor().redact(&body, in: body.indices) {
            for index in body.indices { body[index] = UInt8(ascii: "x") }
        }
        request.body = String(decoding: body, as: UTF8.self)
        request.model = Self.withoutAccount(request.model)
        request.url = Self.withoutAccount(Self.withoutHost(request.url))
        request.headers = request.headers.map(Self.redacted)
        request.promptID = promptID(for: request.promptID)
        return request
    }

    private mutating func promptID(for original: String) -> String {
        if let known = prompts[original] { return known }
        let next = "prompt-\(prompts.count + 1)"
        prompts[original] = next
        return next
    }

    private static func redacted(_ header: HeaderField) -> HeaderField {
        guard !harmlessHeaders.contains(header.name.lowercased()) else { return header }
        return HeaderField(header.name, String(repeating: "x", count: header.value.utf8.count))
    }

    /// Overwrites the twelve digits of an account id in an ARN, percent-encoded or not.
    static func withoutAccount(_ text: String) -> String {
        var bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[end]) { end += 1 }
            // `%3A` ends in a letter, so its digit never joins the account's.
            if end - start == 12 {
                for index in start..<end { bytes[index] = UInt8(ascii: "0") }
            }
            start = max(end, start + 1)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Keeps AWS's public host names; any other host is the user's own.
    static func withoutHost(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        let host = rest[..<end]
        let isPublic = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonaws.eu"].contains {
            host.hasPrefix("bedrock-runtime") && host.hasSuffix($0)
        }
        return isPublic ? url : url[..<scheme.upperBound] + "redacted.invalid" + rest[end...]
    }
}

extension StreamRedactor {
    /// ``finish()`` for a value that is about to go.
    fileprivate func flush() -> [ChunkBatch] {
        var copy = self
        return copy.finish()
    }
}
