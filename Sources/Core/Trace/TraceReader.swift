// Reads a trace front to back: whole files, files that were never closed, and standard input.

/// Gives the records of one trace file, in the order in which they were written, with flat memory.
public struct TraceReader: Sendable {
    /// The file, or `-` for standard input.
    public let path: String
    /// What the trace says of itself; `nil` until it was read, or where it says nothing.
    public var run: RunMetadata? { metadata.run }
    /// Who answered; `nil` until it was read, or where the trace doesn't say.
    public var origin: TraceOrigin? { metadata.origin }
    /// Metadata of other names, for example `bedrock_trace.recovery`; a later record of a name takes the place of an earlier.
    public var otherMetadata: [String: [String: String]] { metadata.others }
    /// Whether the trace's footer was found.
    public private(set) var isClosed = false
    /// How many messages each topic has, so far.
    public private(set) var messageCounts: [String: UInt64] = [:]

    var topics = TopicTable()
    private var metadata = TraceMetadata()

    /// Names a trace whose first bytes somebody else looks at.
    init(unopened path: String) {
        self.path = path
    }

    /// Opens a trace and looks at its first bytes.
    public init(path: String) throws(TraceError) {
        self.path = path
        guard path != "-" else { return }
        var source = try TraceSource(path: path)
        guard try source.read(MCAP.magic.count) == MCAP.magic else { throw .notMCAP(path: path) }
    }

    /// Reads every record.
    ///
    /// - Parameters:
    ///   - growth: How to wait for more at the end of a file that is still being written; without, the end is the end.
    ///   - body: Takes each record; what it throws ends the reading.
    /// - Throws: `TraceError` for damage; a file that merely ends early gives what is whole.
    public mutating func forEachRecord(
        following growth: FileGrowth? = nil,
        _ body: (TraceRecord) throws -> Void
    ) throws {
        var source = try TraceSource(path: path, growth: growth)
        guard try source.read(MCAP.magic.count) == MCAP.magic else { throw TraceError.notMCAP(path: path) }
        while try readNext(&source, body) {}
    }

    /// Reads one record of the file, with every record in it where it is a chunk.
    ///
    /// - Returns: Whether there may be more.
    mutating func readNext(_ source: inout TraceSource, _ body: (TraceRecord) throws -> Void) throws -> Bool {
        let checksum = source.checksum
        let start = source.offset
        guard let header = try readHeader(&source) else {
            try checkCut(source, at: start, needing: UInt64(MCAP.recordHeaderByteCount))
            return false
        }
        guard let bytes = try readFields(&source, header.length, at: start) else { return false }
        switch MCAPOpcode(rawValue: header.opcode) {
        case .channel:
            guard let channel = MCAPChannel(bytes.span.bytes) else { throw damaged(start, "no channel") }
            topics.note(channel)
        case .header:
            topics.noteHeader(bytes.span.bytes)
        case .metadata:
            try readMetadata(bytes.span.bytes, at: start)
        case .chunk:
            try readChunk(bytes.span.bytes, at: start, body)
        case .message where topics.allowsLooseMessages:
            try readMessage(bytes.span.bytes, at: start, body)
        case .dataEnd:
            // What chunks don't protect, as a chunk's own opcode, is held against the sum of everything.
            var reader = FieldReader(bytes.span.bytes)
            if let stated = reader.integer(UInt32.self), stated != 0, let checksum, checksum != stated {
                throw damaged(start, "the CRC of everything before is wrong")
            }
            isClosed = try finish(&source)
            return false
        default: break
        }
        return true
    }

    func readHeader(_ source: inout TraceSource) throws(TraceError) -> (opcode: UInt8, length: UInt64)? {
        let bytes = try source.read(MCAP.recordHeaderByteCount)
        guard bytes.count == MCAP.recordHeaderByteCount else { return nil }
        var reader = FieldReader(bytes.span.bytes)
        guard let opcode = reader.integer(UInt8.self), let length = reader.integer(UInt64.self) else { return nil }
        return (opcode, length)
    }

    /// Reads the fields of a record that begins at `start`; `nil` where the file was cut off within it.
    func readFields(
        _ source: inout TraceSource,
        _ byteCount: UInt64,
        at start: UInt64
    ) throws(TraceError) -> [UInt8]? {
        let length = try self.length(byteCount, at: start)
        let needed = byteCount + UInt64(MCAP.recordHeaderByteCount)
        // A damaged length must not bring the rest of the file into memory.
        if let remaining = source.remaining, byteCount > remaining {
            try checkCut(source, at: start, needing: needed)
        }
        let bytes = try source.read(length)
        guard bytes.count == length else {
            try checkCut(source, at: start, needing: needed)
            return nil
        }
        return bytes
    }

