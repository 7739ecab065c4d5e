// The host's clocks, for what is shown and signed; stamps come from the capture's own readings.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

enum SystemClock {
    /// The wall clock, in nanoseconds since the epoch.
    static var realtimeNanoseconds: UInt64 { read(CLOCK_REALTIME) }
    /// The monotonic clock, in nanoseconds.
    static var monotonicNanoseconds: UInt64 { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
