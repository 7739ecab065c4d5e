// The gaps of one request in nanoseconds, four bytes each where they fit: a million requests of 200 gaps are 800 MB.

/// Durations in nanoseconds, in the order in which they came.
package struct GapList: Sendable, Equatable {
    private enum Storage: Equatable {
        /// Every gap is within 0...4.29 s.
        case narrow([UInt32])
        case wide([Int64])
    }

    private let storage: Storage

    /// No gap.
    package init() {
        storage = .narrow([])
    }

    /// Keeps nanoseconds.
    package init(nanoseconds: [Int64]) {
        if nanoseconds.allSatisfy({ UInt32(exactly: $0) != nil }) {
            storage = .narrow(nanoseconds.map { UInt32(truncatingIfNeeded: $0) })
        } else {
            storage = .wide(nanoseconds)
        }
    }

    /// Keeps nanoseconds that are known to fit.
    package init(narrow nanoseconds: [UInt32]) {
        storage = .narrow(nanoseconds)
    }

    package var count: Int {
        switch storage {
        case .narrow(let gaps): gaps.count
        case .wide(let gaps): gaps.count
        }
    }

    /// The gaps in milliseconds.
    package var milliseconds: [Double] {
        var values: [Double] = []
        values.reserveCapacity(count)
        forEach { values.append(Self.milliseconds($0)) }
        return values
    }

    /// Milliseconds of one gap: the same division everywhere, so that equal gaps stay equal.
    static func milliseconds(_ nanoseconds: Int64) -> Double {
        Double(nanoseconds) / 1e6
    }

    /// Calls `body` with every gap, in order.
    @inline(__always)
    func forEach(_ body: (Int64) -> Void) {
        switch storage {
        case .narrow(let gaps): gaps.withUnsafeBufferPointer { for gap in $0 { body(Int64(gap)) } }
        case .wide(let gaps): gaps.withUnsafeBufferPointer { for gap in $0 { body(gap) } }
        }
    }
}
