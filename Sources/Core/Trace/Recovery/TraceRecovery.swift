// Saves what is whole of a damaged or unfinished trace: walks records, and past damage looks for the next chunk.

/// Reads a file whose framing can't be trusted.
public struct TraceRecovery {
    /// What was found of a trace.
    public struct Findings: Sendable {
        /// What the trace says of itself; `nil` where that was lost.
        public var run: RunMetadata? { metadata.run }
        /// Who answered; `nil` where that was lost, or never said.
        public var origin: TraceOrigin? { metadata.origin }
        /// Metadata of other names.
        public var otherMetadata: [String: [String: String]] { metadata.others }
        /// What could not be saved.
        public var losses: [TraceLoss] = []
        /// Whether the trace had been closed.
        public var isClosed = false
        /// The number of chunks that gave at least one message.
        public var chunkCount = 0

        fileprivate var metadata = TraceMetadata()
    }

    private let path: String
    private var findings = Findings()
    private var topics = TopicTable()

    /// Reads a trace file of whatever state.
    ///
    /// - Parameters:
    ///   - path: A regular file.
    ///   - body: Takes each record that is whole, in the order of the file.
    /// - Returns: What was found, and what was lost.
    /// - Throws: `TraceError` when the file can't be read, and what `body` throws.
    public static func read(_ path: String, _ body: (TraceRecord) throws -> Void) throws -> Findings {
        let file = try MappedFile(path: path)
        var recovery = TraceRecovery(path: path)
        try recovery.walk(file, body)
        return recovery.findings
    }

    private init(path: String) {
        self.path = path
    }

    // MARK: Records

    private mutating func walk(_ file: borrowing MappedFile, _ body: (TraceRecord) throws -> Void) throws {
        let bytes = file.bytes
        var trail = MappedFileTrail()
        var offset = 0
        if RecordSearch.hasMagic(bytes, at: 0) {
            offset = MCAP.magic.count
        } else {
            offset = lose(
                bytes,
                from: 0,
                to: RecordSearch.nextRecord(bytes, from: 0),
                "the file's magic bytes are damaged"
            )
        }
        while offset < bytes.byteCount {
            trail.advance(to: offset, in: file)
            if RecordSearch.hasMagic(bytes, at: offset), offset + MCAP.magic.count == bytes.byteCount { return }
            guard let record = RecordSearch.record(bytes, at: offset) else {
                let next = RecordSearch.nextRecord(bytes, from: offset)
                // A chunk whose opcode or length was hit stands right here.
                offset =
                    next == offset
                    ? try salvage(from: offset, bytes, body)
                    : lose(bytes, from: offset, to: next, "no record begins here")
                continue
            }
            offset = try take(record, bytes, body)
        }
    }

    /// Takes one record; gives where the next one begins.
    private mutating func take(
        _ record: (opcode: UInt8, fields: Range<Int>),
        _ bytes: RawSpan,
        _ body: (TraceRecord) throws -> Void
    ) throws -> Int {
        let start = record.fields.lowerBound - MCAP.recordHeaderByteCount
        let fields = bytes.extracting(record.fields)
        switch MCAPOpcode(rawValue: record.opcode) {
        case .chunk:
            return try takeChunk(at: start, record.fields, bytes, body)
        case .channel:
            if let channel = MCAPChannel(fields) { topics.note(channel) }
        case .header:
            topics.noteHeader(fields)
        case .metadata:
            var reader = FieldReader(fields)
            guard let name = reader.text(), let map = reader.map() else {
                return lose(bytes, from: start, to: record.fields.upperBound, "a metadata record is damaged")
            }
            try findings.metadata.take(name, map, path: path)
        case .message where topics.allowsLooseMessages:
            if let decoded = decode(fields) { try body(decoded) }
        case .footer:
            findings.isClosed = true
        default:
            break
        }
        return record.fields.upperBound
    }

    private mutating func takeChunk(
        at start: Int,
        _ range: Range<Int>,
        _ bytes: RawSpan,
        _ body: (TraceRecord) throws -> Void
    ) throws -> Int {
        let fields = bytes.extracting(range)
        if let chunk = ChunkFields(fields), case .success(let records) = chunk.decompressed(fields) {
            let whole = [0..<records.count]
            _ = try takeMessages(records, whole: whole, body)
            // Where the chunk's own fields end the next record begins, whatever its length says.
            return range.lowerBound + chunk.records.upperBound
        }
        return try salvage(from: start, bytes, body)
    }

    // MARK: Damaged chunks

