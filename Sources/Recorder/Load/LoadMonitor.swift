// What the load plan's side knows of a running recording, for whoever shows it: written by the capture thread without
// ever waiting, read by any other.

package import Core
import Synchronization

/// Why nothing is being started.
package enum LoadHold: Hashable, Sendable {
    case outsideWindow
    case withoutCredentials
}

/// Counts and times by model.
package struct LoadTally: Sendable {
    /// One model's.
    package struct Model: Sendable {
        package var started = 0
        package var outcomes: [TransportOutcome: Int] = [:]
        /// Answers with status 429 or 503.
        package var throttled = 0
        /// From dispatch to the end of whole answers with a 2xx status.
        package var endToEnd = TimeHistogram()

        mutating func note(_ end: AttemptEnd, _ span: Nanoseconds) {
            outcomes[end.outcome, default: 0] += 1
            if end.httpStatus == 429 || end.httpStatus == 503 { throttled += 1 }
            if end.outcome == .ok { endToEnd.add(span) }
        }
    }

    package var models: [String: Model] = [:]
    /// How late an open loop's requests were handed over, against their schedule.
    package var lateness = TimeHistogram()
    /// Requests that waited more than a millisecond for a free place.
    package var heldBack = 0
    /// Answers that say that the signature or the credentials were refused.
    package var refused = 0
    /// Why nothing is being started; `nil` where it is.
    package var hold: LoadHold?
    /// The rate of an open loop that finds its own, in requests a second.
    package var rate: Double?

    /// Starts at nothing.
    package init() {}
}

/// The tally's last state that the capture thread could hand over.
package final class LoadMonitor: Sendable {
    private let state = Mutex(LoadTally())

    /// Starts at nothing.
    package init() {}

    /// The state as it was handed over last.
    package var tally: LoadTally { state.withLock { $0 } }

    /// Hands a state over unless somebody is just reading; says whether it did.
    fileprivate func offer(_ tally: LoadTally) -> Bool {
        state.withLockIfAvailable {
            $0 = tally
            return true
        } ?? false
    }

    /// Hands a state over.
    fileprivate func give(_ tally: LoadTally) { state.withLock { $0 = tally } }
}

/// The capture thread's side: keeps the tally and hands it over now and then.
struct LoadReporter: Sendable {
    private let monitor: LoadMonitor?
    private let models: [String]
    private var tally = LoadTally()
    /// The row of each request in flight, by plan index.
    private var rows: [Int: Int] = [:]
    private var nextOffer: UInt64 = 0
    /// Handing over costs a copy of the tally, so it is not done at every end.
    private static let interval: UInt64 = 100_000_000

    /// `models` holds each row's model.
    init(monitor: LoadMonitor?, models: [String]) {
        self.monitor = monitor
        self.models = models
    }

    /// Hands the state over where that is due; for a moment in which nothing is to be started.
    mutating func offerIfDue(nowMonotonicNanoseconds now: UInt64) {
        guard let monitor, now >= nextOffer, monitor.offer(tally) else { return }
        nextOffer = now + Self.interval
    }

    mutating func note(_ hold: LoadHold) {
        guard tally.hold != hold else { return }
        tally.hold = hold
        _ = monitor?.offer(tally)
    }

    mutating func note(rate: Double) {
        tally.rate = rate
        _ = monitor?.offer(tally)
    }

    mutating func noteStart(row: Int, planIndex: Int, lateness: Nanoseconds?) {
        guard monitor != nil else { return }
        tally.hold = nil
        tally.models[models[row], default: LoadTally.Model()].started += 1
        rows[planIndex] = row
        guard let lateness else { return }
        tally.lateness.add(lateness)
        if lateness > .milliseconds(1) { tally.heldBack += 1 }
    }

    mutating func noteEnd(_ end: AttemptEnd) {
        guard let monitor, let row = rows.removeValue(forKey: end.planIndex) else { return }
        let span = end.endedMonotonicNanoseconds &- end.dispatchedMonotonicNanoseconds
        if end.httpStatus == 403 { tally.refused += 1 }
        tally.models[models[row], default: LoadTally.Model()].note(end, Nanoseconds(Int64(clamping: span)))
        if rows.isEmpty {
            // Nothing is in flight, so there is no stamp that waiting could delay.
            monitor.give(tally)
        } else if end.endedMonotonicNanoseconds >= nextOffer, monitor.offer(tally) {
            nextOffer = end.endedMonotonicNanoseconds + Self.interval
        }
    }
}
