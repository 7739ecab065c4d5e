// Where each request of a trace lies: the attachment `request_index`, sorted records of one size, so that one request of
// a large file is found by binary search.

/// Where one attempt lies within a trace file.
public struct RequestIndexEntry: Hashable, Sendable {
    /// The attempt.
    public var attempt: AttemptID
    /// When it was dispatched, or its first record in this file.
    public var start: TraceInstant
    /// When it completed, or its last record in this file.
    public var end: TraceInstant
    /// Where the first MCAP chunk with a record of it begins.
    public var firstChunkOffset: UInt64
    /// Where the last one begins.
    public var lastChunkOffset: UInt64

    /// The attachment's name.
    static let attachmentName = "request_index"
    static let mediaType = "application/x-bedrock-trace-request-index"
    /// The length of one entry: six little-endian 64-bit integers, the second of which is the attempt's number.
    static let byteCount = 48

    static func encode(_ entries: [RequestIndexEntry]) -> [UInt8] {
        var fields = FieldWriter()
        for entry in entries {
            fields.append(entry.attempt.request)
            fields.append(UInt64(entry.attempt.attempt))
            fields.append(entry.start.nanosecondsSinceEpoch)
            fields.append(entry.end.nanosecondsSinceEpoch)
            fields.append(entry.firstChunkOffset)
            fields.append(entry.lastChunkOffset)
        }
        return fields.bytes
    }

    /// Reads one entry; `nil` for bytes that are none.
    init?(_ bytes: RawSpan) {
        var reader = FieldReader(bytes)
        guard let request = reader.integer(UInt64.self), let number = reader.integer(UInt64.self),
            let attempt = UInt32(exactly: number), let start = reader.integer(UInt64.self),
            let end = reader.integer(UInt64.self), let first = reader.integer(UInt64.self),
            let last = reader.integer(UInt64.self), first <= last
        else { return nil }
        self.init(
            attempt: AttemptID(request: request, attempt: attempt),
            start: TraceInstant(nanosecondsSinceEpoch: start),
            end: TraceInstant(nanosecondsSinceEpoch: end),
            firstChunkOffset: first,
            lastChunkOffset: last
        )
    }

    init(
        attempt: AttemptID,
        start: TraceInstant,
        end: TraceInstant,
        firstChunkOffset: UInt64,
        lastChunkOffset: UInt64
    ) {
        self.attempt = attempt
        self.start = start
        self.end = end
        self.firstChunkOffset = firstChunkOffset
        self.lastChunkOffset = lastChunkOffset
    }
}

/// Collects the index while a trace is written.
struct RequestIndexBuilder {
    private struct Span {
        var start: TraceInstant
        var end: TraceInstant
    }

    /// What the chunk under way holds, by attempt.
    private var pending: [AttemptID: Span] = [:]
    private var open: [AttemptID: RequestIndexEntry] = [:]
    private var ended: Set<AttemptID> = []
    private var entries: [RequestIndexEntry] = []

    /// Takes note of records of an attempt from `start` to `end` in the chunk under way.
    mutating func note(_ attempt: AttemptID, from start: TraceInstant, to end: TraceInstant, isLast: Bool = false) {
        var span = pending[attempt] ?? Span(start: start, end: end)
        span.start = min(span.start, start)
        span.end = max(span.end, end)
        pending[attempt] = span
        if isLast { ended.insert(attempt) }
    }

    /// When an attempt under way began, as far as this file knows.
    func start(of attempt: AttemptID) -> TraceInstant? {
        [open[attempt]?.start, pending[attempt]?.start].compactMap { $0 }.min()
    }

    /// The chunk under way was written at `offset`.
    mutating func wrote(chunkAt offset: UInt64) {
        for (attempt, span) in pending {
            var entry =
                open.removeValue(forKey: attempt)
                ?? RequestIndexEntry(
                    attempt: attempt,
                    start: span.start,
                    end: span.end,
                    firstChunkOffset: offset,
                    lastChunkOffset: offset
                )
            entry.start = min(entry.start, span.start)
            entry.end = max(entry.end, span.end)
            entry.lastChunkOffset = offset
            if ended.contains(attempt) { entries.append(entry) } else { open[attempt] = entry }
        }
        pending.removeAll(keepingCapacity: true)
        ended.removeAll(keepingCapacity: true)
    }

    /// The index of what was written, sorted; the next file begins a new one.
    mutating func take() -> [RequestIndexEntry] {
        defer {
            open = [:]
            entries = []
        }
        return (entries + open.values).sorted { $0.attempt < $1.attempt }
    }
}
