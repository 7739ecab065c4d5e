// The clocks of a recording: one timeline, and the way from the kernel's realtime stamps to it.

import CLinux
import Core
import Glibc

/// Reads clocks and converts between them; used by one thread.
struct CaptureClock {
    /// The two ends of the conversion, read once at the start of the recording.
    struct Origin: Sendable {
        var realtimeNanoseconds: UInt64
        var monotonicNanoseconds: UInt64

        /// The narrowest of fifty readings of now.
        init() {
            let pair = ClockReading.narrowest()
            realtimeNanoseconds = pair.realtime
            monotonicNanoseconds = pair.monotonic
        }

        /// An instant of `CLOCK_MONOTONIC` on the trace's timeline.
        func instant(monotonic: UInt64) -> TraceInstant {
            TraceInstant(nanosecondsSinceEpoch: realtimeNanoseconds &+ (monotonic &- monotonicNanoseconds))
        }
    }

    let origin: Origin
    /// Realtime less monotonic, as last read.
    private var offset: Int64
    /// How often the wall clock was seen to step between two readings.
    private(set) var steps = 0

    /// A change of the offset beyond this is a step of the wall clock, not drift.
    static let stepNanoseconds: Int64 = 100_000

    init(origin: Origin) {
        self.origin = origin
        offset = Int64(bitPattern: origin.realtimeNanoseconds &- origin.monotonicNanoseconds)
    }

    /// Reads the offset anew; to be called every second.
    mutating func anchor() {
        let pair = ClockReading.narrowest(of: 5)
        let fresh = Int64(bitPattern: pair.realtime &- pair.monotonic)
        if abs(fresh - offset) > Self.stepNanoseconds { steps += 1 }
        offset = fresh
    }

    /// A kernel stamp on `CLOCK_MONOTONIC`.
    func monotonic(realtime: Int64) -> UInt64 {
        UInt64(bitPattern: realtime &- offset)
    }

    /// `CLOCK_MONOTONIC`, nanoseconds.
    static func now() -> UInt64 {
        ClockReading.nanoseconds(CLOCK_MONOTONIC)
    }
}

/// Readings of the system's clocks.
enum ClockReading {
    static func nanoseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    /// Realtime between two monotonic readings, the narrowest of several tries.
    static func narrowest(of tries: Int = 50) -> (realtime: UInt64, monotonic: UInt64, halfWidth: UInt64) {
        var best: (realtime: UInt64, monotonic: UInt64, halfWidth: UInt64) = (0, 0, .max)
        for _ in 0..<tries {
            let before = nanoseconds(CLOCK_MONOTONIC)
            let realtime = nanoseconds(CLOCK_REALTIME)
            let after = nanoseconds(CLOCK_MONOTONIC)
            let halfWidth = (after - before) / 2
            if halfWidth < best.halfWidth { best = (realtime, before + halfWidth, halfWidth) }
        }
        return best
    }

    /// Every clock of the host, for the trace.
    static func snapshot() -> ClockSnapshot {
        let pair = narrowest()
        var state = timex()
        let status = adjtimex(&state)
        return ClockSnapshot(
            realtimeNanoseconds: pair.realtime,
            monotonicNanoseconds: pair.monotonic,
            monotonicRawNanoseconds: nanoseconds(CLOCK_MONOTONIC_RAW),
            boottimeNanoseconds: nanoseconds(CLOCK_BOOTTIME),
            uncertaintyNanoseconds: pair.halfWidth,
            bootID: bootID,
            synchronization: status < 0
                ? nil
                : .init(
                    isSynchronized: state.status & Int32(STA_UNSYNC) == 0,
                    maximumErrorMicroseconds: Int64(state.maxerror)
                )
        )
    }

    private static let bootID: String = {
        let bytes = DatasetFiles.contents(of: "/proc/sys/kernel/random/boot_id") ?? []
        return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    }()
}
