// The border between the load plan, which decides what is sent when, and the capture loop, which sends and stamps it.

package import Core

/// A request that only needs to be sent: encoded, signed, with everything the trace says about it.
package struct PreparedRequest: Sendable {
    /// The request's place in the load plan, from 0.
    package var planIndex: Int
    /// What the trace records; the capture loop fills in `id`, `scheduled` (where the plan set none) and `dispatched`.
    package var record: RequestRecord
    /// When the plan wants the request to start, on `CLOCK_MONOTONIC`; `nil` in a closed loop.
    package var scheduledMonotonicNanoseconds: UInt64?
    /// The header fields for the wire; may hold credentials, so they go to libcurl and nowhere else.
    package var wireHeaders: [HeaderField]
    /// The body for the wire.
    package var body: [UInt8]

    /// Makes a request that is ready to be sent.
    package init(
        planIndex: Int,
        record: RequestRecord,
        scheduledMonotonicNanoseconds: UInt64?,
        wireHeaders: [HeaderField],
        body: [UInt8]
    ) {
        self.planIndex = planIndex
        self.record = record
        self.scheduledMonotonicNanoseconds = scheduledMonotonicNanoseconds
        self.wireHeaders = wireHeaders
        self.body = body
    }
}

/// What the capture loop does next.
package enum NextStep: Sendable {
    /// Send this request now.
    case start(PreparedRequest)
    /// Nothing is due before this `CLOCK_MONOTONIC` instant; ask again then, or after the next end of a request.
    case waitUntil(monotonicNanoseconds: UInt64)
    /// Nothing is due before a request in flight ends.
    case waitForEnd
    /// Nothing will ever be due again.
    case finished
}

/// How one attempt ended, as the load plan needs to know it.
package struct AttemptEnd: Sendable {
    package var planIndex: Int
    package var id: AttemptID
    package var outcome: TransportOutcome
    /// `nil` where no response head arrived.
    package var httpStatus: Int?
    package var dispatchedMonotonicNanoseconds: UInt64
    package var endedMonotonicNanoseconds: UInt64

    /// Makes a report of an attempt's end.
    package init(
        planIndex: Int,
        id: AttemptID,
        outcome: TransportOutcome,
        httpStatus: Int?,
        dispatchedMonotonicNanoseconds: UInt64,
        endedMonotonicNanoseconds: UInt64
    ) {
        self.planIndex = planIndex
        self.id = id
        self.outcome = outcome
        self.httpStatus = httpStatus
        self.dispatchedMonotonicNanoseconds = dispatchedMonotonicNanoseconds
        self.endedMonotonicNanoseconds = endedMonotonicNanoseconds
    }
}

/// Where the capture loop gets its work; called on the capture thread only, so it must answer within microseconds:
/// requests are encoded beforehand, and signed before their `dispatched` is taken, never inside the measured time.
package protocol RequestSource: Sendable {
    /// What to do at `now`; called again after every `.start`, at the end of every wait and after every end.
    mutating func next(nowMonotonicNanoseconds now: UInt64, inFlight: Int) -> NextStep
    /// Takes note of an attempt's end.
    mutating func ended(_ end: AttemptEnd)
}
