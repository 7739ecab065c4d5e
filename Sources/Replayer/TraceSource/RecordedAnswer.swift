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
    /// The digest of operation, model and request body; `nil` where the operation is not one that is served.
    package var digest: UInt64?
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

/// Gathers recorded answers from the records of a trace, in whatever order the streams are interleaved.
package struct RecordedAnswerCollector {
    private struct Unfinished {
        var request: RequestRecord
        var connection: ConnectionRecord?
        var response: ResponseRecord?
        var stamps: [(instant: TraceInstant, end: Int)] = []
        var body: [UInt8] = []
        var error: ErrorRecord?

        /// What every offset is counted from: a new connection's set-up is the recorder's own time, not the service's.
        var origin: TraceInstant {
            guard let connected = connection?.connected, connection?.isReused == false else {
                return request.dispatched
            }
            return max(connected, request.dispatched)
        }
    }

    private var unfinished: [AttemptID: Unfinished] = [:]
    /// The answers so far, in the order in which they ended.
    package private(set) var answers: [RecordedAnswer] = []
    /// Attempts that the recorder itself cut short: they say nothing of the service, and are left out.
    package private(set) var cancelledCount = 0

    /// Starts with nothing.
    package init() {}

    /// Attempts whose end is not in the trace, as after a crash.
    package var unfinishedCount: Int { unfinished.count }

    /// Takes the next record.
    package mutating func add(_ record: TraceRecord) {
        switch record {
        case .request(let request):
            unfinished[request.id] = Unfinished(request: request)
        case .connection(let connection):
            unfinished[connection.id]?.connection = connection
        case .response(let response):
            unfinished[response.id]?.response = response
        case .chunks(let batch):
            add(batch)
        case .error(let error):
            unfinished[error.id]?.error = error
        case .end(let end):
            finish(end)
        case .clock, .drop:
            break
        }
    }

    private mutating func add(_ batch: ChunkBatch) {
        // Taken out and put back, so that the body is appended to in place.
        guard var attempt = unfinished.removeValue(forKey: batch.attempt) else { return }
        var end = attempt.body.count
        for stamp in batch.stamps {
            end += Int(stamp.length)
            attempt.stamps.append((stamp.instant, end))
        }
        attempt.body.append(contentsOf: batch.data)
        unfinished[batch.attempt] = attempt
    }

    private mutating func finish(_ end: EndRecord) {
        guard let attempt = unfinished.removeValue(forKey: end.id) else { return }
        let ending: RecordedAnswer.Ending
        switch end.outcome {
        case .ok, .httpError: ending = .complete
        case .transportError: ending = .failure(attempt.error?.code ?? "transport_error")
        case .timeout: ending = .timeout
        case .cancelled:
            cancelledCount += 1
            return
        }
        let request = attempt.request
        let origin = attempt.origin
        let operation = RuntimeOperation.allCases.first { $0.traceName == request.operation }
        // Stamps of one stream may step back by a clock's correction; what is served only goes forward.
        var latest = max(.zero, attempt.response.map { $0.firstByte - origin } ?? .zero)
        let headOffset = latest
        let chunks = attempt.stamps.map { stamp in
            latest = max(latest, stamp.instant - origin)
            return RecordedAnswer.Chunk(offset: latest, end: stamp.end)
        }
        answers.append(
            RecordedAnswer(
                id: request.id,
                dispatched: request.dispatched,
                operation: request.operation,
                model: request.model,
                digest: operation.map {
                    RequestDigest.of(operation: $0, model: request.model, body: Array(request.body.utf8))
                },
                status: attempt.response?.status,
                headers: attempt.response?.headers ?? [],
                headOffset: headOffset,
                chunks: chunks,
                body: attempt.body,
                ending: ending,
                endOffset: max(latest, end.completed - origin)
            )
        )
    }
}
