// One recorded answer: what came back and when, counted from the instant at which the recorder asked.

package import Core

/// A recorded attempt, ready to be served.
package struct RecordedAnswer: Hashable, Sendable {
    /// A chunk as it was read from the socket.
    package struct Chunk: Hashable, Sendable {
        /// From the request's dispatch to the chunk's arrival, connection set-up left out.
        package var offset: Nanoseconds
        /// Where its bytes end in ``RecordedAnswer/body``.
        package var end: Int
    }

    /// How the attempt ended.
    package enum Ending: Hashable, Sendable {
        /// The response was whole.
        case complete
        /// The connection failed; the error's stable name, for example `CURLE_RECV_ERROR`.
        case failure(String)
        /// The recorder's patience ended before the response did.
        case timeout
    }

    package var id: AttemptID
    /// When the recorder asked.
    package var dispatched: TraceInstant
    /// The operation's name in the trace.
    package var operation: String
    package var model: String
    /// Whether the recorder only warmed connections and models up with it.
    package var isWarmup: Bool
    /// The latency profile asked for; `nil` where the request named none.
    package var latency: String?
    /// Characters of the request's text; 0 where the body is none that a client would send.
    package var characterCount: Int
    /// What requests are held against; `nil` where the operation is not one that is served.
    package var keys: RequestKeys?
    /// The HTTP status; `nil` where no head came back.
    package var status: Int?
    package var headers: [HeaderField]
    /// From dispatch to the head's first byte.
    package var headOffset: Nanoseconds
    package var chunks: [Chunk]
    package var body: [UInt8]
    package var ending: Ending
    package var endOffset: Nanoseconds
}

/// Gathers recorded answers from the records of traces, in whatever order a file has them: records of one instant may
/// stand in any.
package struct RecordedAnswerCollector {
    fileprivate struct Attempt {
        var request: RequestRecord?
        var connection: ConnectionRecord?
        var response: ResponseRecord?
        var batches: [ChunkBatch] = []
        var error: ErrorRecord?
        var end: EndRecord?
    }

    private var attempts: [AttemptID: Attempt] = [:]
    private var answers: [RecordedAnswer] = []
    /// Attempts that the recorder itself cut short: they say nothing of the service, and are left out.
    package private(set) var cancelledCount = 0
    /// Attempts whose end or some of whose bytes are in none of the traces, as after a crash; they are left out too.
    package private(set) var unfinishedCount = 0

    /// Starts with nothing.
    package init() {}

    /// Takes the next record.
    package mutating func add(_ record: TraceRecord) {
        switch record {
        case .request(let request):
            // Another recording numbers its requests anew.
            if attempts[request.id]?.request != nil { conclude(request.id) }
            attempts[request.id, default: Attempt()].request = request
        case .connection(let connection):
            attempts[connection.id, default: Attempt()].connection = connection
        case .response(let response):
            attempts[response.id, default: Attempt()].response = response
        case .chunks(let batch):
            attempts[batch.attempt, default: Attempt()].batches.append(batch)
        case .error(let error):
            attempts[error.id, default: Attempt()].error = error
        case .end(let end):
            attempts[end.id, default: Attempt()].end = end
        case .clock, .drop, .quality:
            break
        }
    }

    /// Concludes every attempt and gives the answers, in the order in which they were asked for.
    package mutating func finish() -> [RecordedAnswer] {
        for id in attempts.keys { conclude(id) }
        // Traces of several recorders may number their requests alike: time comes first.
        answers.sort { ($0.dispatched, $0.id) < ($1.dispatched, $1.id) }
        return answers
    }

    private mutating func conclude(_ id: AttemptID) {
        guard let attempt = attempts.removeValue(forKey: id), let request = attempt.request else { return }
        guard let end = attempt.end, attempt.byteCount == end.bytes else {
            unfinishedCount += 1
            return
        }
        let ending: RecordedAnswer.Ending
        switch end.outcome {
        case .ok, .httpError: ending = .complete
        case .transportError: ending = .failure(attempt.error?.code ?? "transport_error")
        case .timeout: ending = .timeout
        case .cancelled:
            cancelledCount += 1
            return
        }
        answers.append(RecordedAnswer(attempt.timing(from: request), request, attempt.response, ending, end))
    }
}

extension RecordedAnswerCollector.Attempt {
    /// Bytes and offsets of an attempt.
    fileprivate struct Timing {
        var headOffset: Nanoseconds
        var chunks: [RecordedAnswer.Chunk]
        var body: [UInt8]
        var origin: TraceInstant
    }

    /// A span that damaged stamps cannot stretch beyond what any recording holds.
    fileprivate static func bounded(_ span: Nanoseconds) -> Nanoseconds { min(span, DeltaClock.latest) }

    /// How many bytes of body there are; `nil` where batches contradict themselves.
    fileprivate var byteCount: UInt64? {
        var count = 0
        for batch in batches {
            guard batch.stamps.reduce(0, { $0 + Int($1.length) }) == batch.data.count else { return nil }
            count += batch.data.count
        }
        return UInt64(count)
    }

    /// Lays the chunks out behind each other, counted from the request.
    fileprivate func timing(from request: RequestRecord) -> Timing {
        // A new connection's set-up is the recorder's own time, not the service's.
        var origin = request.dispatched
        if let connection, !connection.isReused, let connected = connection.connected {
            origin = max(origin, connected)
        }
        // Stamps of one stream may step back by a clock's correction; what is served only goes forward.
        var latest = max(.zero, response.map { Self.bounded($0.firstByte - origin) } ?? .zero)
        var timing = Timing(headOffset: latest, chunks: [], body: [], origin: origin)
        var end = 0
        for batch in batches.sorted(by: { $0.firstIndex < $1.firstIndex }) {
            timing.body.append(contentsOf: batch.data)
            for stamp in batch.stamps {
                latest = max(latest, Self.bounded(stamp.instant - origin))
                end += Int(stamp.length)
                timing.chunks.append(RecordedAnswer.Chunk(offset: latest, end: end))
            }
        }
        return timing
    }
}

extension RecordedAnswer {
    fileprivate init(
        _ timing: RecordedAnswerCollector.Attempt.Timing,
        _ request: RequestRecord,
        _ response: ResponseRecord?,
        _ ending: Ending,
        _ end: EndRecord
    ) {
        let operation = RuntimeOperation.allCases.first { $0.traceName == request.operation }
        let asked = operation.map {
            RuntimeRequest(operation: $0, model: request.model, body: Array(request.body.utf8))
        }
        let content = asked.flatMap { try? RequestBody($0) }
        self.init(
            id: request.id,
            dispatched: request.dispatched,
            operation: request.operation,
            model: request.model,
            isWarmup: request.isWarmup,
            latency: request.latency,
            characterCount: content?.characterCount ?? 0,
            keys: asked.map { RequestKeys(body: $0.body, content: content) },
            status: response?.status,
            headers: response?.headers ?? [],
            headOffset: timing.headOffset,
            chunks: timing.chunks,
            body: timing.body,
            ending: ending,
            endOffset: max(
                timing.chunks.last?.offset ?? timing.headOffset,
                RecordedAnswerCollector.Attempt.bounded(end.completed - timing.origin)
            )
        )
    }
}
