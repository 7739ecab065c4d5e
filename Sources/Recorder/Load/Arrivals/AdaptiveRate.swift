// Finds the highest rate without throttles: additive increase, multiplicative decrease (Chiu and Jain 1989), with a
// quick start until the first throttle.

/// A rate that follows what the service says; times are `CLOCK_MONOTONIC` nanoseconds.
package struct AdaptiveRate: Hashable, Sendable {
    /// Requests a second.
    package private(set) var rate: Double
    private let limits: ClosedRange<Double>
    private var isQuick = true
    /// The rate at which the service last refused.
    private var refusedRate = 0.0
    private var periodEnd: UInt64?
    private var throttles = 0
    private var answers = 0
    private var isHeldBack = false

    private static let period: UInt64 = 5_000_000_000

    /// Starts at one request a second.
    package init(limits: ClosedRange<Double> = 0.1...1_000) {
        self.limits = limits
        rate = min(max(1, limits.lowerBound), limits.upperBound)
    }

    /// Takes note of an answer; throttled ones have status 429 or 503.
    package mutating func noteAnswer(httpStatus: Int?) {
        answers += 1
        if httpStatus == 429 || httpStatus == 503 { throttles += 1 }
    }

    /// Takes note that a start had to wait for a free place: a higher rate would only make it wait longer.
    package mutating func noteHeldBack() { isHeldBack = true }

    /// Moves the rate at the end of each period of five seconds; says whether it moved.
    package mutating func update(nowMonotonicNanoseconds now: UInt64) -> Bool {
        guard let end = periodEnd else {
            periodEnd = now + Self.period
            return false
        }
        guard now >= end else { return false }
        defer {
            periodEnd = now + Self.period
            (throttles, answers, isHeldBack) = (0, 0, false)
        }
        let before = rate
        if throttles > 0 {
            refusedRate = rate
            isQuick = false
            rate *= 0.7
        } else if answers > 0, !isHeldBack {
            // After a refusal, about twenty quiet periods lead back to where it came.
            rate += isQuick ? rate * 0.5 : refusedRate * 0.015
        }
        rate = min(max(rate, limits.lowerBound), limits.upperBound)
        return rate != before
    }
}
