// Passes one value from a thread to another that waits for it.

internal import Synchronization

/// A place for one value: given once, taken once.
final class Handoff<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let signal: EventSignal

    init() throws(SystemFailure) {
        signal = try EventSignal()
    }

    /// Gives the value and wakes the one who waits.
    func give(_ newValue: Value) {
        value.withLock { $0 = newValue }
        signal.raise()
    }

    /// Waits for the value.
    func take() -> Value {
        while true {
            if let given = value.withLock({ $0.take() }) { return given }
            signal.wait(milliseconds: -1)
        }
    }
}
