// From a trace's timeline to the `CLOCK_MONOTONIC` of the host that recorded it, by the trace's `/clock` records.

package import Core

/// Converts instants of a trace to monotonic nanoseconds.
package struct MonotonicClock: Sendable {
    /// Timeline less monotonic; constant in a trace whose recorder keeps its promise.
    private let offset: Int64
    /// How far the clock records disagree about the offset.
    package let spread: Nanoseconds

    /// Takes the median offset of the records; `nil` without any.
    package init?(_ clocks: [ClockRecord]) {
        let offsets = clocks.map {
            Int64(bitPattern: $0.instant.nanosecondsSinceEpoch &- $0.snapshot.monotonicNanoseconds)
        }.sorted()
        guard let low = offsets.first, let high = offsets.last else { return nil }
        offset = offsets[offsets.count / 2]
        spread = Nanoseconds(high &- low)
    }

    /// An instant on `CLOCK_MONOTONIC`.
    package func nanoseconds(_ instant: TraceInstant) -> UInt64 {
        instant.nanosecondsSinceEpoch &- UInt64(bitPattern: offset)
    }
}
