// The one time axis of a trace: realtime at the recording's start plus monotonic time elapsed since, so it never goes back.

/// An instant on a trace's timeline, in nanoseconds since the Unix epoch.
///
/// It equals the wall clock at the start of a recording and advances with `CLOCK_MONOTONIC` from there; how far the two
/// have drifted apart is what the trace's clock snapshots tell.
public struct TraceInstant: Hashable, Sendable {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    public var nanosecondsSinceEpoch: UInt64

    /// Makes the instant `nanosecondsSinceEpoch` nanoseconds after the Unix epoch.
    @inlinable
    public init(nanosecondsSinceEpoch: UInt64) {
        self.nanosecondsSinceEpoch = nanosecondsSinceEpoch
    }

    /// The instant `span` later (or earlier, where `span` is negative); wraps on overflow, as damaged input may ask for.
    @inlinable
    public func advanced(by span: Nanoseconds) -> TraceInstant {
        TraceInstant(nanosecondsSinceEpoch: nanosecondsSinceEpoch &+ UInt64(bitPattern: span.count))
    }

    /// The span from `rhs` to `lhs`; wraps on overflow, as damaged input may ask for.
    @inlinable
    public static func - (lhs: TraceInstant, rhs: TraceInstant) -> Nanoseconds {
        Nanoseconds(Int64(bitPattern: lhs.nanosecondsSinceEpoch &- rhs.nanosecondsSinceEpoch))
    }
}

extension TraceInstant: Comparable {
    @inlinable
    public static func < (lhs: TraceInstant, rhs: TraceInstant) -> Bool {
        lhs.nanosecondsSinceEpoch < rhs.nanosecondsSinceEpoch
    }
}
