// The recorder's own time limits: silence and total time, to the nanosecond, without libcurl's once-a-second averages.

internal import Core

/// When an attempt has waited too long.
struct AttemptLimits: Hashable, Sendable {
    /// Why an attempt is given up.
    enum Reason: Hashable, Sendable {
        case idle(Nanoseconds)
        case total(Nanoseconds)

        /// One sentence for a person.
        var sentence: String {
            switch self {
            case .idle(let limit): "no byte arrived for \(limit.seconds) s"
            case .total(let limit): "not finished \(limit.seconds) s after its start"
            }
        }
    }

    var idle: Nanoseconds?
    var total: Nanoseconds?

    /// When and why an attempt is given up.
    ///
    /// - Parameters:
    ///   - dispatched: When the attempt began, `CLOCK_MONOTONIC` ns.
    ///   - lastByte: When the silence began; `nil` while the recorder itself keeps the server waiting: before it is
    ///     connected, or while the ring is full.
    /// - Returns: The instant after which it is given up, and why; `nil` where it may wait for ever.
    func deadline(dispatched: UInt64, lastByte: UInt64?) -> (monotonicNanoseconds: UInt64, reason: Reason)? {
        let whole = total.map { (dispatched &+ UInt64($0.count), Reason.total($0)) }
        guard let idle, let lastByte else { return whole }
        let silent = (lastByte &+ UInt64(idle.count), Reason.idle(idle))
        guard let whole, whole.0 <= silent.0 else { return silent }
        return whole
    }
}
