// Reads the host's clocks: the capture engine's only source of time.

internal import CLinux
internal import Core
internal import Glibc

/// The host's clocks.
///
/// Each reading is a vDSO call of about 20 ns.
enum ClockReading {
    /// `CLOCK_MONOTONIC`, nanoseconds since boot.
    @inline(__always)
    static var monotonicNanoseconds: UInt64 { nanoseconds(CLOCK_MONOTONIC) }

    /// `CLOCK_REALTIME`, nanoseconds since the Unix epoch.
    @inline(__always)
    static var realtimeNanoseconds: UInt64 { nanoseconds(CLOCK_REALTIME) }

    /// Any clock of the system, in nanoseconds; 0 where it does not exist.
    @inline(__always)
    static func nanoseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        guard clock_gettime(clock, &time) == 0 else { return 0 }
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    /// The processor time the calling thread has used, in nanoseconds.
    static var threadProcessorNanoseconds: UInt64 { nanoseconds(CLOCK_THREAD_CPUTIME_ID) }

    /// The narrowest of `count` sandwiches of the wall clock between two monotonic readings.
    static func anchor(narrowestOf count: Int) -> ClockAnchor {
        var narrowest = sandwich()
        for _ in 1..<max(count, 1) {
            let next = sandwich()
            if next.width < narrowest.width { narrowest = next }
        }
        return narrowest
    }

    private static func sandwich() -> ClockAnchor {
        let before = monotonicNanoseconds
        let realtime = realtimeNanoseconds
        let after = monotonicNanoseconds
        return ClockAnchor(before: before, realtimeNanoseconds: realtime, after: after)
    }

    /// All clocks together, around the narrowest of 50 sandwiches.
    static func snapshot() -> ClockSnapshot {
        let anchor = anchor(narrowestOf: 50)
        // Read beside the sandwich, then moved to its instant: the other clocks run at the same rate over microseconds.
        let monotonic = monotonicNanoseconds
        let elapsed = monotonic &- anchor.monotonicNanoseconds
        let raw = nanoseconds(CLOCK_MONOTONIC_RAW)
        let boottime = nanoseconds(CLOCK_BOOTTIME)
        var status = timex()
        let state = adjtimex(&status)
        return ClockSnapshot(
            realtimeNanoseconds: anchor.realtimeNanoseconds,
            monotonicNanoseconds: anchor.monotonicNanoseconds,
            monotonicRawNanoseconds: raw &- elapsed,
            boottimeNanoseconds: boottime &- elapsed,
            uncertaintyNanoseconds: (anchor.width + 1) / 2,
            bootID: bootID,
            synchronization: state < 0
                ? nil
                : .init(
                    isSynchronized: state != TIME_ERROR && status.status & STA_UNSYNC == 0,
                    maximumErrorMicroseconds: Int64(status.maxerror)
                )
        )
    }

    private static let bootID: String = {
        TextFile.read("/proc/sys/kernel/random/boot_id")?.split(separator: "\n").first.map(String.init) ?? ""
    }()
}

/// One reading of the wall clock between two of the monotonic clock.
struct ClockAnchor: Hashable, Sendable {
    /// The monotonic instant of the reading: the middle of the sandwich.
    var monotonicNanoseconds: UInt64
    var realtimeNanoseconds: UInt64
    /// How far apart the two monotonic readings were, in nanoseconds: the reading lies somewhere between.
    var width: UInt64

    /// Makes an anchor from the three readings in the order in which they were taken.
    init(before: UInt64, realtimeNanoseconds: UInt64, after: UInt64) {
        width = after &- before
        monotonicNanoseconds = before &+ width / 2
        self.realtimeNanoseconds = realtimeNanoseconds
    }

    /// What to add to a monotonic instant to get the wall clock's.
    var offset: Int64 { Int64(bitPattern: realtimeNanoseconds &- monotonicNanoseconds) }
}
