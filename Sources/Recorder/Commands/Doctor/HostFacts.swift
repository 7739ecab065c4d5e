// What the host grants a recording: found out by beginning one that has nothing to send.

import Core

/// The host as a recording would find it.
struct HostFacts: Sendable {
    var environment: CaptureEnvironment
    var clock: ClockSnapshot
    /// What the kernel counts time with, for example `tsc`; `nil` where it does not say.
    var clockSource: String?

    /// Begins a recording without a request and without a file.
    static func gather() throws -> HostFacts {
        let session = try CaptureSession(configuration: CaptureConfiguration(), source: NoRequests()) { _ in NoTrace() }
        let report = session.waitUntilFinished()
        let path = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
        return HostFacts(
            environment: report.environment,
            clock: ClockReading.snapshot(),
            clockSource: TextFile.read(path)?.split(whereSeparator: \.isNewline).first.map(String.init)
        )
    }

    private struct NoRequests: RequestSource {
        mutating func next(nowMonotonicNanoseconds now: UInt64, inFlight: Int) -> NextStep { .finished }
        mutating func ended(_ end: AttemptEnd) {}
    }

    private struct NoTrace: CaptureSink, ~Copyable {
        var writtenByteCount: UInt64 { 0 }
        mutating func append(_ record: TraceRecord) {}
        mutating func append(_ stamp: ChunkStamp, of attempt: AttemptID, bytes: UnsafeRawBufferPointer) {}
        mutating func flushIfDue(now: TraceInstant) {}
        mutating func rotate(now: TraceInstant) {}
        mutating func close() {}
    }
}

extension HostFacts {
    /// Descriptors that a recording needs besides one a stream: files, signals, libraries.
    private static let otherDescriptors: UInt64 = 64
    /// Below this many streams the open loop's default limit would not fit.
    private static let usualStreams: UInt64 = 256
    /// The most that the flags allow.
    private static let mostStreams: UInt64 = 4096
    /// A wall clock read less exactly than this makes the kernel's stamps doubtful.
    private static let widestAnchor: UInt64 = 5_000

    var findings: [Finding] {
        [stamps, synchronization, anchor, descriptors, scheduler, memory]
    }

    private var stamps: Finding {
        guard let refusal = environment.kernelStampRefusal else {
            return Finding(.ok, "kernel stamps", "the kernel stamps what arrives, as one loopback exchange showed")
        }
        return Finding(
            .fix,
            "kernel stamps",
            "\(refusal): stamps will be the write callback's, late by as long as the host takes to run it; "
                + "use Linux with a shared libcurl, else keep the host idle and grant real-time priority"
        )
    }

    private var synchronization: Finding {
        guard let state = clock.synchronization else {
            return Finding(.better, "clock", "the kernel does not say whether NTP keeps it; see 'timedatectl'")
        }
        guard state.isSynchronized else {
            return Finding(
                .better,
                "clock",
                "the kernel holds it for unsynchronized: start chrony or systemd-timesyncd; latencies do not depend "
                    + "on it, but times of day do, and signatures"
            )
        }
        let bound = DurationLine.short(Nanoseconds(state.maximumErrorMicroseconds * 1_000))
        return Finding(.ok, "clock", "synchronized; the kernel's bound on its error is \(bound)")
    }

    private var anchor: Finding {
        let width = "wall and monotonic clock are known against each other to ±\(clock.uncertaintyNanoseconds) ns"
        let source = clockSource.map { ", clock source \($0)" } ?? ""
        guard clock.uncertaintyNanoseconds <= Self.widestAnchor else {
            return Finding(
                .better,
                "clock anchor",
                "\(width)\(source): that adds to every kernel stamp; use tsc or the hypervisor's clock as clock source"
            )
        }
        return Finding(.ok, "clock anchor", width + source)
    }

    private var descriptors: Finding {
        let limit = environment.descriptorLimit
        let streams = limit > Self.otherDescriptors ? min(limit - Self.otherDescriptors, Self.mostStreams) : 0
        let room = "\(limit) may be open, enough for \(streams) streams at once"
        guard streams < Self.mostStreams else { return Finding(.ok, "descriptors", room) }
        return Finding(
            streams < Self.usualStreams ? .fix : .ok,
            "descriptors",
            streams < Self.usualStreams ? "\(room): raise the hard limit, with 'ulimit -Hn 8192' or LimitNOFILE=" : room
        )
    }

    private var scheduler: Finding {
        if environment.isRealTime {
            return Finding(.ok, "priority", "the capture thread may run in real time (SCHED_FIFO)")
        }
        return Finding(
            .better,
            "priority",
            "real time is not granted: on a busy host starts and callback stamps come later (kernel stamps do not); "
                + "grant it with 'setcap cap_sys_nice=ep' on the program, or LimitRTPRIO=10"
        )
    }

    private var memory: Finding {
        if environment.isMemoryLocked { return Finding(.ok, "memory", "locked, so that it is never paged out") }
        return Finding(
            .better,
            "memory",
            "cannot be locked: where the host swaps, starts and callback stamps come later; "
                + "allow it with 'ulimit -l unlimited' or LimitMEMLOCK=infinity"
        )
    }
}
