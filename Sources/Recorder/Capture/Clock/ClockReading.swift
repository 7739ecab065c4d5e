// Reads the host's clocks: the capture engine's only source of time.

internal import CLinux
internal import Core
internal import Glibc

/// The host's clocks. Each reading is a vDSO call of about 20 ns.
enum ClockReading {
    /// `CLOCK_MONOTONIC`, nanoseconds since boot.
    @inline(__always)
    static var monotonicNanoseconds: UInt64 { clinux_monotonic_ns() }

    /// `CLOCK_REALTIME`, nanoseconds since the Unix epoch.
    @inline(__always)
    static var realtimeNanoseconds: UInt64 { clinux_realtime_ns() }

    /// Any clock of the system, in nanoseconds; 0 where it does not exist.
    static func nanoseconds(_ clock: clockid_t) -> UInt64 { clinux_clock_ns(clock) }

    /// The processor time the calling thread has used, in nanoseconds.
    static var threadProcessorNanoseconds: UInt64 { clinux_thread_cpu_ns() }

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
        let raw = clinux_monotonic_raw_ns()
        let boottime = clinux_boottime_ns()
        var isSynchronized = false
        var maximumError: Int64 = 0
        let isKnown = clinux_clock_status(&isSynchronized, &maximumError) == 0
        return ClockSnapshot(
            realtimeNanoseconds: anchor.realtimeNanoseconds,
            monotonicNanoseconds: anchor.monotonicNanoseconds,
            monotonicRawNanoseconds: raw &- elapsed,
            boottimeNanoseconds: boottime &- elapsed,
            uncertaintyNanoseconds: (anchor.width + 1) / 2,
            bootID: bootID,
            synchronization: isKnown
                ? .init(isSynchronized: isSynchronized, maximumErrorMicroseconds: maximumError) : nil
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
