// A duration whose unit is its type, so that no bare number of seconds crosses a border.

/// A signed span of time, in nanoseconds.
public struct Nanoseconds: Hashable, Sendable {
    /// The number of nanoseconds; negative when the span points to the past.
    public var count: Int64

    /// Makes a span of `count` nanoseconds.
    @inlinable
    public init(_ count: Int64) {
        self.count = count
    }

    /// The same span in milliseconds.
    @inlinable
    public var milliseconds: Double { Double(count) / 1e6 }

    /// The same span in seconds.
    @inlinable
    public var seconds: Double { Double(count) / 1e9 }

    /// A span of whole milliseconds.
    @inlinable
    public static func milliseconds(_ count: Int64) -> Nanoseconds { Nanoseconds(count * 1_000_000) }

    /// A span of whole seconds.
    @inlinable
    public static func seconds(_ count: Int64) -> Nanoseconds { Nanoseconds(count * 1_000_000_000) }

    /// The span of `seconds`, rounded to the nearest nanosecond; `nil` when it is not finite or does not fit 63 bits.
    public init?(seconds: Double) {
        let nanoseconds = (seconds * 1e9).rounded()
        guard let exact = Int64(exactly: nanoseconds) else { return nil }
        self.init(exact)
    }
}

extension Nanoseconds: Comparable, AdditiveArithmetic {
    public static let zero = Nanoseconds(0)

    @inlinable
    public static func < (lhs: Nanoseconds, rhs: Nanoseconds) -> Bool { lhs.count < rhs.count }

    @inlinable
    public static func + (lhs: Nanoseconds, rhs: Nanoseconds) -> Nanoseconds { Nanoseconds(lhs.count &+ rhs.count) }

    @inlinable
    public static func - (lhs: Nanoseconds, rhs: Nanoseconds) -> Nanoseconds { Nanoseconds(lhs.count &- rhs.count) }
}
