// A closed loop: a number of workers, each of which asks again when its answer is there and its pause is over.

package import Core

/// What bounds a load in time and shape, whatever its kind.
package struct LoadLimits: Sendable {
    /// No request is meant to start later than this after the first; `nil` for no limit.
    package var duration: Nanoseconds?
    /// For how long the load grows to its full size.
    package var ramp = Nanoseconds.zero
    package var hours = RecordingHours(windows: [], zone: .utc)
    /// The wall clock, in nanoseconds since the epoch.
    package var realtimeNanoseconds: @Sendable () -> UInt64 = { 0 }

    /// No limits.
    package init() {}

    var gate: WindowGate { WindowGate(hours: hours, realtimeNanoseconds: realtimeNanoseconds) }

    /// When nothing more is meant to start, for a load that began at `start`.
    func deadline(start: UInt64) -> UInt64 {
        duration.map { start &+ UInt64(max(0, $0.count)) } ?? .max
    }

    /// How soon to ask again for credentials that are being renewed.
    static let credentialPause: UInt64 = 100_000_000
}

/// Gives the capture loop its requests, worker by worker.
///
/// A worker owns a unit of the plan until all its requests have ended. Where the plan is AWS's notebook's, a round begins
/// when every worker has ended and slept off the round before.
package struct ClosedLoop: RequestSource {
    private enum WorkerState {
        case ready
        case busy
        case resting(until: UInt64)
    }

    private struct Worker {
        var state = WorkerState.ready
        var unit: PlannedUnit?
    }

    private let sleep: UInt64
    private let limits: LoadLimits
    private let waitsForRounds: Bool
    private var workers: [Worker]
    /// The worker of each request in flight, by plan index.
    private var owners: [Int: Int] = [:]
    private var units: LoadPlan.Units
    private var upcoming: PlannedUnit?
    private var round = 0
    private var factory: RequestFactory
    private var gate: WindowGate
    private var firstStart: UInt64?
    private var planIndex = 0
    private var reporter: LoadReporter

    /// Makes the loop.
    package init(
        plan: LoadPlan,
        factory: RequestFactory,
        concurrency: Int,
        sleep: Nanoseconds = .zero,
        limits: LoadLimits = LoadLimits(),
        monitor: LoadMonitor? = nil
    ) {
        self.sleep = UInt64(max(0, sleep.count))
        self.limits = limits
        self.factory = factory
        waitsForRounds = plan.waitsForRounds
        workers = Array(repeating: Worker(), count: max(1, concurrency))
        units = plan.units()
        gate = limits.gate
        reporter = LoadReporter(monitor: monitor, models: factory.models)
        upcoming = units.next()
    }

    package mutating func next(nowMonotonicNanoseconds now: UInt64, inFlight: Int) -> NextStep {
        let start = firstStart ?? now
        let deadline = limits.deadline(start: start)
        guard now < deadline else { return .finished }
        guard gate.check(nowMonotonicNanoseconds: now) else {
            reporter.note(.outsideWindow)
            return .waitUntil(monotonicNanoseconds: min(gate.nextLook, deadline))
        }
        var wake = UInt64.max
        let allowed = allowedWorkers(elapsed: now - start, start: start, wake: &wake)
        var candidate: Int?
        var isAnyoneOwning = false
        for index in workers.indices {
            if case .resting(let until) = workers[index].state {
                if until <= now { workers[index].state = .ready } else { wake = min(wake, until) }
            }
            if workers[index].unit != nil { isAnyoneOwning = true }
            guard case .ready = workers[index].state, index < allowed else { continue }
            // A worker with work of its own goes first, so that a unit isn't left lying.
            if workers[index].unit != nil, candidate.map({ workers[$0].unit == nil }) ?? true { candidate = index }
            if candidate == nil { candidate = index }
        }
        if upcoming == nil, !isAnyoneOwning { return .finished }
        guard let candidate, let request = takeRequest(candidate) else {
            reporter.offerIfDue(nowMonotonicNanoseconds: now)
            guard wake < .max else { return .waitForEnd }
            return .waitUntil(monotonicNanoseconds: min(wake, deadline, gate.nextLook))
        }
        guard let prepared = factory.prepare(request, planIndex: planIndex) else {
            reporter.note(.withoutCredentials)
            return .waitUntil(monotonicNanoseconds: min(now + LoadLimits.credentialPause, deadline))
        }
        firstStart = start
        owners[planIndex] = candidate
        planIndex += 1
        workers[candidate].state = .busy
        workers[candidate].unit?.count -= 1
        reporter.noteStart(row: request.row, planIndex: planIndex - 1, lateness: nil)
        return .start(prepared)
    }

    /// The next request of a worker; takes a new unit where the worker has none and the round allows it.
    private mutating func takeRequest(_ worker: Int) -> PlannedRequest? {
        if let unit = workers[worker].unit { return unit.request }
        guard let unit = upcoming else { return nil }
        if waitsForRounds, unit.request.round > round {
            let isRoundOver = workers.allSatisfy { worker in
                guard case .ready = worker.state else { return false }
                return worker.unit == nil
            }
            guard isRoundOver else { return nil }
        }
        round = max(round, unit.request.round)
        workers[worker].unit = unit
        upcoming = units.next()
        return unit.request
    }

    /// Workers join one after the other until the ramp is over.
    private func allowedWorkers(elapsed: UInt64, start: UInt64, wake: inout UInt64) -> Int {
        let ramp = UInt64(max(0, limits.ramp.count))
        guard elapsed < ramp else { return workers.count }
        let step = max(1, ramp / UInt64(workers.count))
        let allowed = Int(elapsed / step) + 1
        wake = min(wake, start + UInt64(allowed) * step)
        return min(allowed, workers.count)
    }

    package mutating func ended(_ end: AttemptEnd) {
        reporter.noteEnd(end)
        guard let worker = owners.removeValue(forKey: end.planIndex) else { return }
        if workers[worker].unit?.count == 0 { workers[worker].unit = nil }
        workers[worker].state = sleep > 0 ? .resting(until: end.endedMonotonicNanoseconds + sleep) : .ready
    }
}
