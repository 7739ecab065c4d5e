// An open loop: requests start when the schedule says, whether or not the ones before have been answered
// (Schroeder, Wierman and Harchol-Balter 2006, "Open versus closed: a cautionary tale").

import Core

/// What decides an open loop's rate.
package enum RateControl: Sendable {
    /// Requests a second, and how they are spread.
    case fixed(Double, Arrival)
    /// As many as the service takes without throttling.
    case adaptive(AdaptiveRate, Arrival)
}

/// Gives the capture loop its requests at their times.
///
/// A request that finds no free place in flight is sent as soon as there is one and keeps its scheduled instant. The
/// schedule stands still while the recording hours are over; what was scheduled within them is still sent.
package struct OpenLoop: RequestSource {
    private let limits: LoadLimits
    private var requests: LoadPlan.Requests
    private var schedule: ArrivalSchedule
    private var adaptive: AdaptiveRate?
    private var factory: RequestFactory
    private var gate: WindowGate
    private var reporter: LoadReporter

    /// The schedule's zero on the monotonic clock, closed hours aside.
    private var origin: UInt64?
    private var upcoming: (request: PlannedRequest, offset: UInt64)?
    private var prepared: PreparedRequest?
    private var preparedAt: UInt64 = 0
    private var planIndex = 0

    /// How long before its time a request is signed.
    private static let lead: UInt64 = 50_000_000
    /// A signature older than this is made again; the service takes five minutes.
    private static let signatureAge: UInt64 = 60_000_000_000

    /// Makes the loop.
    package init(
        plan: LoadPlan,
        factory: RequestFactory,
        rate: RateControl,
        limits: LoadLimits = LoadLimits(),
        monitor: LoadMonitor? = nil
    ) {
        self.limits = limits
        self.factory = factory
        requests = plan.requests()
        switch rate {
        case .fixed(let rate, let arrival):
            schedule = ArrivalSchedule(arrival: arrival, rate: rate, ramp: limits.ramp, seed: plan.seed)
        case .adaptive(let control, let arrival):
            schedule = ArrivalSchedule(arrival: arrival, rate: control.rate, seed: plan.seed)
            adaptive = control
        }
        gate = limits.gate
        reporter = LoadReporter(monitor: monitor, models: factory.models)
        advance()
    }

    private mutating func advance() {
        upcoming = requests.next().map { ($0, UInt64(max(0, schedule.next().count))) }
        prepared = nil
    }

    package mutating func next(nowMonotonicNanoseconds now: UInt64, inFlight: Int) -> NextStep {
        guard let (request, offset) = upcoming else { return .finished }
        let zero = origin ?? now
        origin = zero
        adapt(now)
        let isOpen = gate.check(nowMonotonicNanoseconds: now)
        let due = zero &+ offset &+ gate.closedNanoseconds
        guard due < limits.deadline(start: zero) else { return .finished }
        if !isOpen, let closedSince = gate.closedSince, due >= closedSince {
            reporter.note(.outsideWindow)
            return .waitUntil(monotonicNanoseconds: min(gate.nextLook, limits.deadline(start: zero)))
        }
        guard due <= now &+ Self.lead else {
            // Where nothing ends, as on a stalled server, whoever watches still sees what was started, and how late.
            reporter.offerIfDue(nowMonotonicNanoseconds: now)
            return .waitUntil(monotonicNanoseconds: min(due - Self.lead, gate.nextLook))
        }
        if prepared == nil || now - preparedAt > Self.signatureAge {
            prepared = factory.prepare(request, planIndex: planIndex)
            preparedAt = now
        }
        guard var ready = prepared else {
            reporter.note(.withoutCredentials)
            return .waitUntil(monotonicNanoseconds: now + LoadLimits.credentialPause)
        }
        guard due <= now else {
            reporter.offerIfDue(nowMonotonicNanoseconds: now)
            return .waitUntil(monotonicNanoseconds: due)
        }
        ready.scheduledMonotonicNanoseconds = due
        if now - due > 1_000_000 { adaptive?.noteHeldBack() }
        reporter.noteStart(row: request.row, planIndex: planIndex, lateness: Nanoseconds(Int64(clamping: now - due)))
        planIndex += 1
        advance()
        return .start(ready)
    }

    /// Follows the service's answers, where the rate is not fixed.
    private mutating func adapt(_ now: UInt64) {
        guard adaptive?.update(nowMonotonicNanoseconds: now) == true, let rate = adaptive?.rate else { return }
        schedule.setRate(rate)
        reporter.note(rate: rate)
    }

    package mutating func ended(_ end: AttemptEnd) {
        adaptive?.noteAnswer(httpStatus: end.httpStatus)
        reporter.noteEnd(end)
    }
}
