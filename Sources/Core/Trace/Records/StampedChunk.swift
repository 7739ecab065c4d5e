// A chunk as the socket gave it: how many bytes, when, and how sure the stamp is.

/// Where a chunk's stamp was taken.
public enum StampSource: UInt32, Sendable, CaseIterable {
    /// Nobody said.
    case unknown = 0
    /// The kernel's receive time of the last segment read (`SO_TIMESTAMPNS`).
    case kernel = 1
    /// The instant at which libcurl's write callback was entered.
    case callback = 2
}

/// When one read of a stream arrived, and how long it is.
public struct ChunkStamp: Hashable, Sendable {
    /// The chunk's arrival on the trace's timeline.
    public var instant: TraceInstant
    /// The number of bytes the chunk holds.
    public var length: UInt32
    /// Where `instant` was taken.
    public var source: StampSource
    /// From `instant` to the entry of the write callback; zero where the callback is the source.
    public var callbackLag: Nanoseconds
    /// From `instant` to the return of the event loop's wait; negative when the loop was awake before the chunk arrived.
    public var wakeLag: Nanoseconds

    /// Makes a stamp for a chunk of `length` bytes.
    public init(
        instant: TraceInstant,
        length: UInt32,
        source: StampSource,
        callbackLag: Nanoseconds = .zero,
        wakeLag: Nanoseconds = .zero
    ) {
        self.instant = instant
        self.length = length
        self.source = source
        self.callbackLag = callbackLag
        self.wakeLag = wakeLag
    }
}

/// Successive chunks of one attempt's response body: the message of channel `/chunks`.
public struct ChunkBatch: Hashable, Sendable {
    /// The attempt the chunks belong to.
    public var attempt: AttemptID
    /// The index of the batch's first chunk in the attempt's response, from 0.
    public var firstIndex: UInt32
    /// One stamp a chunk, in order of arrival; never empty, lengths add up to `data.count`.
    public var stamps: [ChunkStamp]
    /// The chunks' bytes, one after the other.
    public var data: [UInt8]

    /// Makes a batch; the lengths in `stamps` must add up to `data.count`.
    public init(attempt: AttemptID, firstIndex: UInt32, stamps: [ChunkStamp], data: [UInt8]) {
        self.attempt = attempt
        self.firstIndex = firstIndex
        self.stamps = stamps
        self.data = data
    }
}
