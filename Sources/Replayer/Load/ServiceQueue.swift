// A queue before a fixed number of servers, first come, first served: why latency grows with concurrency.

import Core

/// Tells how long a request waits until one of the places is free.
struct ServiceQueue: Hashable, Sendable {
    /// When each place becomes free, in monotonic nanoseconds.
    private var freeFrom: [UInt64]

    /// A queue before `capacity` places, all of them free.
    init(capacity: Int) {
        freeFrom = Array(repeating: 0, count: max(1, capacity))
    }

    /// Takes the place that is free first, for `duration` from the end of the wait.
    ///
    /// - Returns: The wait.
    mutating func enter(at now: UInt64, for duration: Nanoseconds) -> Nanoseconds {
        var first = 0
        for index in freeFrom.indices where freeFrom[index] < freeFrom[first] { first = index }
        // A wait is bounded as an answer is, so that no load makes the sum overflow.
        let start = max(now, min(freeFrom[first], now + UInt64(DeltaClock.latest.count)))
        freeFrom[first] = start + UInt64(max(0, duration.count))
        return Nanoseconds(Int64(start - now))
    }
}
