// Places monotonic and kernel (wall clock) instants on the trace's timeline, and notices when the wall clock steps.

internal import Core

/// The trace's timeline, fixed by one anchor, and the wall clock's present distance from it.
///
/// On Linux NTP slews `CLOCK_REALTIME` and `CLOCK_MONOTONIC` alike, so the distance between them changes only when
/// somebody steps the wall clock: a new anchor replaces the old one only where they disagree by more than both may err.
struct TraceTimeline: Sendable {
    /// What a new anchor showed.
    enum Finding: Hashable, Sendable {
        /// The clocks are as far apart as before.
        case steady
        /// The wall clock moved against the monotonic clock by less than 100 µs.
        case adjusted(by: Nanoseconds)
        /// The wall clock stepped: kernel stamps between the two monotonic instants cannot be placed.
        case stepped(by: Nanoseconds, afterMonotonicNanoseconds: UInt64, beforeMonotonicNanoseconds: UInt64)
    }

    /// A disagreement of successive anchors that makes what lies between them doubtful.
    static let doubtfulStep: Int64 = 100_000

    /// The anchor that fixes the timeline.
    let origin: ClockAnchor
    /// The anchor that places kernel stamps.
    private(set) var latest: ClockAnchor
    /// When an anchor last agreed with `latest`, on the monotonic clock.
    private var confirmedMonotonicNanoseconds: UInt64

    /// Begins a timeline at `origin`.
    init(origin: ClockAnchor) {
        self.origin = origin
        latest = origin
        confirmedMonotonicNanoseconds = origin.monotonicNanoseconds
    }

    /// The instant of a monotonic reading.
    @inline(__always)
    func instant(monotonicNanoseconds: UInt64) -> TraceInstant {
        TraceInstant(nanosecondsSinceEpoch: monotonicNanoseconds &+ UInt64(bitPattern: origin.offset))
    }

    /// The monotonic instant of a reading of the wall clock, by the latest anchor.
    @inline(__always)
    func monotonicNanoseconds(realtimeNanoseconds: UInt64) -> UInt64 {
        realtimeNanoseconds &- UInt64(bitPattern: latest.offset)
    }

    /// Whether two readings taken in turn look as if the wall clock had stepped; only a new anchor can tell for sure.
    @inline(__always)
    func looksStepped(monotonicNanoseconds: UInt64, realtimeNanoseconds: UInt64) -> Bool {
        let offset = Int64(bitPattern: realtimeNanoseconds &- monotonicNanoseconds)
        return (offset &- latest.offset).magnitude > UInt64(Self.doubtfulStep)
    }

    /// Takes a new anchor in and tells what it shows.
    mutating func check(_ anchor: ClockAnchor) -> Finding {
        let difference = anchor.offset &- latest.offset
        let tolerance = Int64((anchor.width + latest.width) / 2) + 1
        let confirmed = confirmedMonotonicNanoseconds
        confirmedMonotonicNanoseconds = anchor.monotonicNanoseconds
        guard difference.magnitude > tolerance.magnitude else {
            // The narrower of two agreeing anchors would be truer by some nanoseconds, but equal kernel stamps must
            // stay equal on the timeline: they mark bytes that arrived together.
            return .steady
        }
        latest = anchor
        guard difference.magnitude > UInt64(Self.doubtfulStep) else { return .adjusted(by: Nanoseconds(difference)) }
        return .stepped(
            by: Nanoseconds(difference),
            afterMonotonicNanoseconds: confirmed,
            beforeMonotonicNanoseconds: anchor.monotonicNanoseconds
        )
    }
}
