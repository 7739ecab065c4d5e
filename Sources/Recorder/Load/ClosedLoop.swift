// A closed loop: a number of workers, each of which asks again when its answer is there and its pause is over.

package import Core

/// Gives the capture loop its requests.
package struct ClosedLoop: RequestSource {
    /// How many workers there are.
    private let concurrency: Int
    /// How long a worker rests after an answer.
    private let sleep: Nanoseconds
    /// No request starts later than this after the first; `nil` for no limit.
    private let duration: Nanoseconds?

    private var requests: LoadPlan.Requests
    private var factory: RequestFactory
    /// When the workers that rest are free again, rising.
    private var resting: [UInt64] = []
    private var firstStart: UInt64?
    private var planIndex = 0
    private var upcoming: PlannedRequest?

    /// Makes the loop.
    package init(
        plan: LoadPlan,
        factory: RequestFactory,
        concurrency: Int,
        sleep: Nanoseconds,
        duration: Nanoseconds?
    ) {
        requests = plan.requests()
        self.factory = factory
        self.concurrency = concurrency
        self.sleep = sleep
        self.duration = duration
        upcoming = requests.next()
    }

    package mutating func next(nowMonotonicNanoseconds now: UInt64, inFlight: Int) -> NextStep {
        guard let request = upcoming else { return .finished }
        if let duration, let firstStart, now >= firstStart + UInt64(max(0, duration.count)) { return .finished }
        resting.removeAll { $0 <= now }
        guard inFlight + resting.count < concurrency else {
            return resting.min().map { .waitUntil(monotonicNanoseconds: $0) } ?? .waitForEnd
        }
        if firstStart == nil { firstStart = now }
        defer {
            planIndex += 1
            upcoming = requests.next()
        }
        return .start(factory.prepare(request, planIndex: planIndex))
    }

    package mutating func ended(_ end: AttemptEnd) {
        if sleep > .zero { resting.append(end.endedMonotonicNanoseconds + UInt64(sleep.count)) }
    }
}
