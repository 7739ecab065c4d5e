// Puts one attempt's records together as they come, decoding its stream chunk by chunk.

import Core

/// Takes the records of one attempt in order and gives its timeline.
struct TimelineBuilder {
    private let request: RequestRecord
    private let keepsPayloads: Bool
    private var connection: ConnectionRecord?
    private var response: ResponseRecord?
    private var error: ErrorRecord?
    private var end: EndRecord?

    private var decoder = EventStreamDecoder()
    private var parser: BedrockEventParser
    private var events: [TimelineEvent] = []
    private var metadata: ResponseMetadata?
    private var stopReason: String?
    private var exception: StreamException?
    private var fault: EventStreamError?
    private var hasMessageStop = false
    private var chunkCount = 0
    private var byteCount: UInt64 = 0
    /// Whether chunks that were recorded are no longer in the trace.
    private var hasLostChunks = false
    /// The body of a response that is no event stream, up to what an error message may hold.
    private var errorBody: [UInt8] = []

    private static let errorBodyLimit = 1 << 20

    /// Begins an attempt; payloads are kept only where they are asked for, since they are most of a trace.
    init(_ request: RequestRecord, keepsPayloads: Bool = false) {
        self.request = request
        self.keepsPayloads = keepsPayloads
        parser = BedrockEventParser(operation: BedrockOperation(rawValue: request.operation) ?? .converseStream)
    }

    /// The timeline of all records of an attempt, the first of which is its `/request`.
    static func timeline(of records: [TraceRecord], keepsPayloads: Bool = false) -> RequestTimeline {
        guard case .request(let request) = records.first else {
            preconditionFailure("an attempt's records begin with its request")
        }
        var builder = TimelineBuilder(request, keepsPayloads: keepsPayloads)
        for record in records.dropFirst() { builder.take(record) }
        return builder.timeline()
    }

    mutating func take(_ record: TraceRecord) {
        switch record {
        case .clock, .drop, .quality, .request: break
        case .connection(let record): connection = record
        case .response(let record): response = record
        case .chunks(let batch): take(batch)
        case .error(let record): error = record
        case .end(let record):
            end = record
            if record.chunks != chunkCount || record.bytes != byteCount { hasLostChunks = true }
        }
    }

    private var isStream: Bool { (200...299).contains(response?.status ?? 200) }

    private mutating func take(_ batch: ChunkBatch) {
        // What was lost of a trace must not look like a fault of the service.
        if Int(batch.firstIndex) != chunkCount { hasLostChunks = true }
        guard !hasLostChunks else { return }
        let bytes = batch.data.span.bytes
        var start = 0
        for (index, stamp) in batch.stamps.enumerated() {
            let range = start..<(start + Int(stamp.length))
            start = range.upperBound
            chunkCount += 1
            byteCount += UInt64(stamp.length)
            if isStream {
                decode(bytes.extracting(range), stamp, chunk: batch.firstIndex &+ UInt32(truncatingIfNeeded: index))
            } else if errorBody.count < Self.errorBodyLimit {
                errorBody.append(contentsOf: batch.data[range])
            }
        }
    }

    private mutating func decode(_ bytes: RawSpan, _ stamp: ChunkStamp, chunk: UInt32) {
        guard fault == nil else { return }
        // Out of `self` while it works, because what it finds changes `self`.
        var decoder = self.decoder
        self.decoder = EventStreamDecoder()
        defer { self.decoder = decoder }
        var offset = decoder.consumedByteCount
        do {
            try decoder.feed(bytes) { frame, span in
                append(frame, in: span, offset: offset, stamp, chunk: chunk)
                offset += UInt64(frame.range.count)
            }
        } catch {
            fault = error
        }
    }

    private mutating func append(
        _ frame: EventStreamFrame,
        in bytes: RawSpan,
        offset: UInt64,
        _ stamp: ChunkStamp,
        chunk: UInt32
    ) {
        var kind = TimelineEvent.Kind.other
        var textByteCount = 0
        var told: [BedrockEvent] = []
        parser.parse(frame, in: bytes) { told.append($0) }
        for one in told {
            note(one)
            if case .delta(let delta) = one { textByteCount += delta.textByteCount }
            // A message that says several things at once is what matters most to timing.
            let candidate = Self.kind(of: one)
            if candidate.weight > kind.weight { kind = candidate }
        }
        events.append(
            TimelineEvent(
                index: events.count,
                eventType: BedrockEventParser.eventType(of: frame, in: bytes) ?? "",
                messageType: BedrockEventParser.messageType(of: frame, in: bytes) ?? "",
                kind: kind,
                textByteCount: textByteCount,
                offset: offset,
                length: frame.range.count,
                stamp: stamp.instant,
                source: stamp.source,
                callbackLag: stamp.callbackLag,
                wakeLag: stamp.wakeLag,
                chunk: chunk,
                isBurst: isBurst(stamp, chunk: chunk),
                payload: keepsPayloads ? BedrockEventParser.payload(of: frame, in: bytes) : nil
            )
        )
    }

