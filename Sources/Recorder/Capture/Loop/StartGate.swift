// Decides when the capture loop may ask for the next request: the source's last answer, the limit, and the wish to stop.

/// The loop's memory of what its source said last.
struct StartGate: Hashable, Sendable {
    private enum State: Hashable {
        case open
        case waiting(untilMonotonicNanoseconds: UInt64)
        case waitingForEnd
        case closed
    }

    private var state = State.open
    /// The most requests in flight.
    let limit: Int
    /// How soon to ask again a source that waits for an end although nothing is in flight, in nanoseconds.
    static let patience: UInt64 = 1_000_000

    /// Begins open.
    init(limit: Int) {
        self.limit = limit
    }

    /// Whether nothing will ever start again.
    var isClosed: Bool { state == .closed }

    /// Whether to ask the source now.
    func mayAsk(nowMonotonicNanoseconds now: UInt64, inFlight: Int) -> Bool {
        guard inFlight < limit else { return false }
        switch state {
        case .open: return true
        case .waiting(let due): return now >= due
        case .waitingForEnd, .closed: return false
        }
    }

    /// When to wake for the next question at the latest; `nil` where only an end brings it on.
    func nextQuestion(inFlight: Int) -> UInt64? {
        guard inFlight < limit else { return nil }
        return switch state {
        case .open: 0
        case .waiting(let due): due
        case .waitingForEnd, .closed: nil
        }
    }

    /// Takes the source's answer in.
    mutating func answered(_ step: NextStep, nowMonotonicNanoseconds now: UInt64, inFlight: Int) {
        guard state != .closed else { return }
        switch step {
        case .start: state = .open
        case .waitUntil(let due): state = .waiting(untilMonotonicNanoseconds: due)
        case .waitForEnd where inFlight == 0: state = .waiting(untilMonotonicNanoseconds: now + Self.patience)
        case .waitForEnd: state = .waitingForEnd
        case .finished: state = .closed
        }
    }

    /// Something happened, an attempt's end above all, so the source may think anew.
    mutating func reopen() {
        if state != .closed { state = .open }
    }

    /// Nothing is to start any more.
    mutating func close() {
        state = .closed
    }
}
