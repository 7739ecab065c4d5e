// How well the recorder itself did: the measurement of our own error that goes with every trace.

/// The recorder's self-measurement of about one second: the message of channel `/quality`.
public struct QualityRecord: Hashable, Sendable {
    /// The end of the span measured.
    public var instant: TraceInstant
    /// How long the span was.
    public var span: Nanoseconds
    /// How often the event loop's wait returned.
    public var wakes: UInt64 = 0
    /// Chunks recorded.
    public var chunks: UInt64 = 0
    /// How many of them carry the kernel's stamp.
    public var kernelStampedChunks: UInt64 = 0
    /// Bytes of response bodies.
    public var bytes: UInt64 = 0
    /// How late the loop woke after a timed wait.
    public var loopLateness = LatencyHistogram()
    /// From the kernel's stamp of a chunk to the write callback's entry: what a stamp in the callback would be off by.
    public var callbackLag = LatencyHistogram()
    /// From a request's scheduled start to its dispatch; open loop only.
    public var startLateness = LatencyHistogram()
    /// Processor time of the capture thread.
    public var processorTime = Nanoseconds.zero
    /// Processor time that the hypervisor gave to others, all cores together; `nil` where the host does not say.
    public var stolenTime: Nanoseconds?
    /// The most bytes that waited between the capture thread and the writer.
    public var highestRingLevel: UInt64 = 0
    /// How many bytes can wait there.
    public var ringCapacity: UInt64 = 0
    /// How often a full ring held a transfer back.
    public var pauses: UInt64 = 0
    /// Requests in flight at the span's end.
    public var inFlight: UInt64 = 0

    /// Makes a measurement of nothing, ending at `instant`.
    public init(instant: TraceInstant, span: Nanoseconds) {
        self.instant = instant
        self.span = span
    }
}