    /// Same chunk, or equal kernel stamps: the two arrived together.
    private func isBurst(_ stamp: ChunkStamp, chunk: UInt32) -> Bool {
        guard let last = events.last else { return false }
        return last.chunk == chunk
            || (stamp.source == .kernel && last.source == .kernel && last.stamp == stamp.instant)
    }

    private mutating func note(_ event: BedrockEvent) {
        switch event {
        case .messageStop(let reason):
            hasMessageStop = true
            stopReason = reason ?? stopReason
        case .metadata(let metadata): self.metadata = metadata
        case .exception(let exception): self.exception = self.exception ?? exception
        case .messageStart, .blockStart, .delta, .blockStop, .ping, .other: break
        }
    }

    private static func kind(of event: BedrockEvent) -> TimelineEvent.Kind {
        switch event {
        case .messageStart: .messageStart
        case .blockStart(_, let kind): .blockStart(kind)
        case .delta(let delta): .delta(delta)
        case .blockStop: .blockStop
        case .messageStop: .messageStop
        case .metadata: .metadata
        case .exception: .exception
        case .ping: .ping
        case .other: .other
        }
    }

    // MARK: The end

    /// The timeline of what was taken; an attempt without an `/end` was still under way when the trace stopped.
    func timeline() -> RequestTimeline {
        let verdict = verdict()
        return RequestTimeline(
            request: request,
            connection: connection,
            response: response,
            error: error,
            end: end,
            events: events,
            metadata: metadata,
            stopReason: stopReason,
            outcome: verdict.outcome,
            errorCode: verdict.code,
            errorMessage: verdict.message,
            chunkCount: chunkCount,
            byteCount: byteCount
        )
    }

    private typealias Verdict = (outcome: Outcome, code: String?, message: String?)

    /// What the recorder saw comes first; a whole transfer is then judged by what its bytes say.
    private func verdict() -> Verdict {
        guard let end else { return (.cancelled, "Unfinished", "the trace stops before the request ends") }
        if hasLostChunks { return (.truncated, "LostChunks", "the trace has lost a part of this answer") }
        switch end.outcome {
        case .timeout: return (.timeout, error?.code, error?.message)
        case .cancelled: return (.cancelled, error?.code, error?.message)
        case .transportError: return (.transportError, error?.code, error?.message)
        case .httpError, .ok: break
        }
        guard isStream else {
            let answer = BedrockErrorResponse(
                status: response?.status ?? 0,
                headers: response?.headers ?? [],
                body: errorBody.span.bytes
            )
            return (.httpError, answer.code, answer.message)
        }
        if let exception { return (.streamException, exception.name, exception.message) }
        if let fault { return (.streamException, Self.code(of: fault), fault.description) }
        if decoder.pendingByteCount > 0 {
            return (.truncated, "UnfinishedMessage", "the body ends within a message")
        }
        guard isComplete else {
            return (.truncated, "MissingEnd", "the body ends before the answer's last events")
        }
        return (.ok, nil, nil)
    }

    /// ConverseStream closes with `messageStop` and `metadata`; InvokeModelWithResponseStream with the service's metrics.
    ///
    /// A guardrail that blocks the input answers an invocation with one message that holds content and counts, and the
    /// service adds no metrics. In a longer stream counts alone prove nothing: Anthropic's come before its last message.
    private var isComplete: Bool {
        if request.operation == BedrockOperation.invokeModelWithResponseStream.rawValue {
            return metadata?.isFromService == true
                || (metadata != nil && events.count == 1 && events[0].delta?.isContent == true)
        }
        return metadata?.isFromService == true && hasMessageStop
    }

    private static func code(of fault: EventStreamError) -> String {
        switch fault {
        case .preludeChecksumMismatch: "PreludeChecksumMismatch"
        case .messageChecksumMismatch: "MessageChecksumMismatch"
        default: "MalformedMessage"
        }
    }
}
