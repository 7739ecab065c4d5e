// The clock that answers are paced by and that ground truth is stamped with: CLOCK_MONOTONIC.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

enum MonotonicClock {
    /// Nanoseconds since boot without suspend.
    static func now() -> UInt64 { read(CLOCK_MONOTONIC) }

    /// Whole seconds since the Unix epoch.
    static func secondsSinceEpoch() -> Int64 { Int64(read(CLOCK_REALTIME) / 1_000_000_000) }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
