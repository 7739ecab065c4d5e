// Everything that one attempt's records say, in instants and counts: the input of every lens.

package import Core

/// How an attempt ended, once its bytes have been read.
package enum Outcome: String, Sendable, CaseIterable {
    case ok
    case httpError = "http_error"
    case streamException = "stream_exception"
    case transportError = "transport_error"
    case timeout
    case truncated
    case cancelled
}

/// The instants of one attempt; a pure function of its records.
package struct RequestTimeline: Sendable {
    package var request: RequestRecord
    package var connection: ConnectionRecord?
    package var response: ResponseRecord?
    package var error: ErrorRecord?
    package var end: EndRecord?
    /// The messages of the answer, in order.
    package var events: [TimelineEvent]
    package var metadata: ResponseMetadata?
    package var stopReason: String?
    package var outcome: Outcome
    package var errorCode: String?
    package var errorMessage: String?
    /// Chunks of the response's body, whatever they held.
    package var chunkCount: Int
    package var byteCount: UInt64

    package var id: AttemptID { request.id }
    package var operation: BedrockOperation? { BedrockOperation(rawValue: request.operation) }

    // MARK: Instants

    package var dispatched: TraceInstant { request.dispatched }
    package var scheduled: TraceInstant { request.scheduled }
    package var sent: TraceInstant? { response?.sent }
    package var firstByte: TraceInstant? { response?.firstByte }
    package var completed: TraceInstant? { end?.completed }

    /// The time that connecting took; zero on a reused connection, `nil` where no connection is known.
    package var connecting: Nanoseconds? {
        guard let connection else { return nil }
        if connection.isReused { return .zero }
        return connection.connected.map { max(.zero, $0 - dispatched) }
    }

    /// The first event that a rule calls a token.
    package func first(where isToken: (TimelineEvent) -> Bool) -> TimelineEvent? {
        events.first(where: isToken)
    }

    /// The last event that a rule calls a token.
    package func last(where isToken: (TimelineEvent) -> Bool) -> TimelineEvent? {
        events.last(where: isToken)
    }

    /// Deltas that carry generated content.
    package var contentEvents: [TimelineEvent] {
        events.filter { $0.delta?.isContent == true }
    }
}
