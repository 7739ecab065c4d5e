// A capture's records as a trace file.

internal import Core

/// Writes into a trace file and keeps its metadata true: who answered, how stamps were taken, how well it went.
struct TraceFileSink: CaptureSink, ~Copyable {
    private var writer: TraceRecording
    private var knowsOrigin: Bool

    /// Creates the file.
    ///
    /// - Parameters:
    ///   - destination: Where the files go.
    ///   - run: What the trace says of itself, to which the host's facts are added.
    ///   - origin: Who answers, where that is known before an answer.
    ///   - environment: The host's facts.
    /// - Throws: `TraceError` where the file cannot be made or written.
    init(
        destination: TraceDestination,
        run: RunMetadata,
        origin: TraceOrigin?,
        environment: CaptureEnvironment
    ) throws(TraceError) {
        var run = run
        run.values.merge(Self.facts(environment)) { $1 }
        var writer = try TraceRecording(to: destination, run: run, start: environment.start)
        if let origin { try writer.setOrigin(origin) }
        self.writer = writer
        knowsOrigin = origin != nil
    }

    private static func facts(_ environment: CaptureEnvironment) -> [String: String] {
        var facts = [
            "kernel_stamps": environment.stampSource == .kernel ? "on" : "off",
            "stamp_source": environment.stampSource == .kernel ? "kernel" : "callback",
            "scheduler": environment.isRealTime ? "SCHED_FIFO" : "SCHED_OTHER",
            "memory_locked": environment.isMemoryLocked ? "true" : "false",
            "descriptor_limit": "\(environment.descriptorLimit)",
            "clock_uncertainty_ns": "\(environment.startUncertainty.count)",
        ]
        facts["kernel_stamp_refusal"] = environment.kernelStampRefusal
        return facts
    }

    var writtenByteCount: UInt64 { writer.writtenByteCount }

    mutating func append(_ record: TraceRecord) throws {
        if !knowsOrigin, case .response(let response) = record { try noteOrigin(response) }
        try writer.append(record)
    }

    mutating func append(_ stamp: ChunkStamp, of attempt: AttemptID, bytes: UnsafeRawBufferPointer) throws {
        try writer.append(stamp, of: attempt, bytes: bytes)
    }

    mutating func flushIfDue(now: TraceInstant) throws {
        try writer.flushIfDue(now: now)
    }

    mutating func rotate(now: TraceInstant) throws {
        try writer.rotate(now: now)
    }

    mutating func close() throws {
        try writer.close()
    }

    /// A replayer says so in every answer; the trace says it once, for all who read it.
    private mutating func noteOrigin(_ response: ResponseRecord) throws(TraceError) {
        knowsOrigin = true
        if let source = response.header("x-bedrock-replayer") {
            try writer.setOrigin(TraceOrigin(kind: .replayer, values: ["source": source]))
        } else {
            try writer.setOrigin(TraceOrigin(kind: .endpoint))
        }
    }
}
