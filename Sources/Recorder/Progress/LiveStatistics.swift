// Running numbers while a recording goes on, read from what is written: an estimate for people, never kept. The
// analyzer derives what counts from the trace.

import Core
import Synchronization

/// Numbers by model, so far.
struct LiveNumbers: Sendable {
    struct Model: Sendable {
        /// From dispatch, connection set-up taken off, to the first content that is not empty.
        var firstToken = TimeHistogram()
        var inputTokens = 0
        var outputTokens = 0
        /// Answers that ended with an exception within the stream.
        var streamExceptions = 0
    }

    var models: [String: Model] = [:]
    var faults = LiveFaults()

    var outputTokens: Int { models.values.reduce(0) { $0 + $1.outputTokens } }
}

/// The numbers as the writer thread last left them.
final class LiveStatistics: Sendable {
    private let state = Mutex(LiveNumbers())

    var numbers: LiveNumbers { state.withLock { $0 } }

    fileprivate func change(_ model: String, _ body: (inout LiveNumbers.Model) -> Void) {
        state.withLock { body(&$0.models[model, default: LiveNumbers.Model()]) }
    }

    fileprivate func noteFault(_ name: String, _ message: String) {
        state.withLock { $0.faults.note(name, message) }
    }
}

/// Follows the attempts under way.
struct LiveReader {
    private final class Attempt {
        let model: String
        let dispatched: TraceInstant
        var setUp = Nanoseconds.zero
        var hasFirstToken = false
        var isStream = true
        /// The head of an answer that is no stream.
        var refusal: ResponseRecord?
        /// The beginning of its body.
        var refusalBody: [UInt8] = []
        var decoder = EventStreamDecoder(maximumMessageByteCount: 1 << 20)
        var parser: BedrockEventParser

        init(_ request: RequestRecord) {
            model = request.model
            dispatched = request.dispatched
            parser = BedrockEventParser(operation: BedrockOperation(rawValue: request.operation) ?? .converseStream)
        }
    }

    private let statistics: LiveStatistics
    private var attempts: [AttemptID: Attempt] = [:]

    init(statistics: LiveStatistics) {
        self.statistics = statistics
    }

    mutating func take(_ record: TraceRecord) {
        switch record {
        case .request(let request) where !request.isWarmup: attempts[request.id] = Attempt(request)
        case .connection(let connection):
            guard let attempt = attempts[connection.id], let connected = connection.connected else { return }
            attempt.setUp = max(.zero, connected - attempt.dispatched)
        case .response(let response) where !(200...299).contains(response.status):
            attempts[response.id]?.isStream = false
            attempts[response.id]?.refusal = response
        case .error(let error) where attempts[error.id] != nil: statistics.noteFault(error.code, error.message)
        case .end(let end): attempts.removeValue(forKey: end.id).map(noteRefusal)
        default: break
        }
    }

    func take(_ stamp: ChunkStamp, of id: AttemptID, bytes: UnsafeRawBufferPointer) {
        guard let attempt = attempts[id] else { return }
        if attempt.refusal != nil {
            attempt.refusalBody.append(contentsOf: bytes.prefix(Self.refusalLimit - attempt.refusalBody.count))
        }
        guard attempt.isStream else { return }
        var decoder = attempt.decoder
        attempt.decoder = EventStreamDecoder()
        do throws(EventStreamError) {
            try decoder.feed(bytes.bytes) { frame, span in
                attempt.parser.parse(frame, in: span) { note($0, at: stamp.instant, attempt) }
            }
        } catch {
            // Damaged streams are the analyzer's to explain.
            attempt.isStream = false
        }
        attempt.decoder = decoder
    }

    /// A service's own errors are a line long; what is longer is a proxy's page.
    private static let refusalLimit = 4096

    private func noteRefusal(_ attempt: Attempt) {
        guard let refusal = attempt.refusal else { return }
        let body = attempt.refusalBody
        let error = BedrockErrorResponse(status: refusal.status, headers: refusal.headers, body: body.span.bytes)
        statistics.noteFault(error.code, error.message ?? "")
    }

    private func note(_ event: BedrockEvent, at instant: TraceInstant, _ attempt: Attempt) {
        switch event {
        case .delta(let delta) where delta.isContent && !attempt.hasFirstToken:
            attempt.hasFirstToken = true
            statistics.change(attempt.model) { $0.firstToken.add(instant - attempt.dispatched - attempt.setUp) }
        case .metadata(let metadata):
            statistics.change(attempt.model) {
                $0.inputTokens += metadata.usage.inputTokens ?? 0
                $0.outputTokens += metadata.usage.outputTokens ?? 0
            }
        case .exception(let exception):
            statistics.change(attempt.model) { $0.streamExceptions += 1 }
            statistics.noteFault(exception.name, exception.message)
        default: break
        }
    }
}

/// Passes records on to the trace, and shows them to the reader of running numbers.
struct LiveSink<Inner: CaptureSink & ~Copyable>: CaptureSink, ~Copyable {
    private var inner: Inner
    private var reader: LiveReader

    init(_ inner: consuming Inner, statistics: LiveStatistics) {
        self.inner = inner
        reader = LiveReader(statistics: statistics)
    }

    var writtenByteCount: UInt64 { inner.writtenByteCount }

    mutating func append(_ record: TraceRecord) throws {
        try inner.append(record)
        reader.take(record)
    }

    mutating func append(_ stamp: ChunkStamp, of attempt: AttemptID, bytes: UnsafeRawBufferPointer) throws {
        try inner.append(stamp, of: attempt, bytes: bytes)
        reader.take(stamp, of: attempt, bytes: bytes)
    }

    mutating func flushIfDue(now: TraceInstant) throws { try inner.flushIfDue(now: now) }

    mutating func rotate(now: TraceInstant) throws { try inner.rotate(now: now) }

    mutating func close() throws { try inner.close() }
}