    /// Saves the undamaged blocks of a chunk whose fields or bytes are damaged; gives where to go on.
    private mutating func salvage(
        from start: Int,
        _ bytes: RawSpan,
        _ body: (TraceRecord) throws -> Void
    ) throws -> Int {
        // The frame stands behind the chunk's fields; their damage must not hide it.
        let nextChunk = RecordSearch.nextRecord(bytes, from: start + 1) ?? bytes.byteCount
        guard
            let frame = RecordSearch.find(
                LZ4Blocks.magic,
                in: bytes,
                from: start,
                to: min(start + 128, bytes.byteCount)
            ),
            let blocks = LZ4Blocks(bytes.extracting(frame..<max(frame, nextChunk)))
        else {
            return lose(bytes, from: start, to: nextChunk, "a chunk is damaged in its head")
        }
        let lost = try takeMessages(blocks.bytes, whole: blocks.whole, body)
        for damaged in blocks.damaged {
            findings.losses.append(
                TraceLoss(
                    offset: UInt64(frame + damaged.lowerBound),
                    byteCount: UInt64(damaged.count),
                    reason:
                        "a compressed block of a chunk is damaged; its chunk lost \(lost) bytes of messages, uncompressed"
                )
            )
        }
        if blocks.damaged.isEmpty {
            let reason =
                lost == 0
                ? "a chunk's fields are damaged; its messages are whole"
                : "a chunk's fields are damaged; \(lost) bytes of its messages are lost, uncompressed"
            findings.losses.append(
                TraceLoss(offset: UInt64(start), byteCount: UInt64(frame - start), reason: reason)
            )
        }
        // Where the frame ends the next record begins, unless its own lengths were hit.
        let end = min(frame + blocks.consumed, nextChunk)
        return RecordSearch.record(bytes, at: end) != nil
            ? end : (RecordSearch.nextRecord(bytes, from: end) ?? bytes.byteCount)
    }

    /// Takes the messages that lie in whole parts of a chunk's records.
    ///
    /// - Returns: How many bytes of records no message could be made of.
    private mutating func takeMessages(
        _ records: [UInt8],
        whole: [Range<Int>],
        _ body: (TraceRecord) throws -> Void
    ) throws -> Int {
        var taken = 0
        var found = 0
        for part in whole {
            var offset = part.lowerBound
            // Behind a gap the first record's start is unknown: the first place that reads as messages to the end is it.
            if offset > 0 { offset = Self.nextMessage(records, from: offset, to: part.upperBound) ?? part.upperBound }
            while let range = Self.message(records, at: offset, end: part.upperBound) {
                if let decoded = decode(records.span.bytes.extracting(range)) {
                    try body(decoded)
                    found += 1
                }
                taken += range.upperBound - offset
                offset = range.upperBound
            }
        }
        if found > 0 { findings.chunkCount += 1 }
        return records.count - taken
    }

    /// The content of the record at `offset`, where a message or another record of a chunk stands there whole.
    private static func message(_ records: [UInt8], at offset: Int, end: Int) -> Range<Int>? {
        var reader = FieldReader(records.span.bytes.extracting(min(offset, end)..<end))
        guard let opcode = reader.integer(UInt8.self), let length = reader.integer(UInt64.self),
            opcode == MCAPOpcode.message.rawValue || opcode == MCAPOpcode.schema.rawValue
                || opcode == MCAPOpcode.channel.rawValue, let range = reader.range(length)
        else { return nil }
        return (offset + range.lowerBound)..<(offset + range.upperBound)
    }

    /// The first place from which message follows message up to the part's end, or to one that reaches beyond it.
    private static func nextMessage(_ records: [UInt8], from start: Int, to end: Int) -> Int? {
        var candidate = start
        while candidate < end {
            if records[candidate] == MCAPOpcode.message.rawValue, isPlausible(records, at: candidate, end: end) {
                return candidate
            }
            candidate += 1
        }
        return nil
    }

    private static func isPlausible(_ records: [UInt8], at start: Int, end: Int) -> Bool {
        var offset = start
        var count = 0
        while offset < end {
            var reader = FieldReader(records.span.bytes.extracting(offset..<records.count))
            guard reader.integer(UInt8.self) == MCAPOpcode.message.rawValue,
                let length = reader.integer(UInt64.self), length >= 22, length <= UInt64(ChunkFields.maximumByteCount),
                let channel = reader.integer(UInt16.self), TraceChannel(rawValue: channel) != nil
            else { return false }
            count += 1
            // Three in a row don't happen by chance: opcode, small length and a known channel fit each time.
            if count == 3 { return true }
            offset += MCAP.recordHeaderByteCount + Int(length)
        }
        return true
    }

    private func decode(_ fields: RawSpan) -> TraceRecord? {
        guard let head = MCAPMessageHead(fields), let topic = topics[head.channelID] else { return nil }
        let payload = fields.extracting(MCAPMessageHead.byteCount..<fields.byteCount)
        return (try? RecordDecoding.message(topic: topic, payload, publishTime: head.publishTime)) ?? nil
    }

    // MARK: Looking

    private mutating func lose(_ bytes: RawSpan, from start: Int, to next: Int?, _ reason: String) -> Int {
        let end = next ?? bytes.byteCount
        findings.losses.append(TraceLoss(offset: UInt64(start), byteCount: UInt64(end - start), reason: reason))
        return end
    }
}
