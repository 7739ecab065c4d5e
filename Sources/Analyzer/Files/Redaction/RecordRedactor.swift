// Redacts a trace record by record: words, ids, accounts and addresses go, every stamp and length stays.

import Core

/// Takes a trace's records in order and gives back records that tell nothing but how the answers arrived.
struct RecordRedactor {
    /// What is done, in words, for the redacted file's own metadata.
    static let rules = """
        text, reasoning, tool input, request bodies and error messages are overwritten, as is every JSON member that is not \
        known to hold a count, a kind or a reason; request ids, account ids, addresses, host names, paths and every header \
        that is not known to be harmless are overwritten; prompts and accounts are renumbered; models, regions, labels, \
        experiments and task types stay
        """

    /// Headers whose values say nothing of who asked what.
    private static let harmlessHeaders: Set<String> = [
        "accept", "connection", "content-type", "date", "transfer-encoding", "x-amzn-bedrock-accept",
        "x-amzn-bedrock-cache-read-input-token-count", "x-amzn-bedrock-cache-write-input-token-count",
        "x-amzn-bedrock-content-type", "x-amzn-bedrock-input-token-count", "x-amzn-bedrock-invocation-latency",
        "x-amzn-bedrock-output-token-count", "x-amzn-bedrock-performanceconfig-latency",
        "x-amzn-bedrock-service-tier",
    ]

    private let hidesLengths: Bool
    private var pseudonyms: Pseudonyms
    private var streams: [AttemptID: StreamRedactor] = [:]
    private var statuses: [AttemptID: Int] = [:]
    /// How many answers had no beginning: it stands in a segment that wasn't given.
    private(set) var headlessCount = 0

    /// Starts a trace; `tag` tells its prompts from those of other traces.
    init(hidesLengths: Bool, tag: String) {
        self.hidesLengths = hidesLengths
        pseudonyms = Pseudonyms(tag: tag)
    }

    /// Takes one record and gives those that are done.
    mutating func take(_ record: TraceRecord) -> [TraceRecord] {
        switch record {
        case .quality:
            return [record]
        case .clock(var clock):
            clock.snapshot.bootID = ""
            return [.clock(clock)]
        case .drop(var drop):
            drop.reason = Self.name(drop.reason)
            drop.message = drop.reason
            return [.drop(drop)]
        case .request(let request):
            return [.request(redacted(request))]
        case .connection(var connection):
            connection.remoteAddress = "0.0.0.0:0"
            connection.tlsVersion = connection.tlsVersion.map(Self.name)
            connection.httpVersion = Self.name(connection.httpVersion)
            return [.connection(connection)]
        case .response(var response):
            statuses[response.id] = response.status
            response.headers = response.headers.map(redacted)
            return [.response(response)]
        case .chunks(let batch):
            // Taken out while it changes, so that its buffers are not copied.
            let known = streams.removeValue(forKey: batch.attempt)
            if known == nil, batch.firstIndex > 0 { headlessCount += 1 }
            var stream = known ?? newStream(batch.attempt)
            let done = stream.take(batch)
            streams[batch.attempt] = stream
            return done.map { .chunks($0) }
        case .error(var error):
            error.code = Self.name(error.code)
            error.message = error.code
            return [.error(error)]
        case .end(var end):
            statuses[end.id] = nil
            guard var stream = streams.removeValue(forKey: end.id) else { return [.end(end)] }
            let rest = stream.finish()
            end.xxHash64 = stream.hash(insteadOf: end)
            return rest.map { .chunks($0) } + [.end(end)]
        }
    }

    /// Gives what is left of streams that never ended.
    mutating func finish() -> [TraceRecord] {
        var rest: [TraceRecord] = []
        for id in streams.keys.sorted() {
            guard var stream = streams.removeValue(forKey: id) else { continue }
            rest += stream.finish().map { .chunks($0) }
        }
        return rest
    }

    /// As the analyzer decides it: what has no status yet is taken for a stream.
    private func newStream(_ id: AttemptID) -> StreamRedactor {
        StreamRedactor(
            (200...299).contains(statuses[id] ?? 200) ? .eventStream : .whole,
            hidesLengths: hidesLengths
        )
    }

    // MARK: Requests

    private mutating func redacted(_ request: RequestRecord) -> RequestRecord {
        var request = request
        request.method = Self.name(request.method)
        request.body = body(request.body)
        request.model = pseudonyms.withoutAccounts(request.model)
        request.url = pseudonyms.withoutAccounts(Self.publicPart(of: request.url))
        request.headers = request.headers.map(redacted)
        request.promptID = pseudonyms.prompt(request.promptID)
        return request
    }

    private func body(_ text: String) -> String {
        var body = Array(text.utf8)
        let redactor = JSONRedactor()
        if hidesLengths {
            body = redactor.shortened(body)?.bytes ?? []
        } else if !redactor.redact(&body, in: body.indices) {
            body = Array(repeating: UInt8(ascii: "x"), count: body.count)
        }
        return String(decoding: body, as: UTF8.self)
    }

    private func redacted(_ header: HeaderField) -> HeaderField {
        let name = header.name.lowercased()
        if Self.harmlessHeaders.contains(name) || name == "content-length" && !hidesLengths { return header }
        if name == "x-amzn-errortype" {
            // Behind the colon stands where the service keeps its errors.
            return HeaderField(header.name, Self.name(String(header.value.prefix { $0 != ":" })))
        }
        return HeaderField(header.name, String(repeating: "x", count: header.value.utf8.count))
    }

    /// A name of the protocol as it is, anything else overwritten.
    private static func name(_ text: String) -> String {
        RedactionVocabulary.isErrorName(text) || text.isEmpty
            ? text : String(repeating: "x", count: text.utf8.count)
    }

    /// AWS's own host name and the path of the operation; any other host, and what else stands before the path, is the
    /// user's own.
    static func publicPart(of url: String) -> String {
        let scheme = url.firstRange(of: "://")
        let rest = scheme.map { url[$0.upperBound...] } ?? url[...]
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        let host = rest[..<end]
        let isPublic = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonaws.eu"].contains {
            host.hasPrefix("bedrock-runtime") && host.hasSuffix($0)
        }
        let start = rest.firstRange(of: "/model/")?.lowerBound ?? rest.endIndex
        let path = rest[start...].prefix { $0 != "?" && $0 != "#" }
        return (url.hasPrefix("http://") ? "http://" : "https://") + (isPublic ? host : "redacted.invalid") + path
    }
}