    /// The length of a record that begins at `start`, as memory counts.
    func length(_ byteCount: UInt64, at start: UInt64) throws(TraceError) -> Int {
        guard let length = Int(exactly: byteCount) else { throw damaged(start, "a record longer than any file") }
        return length
    }

    /// Refuses to take a file for one that was cut off, where more follows behind the record that seems to be: then it is
    /// the framing that is damaged.
    private func checkCut(
        _ source: borrowing TraceSource,
        at start: UInt64,
        needing byteCount: UInt64
    ) throws(TraceError) {
        let isCut = "a record reaches beyond the file's end, and the file was not cut off"
        guard let fileByteCount = source.byteCount else {
            if source.endsWithMagic { throw damaged(start, isCut) }
            return
        }
        // The recorder may have written on since.
        guard fileByteCount < start + byteCount else { return }
        if source.endsWithMagic { throw damaged(start, isCut) }
        guard path != "-" else { return }
        let file = try MappedFile(path: path)
        if let place = Int(exactly: start), RecordSearch.nextRecord(file.bytes, from: place + 1) != nil {
            throw damaged(start, "a record reaches beyond the file's end, and a chunk follows it")
        }
    }

    /// Reads on to the footer and the magic behind it.
    private func finish(_ source: inout TraceSource) throws(TraceError) -> Bool {
        while let header = try readHeader(&source) {
            guard let length = Int(exactly: header.length) else { return false }
            guard try source.read(length).count == length else { return false }
            if header.opcode == MCAPOpcode.footer.rawValue {
                return try source.read(MCAP.magic.count) == MCAP.magic
            }
        }
        return false
    }

    mutating func readMetadata(_ bytes: RawSpan, at offset: UInt64) throws(TraceError) {
        var reader = FieldReader(bytes)
        guard let name = reader.text(), let map = reader.map() else { throw damaged(offset, "no metadata") }
        try metadata.take(name, map, path: path)
    }

    mutating func readChunk(
        _ bytes: RawSpan,
        at offset: UInt64,
        _ body: (TraceRecord) throws -> Void
    ) throws {
        guard let chunk = ChunkFields(bytes) else { throw damaged(offset, "no chunk") }
        switch chunk.decompressed(bytes) {
        case .success(let records): try readRecords(records.span.bytes, at: offset, body)
        case .failure(let fault): throw damaged(offset, fault.reason)
        }
    }

    private mutating func readRecords(
        _ records: RawSpan,
        at offset: UInt64,
        _ body: (TraceRecord) throws -> Void
    ) throws {
        var inner = FieldReader(records)
        while inner.remaining > 0 {
            guard let opcode = inner.integer(UInt8.self), let length = inner.integer(UInt64.self),
                let range = inner.range(length)
            else { throw damaged(offset, "a record within the chunk is cut off") }
            switch MCAPOpcode(rawValue: opcode) {
            case .message: try readMessage(records.extracting(range), at: offset, body)
            case .channel:
                guard let channel = MCAPChannel(records.extracting(range)) else {
                    throw damaged(offset, "no channel")
                }
                topics.note(channel)
            default: continue
            }
        }
    }

    private mutating func readMessage(
        _ bytes: RawSpan,
        at offset: UInt64,
        _ body: (TraceRecord) throws -> Void
    ) throws {
        guard let head = MCAPMessageHead(bytes) else { throw damaged(offset, "no message") }
        guard let topic = topics[head.channelID] else {
            throw damaged(offset, "a message of a channel that was never named")
        }
        messageCounts[topic, default: 0] += 1
        let payload = bytes.extracting(MCAPMessageHead.byteCount..<bytes.byteCount)
        let record: TraceRecord?
        do throws(RecordFault) {
            record = try RecordDecoding.message(topic: topic, payload, publishTime: head.publishTime)
        } catch {
            throw damaged(offset, "\(error)")
        }
        if let record { try body(record) }
    }

    func damaged(_ offset: UInt64, _ reason: String) -> TraceError {
        .damagedRecord(path: path, offset: offset, reason: reason)
    }
}
