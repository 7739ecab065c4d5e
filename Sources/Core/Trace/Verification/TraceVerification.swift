// Checks all that a trace says of itself: framing, every CRC, indexes, counts, and each stream's order and hash.

/// Verifies the files of a recording, in their order.
public struct TraceVerification {
    /// What was found.
    public struct Report: Sendable {
        /// The first faults, in the order of the files; ``faultCount`` says how many there are in all.
        public var faults: [TraceFault] = []
        public var faultCount = 0
        public var fileCount = 0
        public var chunkCount = 0
        public var messageCount: UInt64 = 0
        public var byteCount: UInt64 = 0
        /// Attempts that have no end, in files that say that they are whole.
        public var openAttemptCount = 0
    }

    /// How many faults are kept with their place.
    public static let maximumFaultCount = 1_000

    private var report = Report()
    private var rules = StreamRules()
    private var run: RunMetadata?

    /// Begins with nothing checked.
    public init() {}

    /// What was found so far.
    public var result: Report {
        var result = report
        result.openAttemptCount = rules.openCount
        return result
    }

    /// Checks one file; a segment that follows the one before carries its streams on.
    ///
    /// - Parameter path: A regular file.
    /// - Throws: `TraceError` when it can't be read at all.
    public mutating func verify(_ path: String) throws(TraceError) {
        let file = try MappedFile(path: path)
        report.fileCount += 1
        report.byteCount += UInt64(file.byteCount)
        var walk = FileWalk(path: path)
        walk.walk(file, rules: &rules, previous: run)
        run = walk.run
        report.chunkCount += walk.chunks.count
        report.messageCount += walk.messageCount
        for fault in walk.faults where report.faults.count < Self.maximumFaultCount {
            report.faults.append(TraceFault(path: path, offset: fault.offset, reason: fault.reason))
        }
        report.faultCount += walk.faults.count
    }
}

/// The checks of one file.
private struct FileWalk {
    let path: String
    private(set) var faults: [(offset: UInt64, reason: String)] = []
    /// By their places.
    private(set) var chunks: [UInt64: MCAPChunkIndex] = [:]
    private(set) var messageCount: UInt64 = 0
    private(set) var run: RunMetadata?

    private var topics = TopicTable()
    private var messageCounts: [UInt16: UInt64] = [:]
    private var indexEntries: [(entry: RequestIndexEntry, offset: UInt64)] = []
    private var attemptsByChunk: [UInt64: Set<AttemptID>] = [:]
    private var chunkIndexCount = 0
    private var hasDataEnd = false
    private var isFirstSegment = true
    /// The CRC of the file's bytes up to `summedByteCount`: summed on the way, so that no byte is looked at twice.
    private var dataChecksum: UInt32 = 0
    private var summedByteCount = 0
    /// Of the last chunk, for the message indexes behind it.
    private var messagePlaces: [UInt64: MCAPMessageHead] = [:]

    init(path: String) { self.path = path }

    mutating func walk(_ file: borrowing MappedFile, rules: inout StreamRules, previous: RunMetadata?) {
        let bytes = file.bytes
        guard RecordSearch.hasMagic(bytes, at: 0) else {
            fault(0, "expected the eight magic bytes of an MCAP file")
            return
        }
        var offset = MCAP.magic.count
        var isClosed = false
        var trail = MappedFileTrail()
        while offset < bytes.byteCount {
            sum(bytes, to: offset)
            trail.advance(to: offset, in: file)
            var reader = FieldReader(bytes.extracting(offset..<bytes.byteCount))
            guard let opcode = reader.integer(UInt8.self), let length = reader.integer(UInt64.self),
                let range = reader.range(length)
            else {
                let next = RecordSearch.nextRecord(bytes, from: offset + 1)
                fault(offset, next == nil ? "the file ends within a record" : "a record reaches beyond the file's end")
                guard let next else { return }
                offset = next
                continue
            }
            let fields = (offset + range.lowerBound)..<(offset + range.upperBound)
            isClosed = take(opcode, at: offset, fields, bytes, &rules, previous)
            offset = fields.upperBound
            if isClosed { break }
        }
        if isClosed, !RecordSearch.hasMagic(bytes, at: offset) || offset + MCAP.magic.count != bytes.byteCount {
            fault(offset, "expected the magic bytes and the end of the file behind the footer")
        }
        if !isClosed { fault(bytes.byteCount, "no footer: the recording was cut off, or is still running") }
    }

    private mutating func sum(_ bytes: RawSpan, to offset: Int) {
        guard !hasDataEnd else { return }
        dataChecksum = Checksum.crc32(bytes.extracting(summedByteCount..<offset), continuing: dataChecksum)
        summedByteCount = offset
    }

    /// Checks one record; gives whether it is the footer.
    private mutating func take(
        _ opcode: UInt8,
        at offset: Int,
        _ range: Range<Int>,
        _ bytes: RawSpan,
        _ rules: inout StreamRules,
        _ previous: RunMetadata?
    ) -> Bool {
        let fields = bytes.extracting(range)
        switch MCAPOpcode(rawValue: opcode) {
        case .header: topics.noteHeader(fields)
        case .channel:
            guard let channel = MCAPChannel(fields) else { return fault(offset, "no channel") }
            topics.note(channel)
        case .schema where MCAPSchema(fields) == nil: fault(offset, "no schema")
        case .metadata: takeMetadata(fields, at: offset, &rules, previous)
        case .chunk: takeChunk(fields, at: offset, &rules)
        case .messageIndex: takeMessageIndex(fields, at: offset)
        case .message: takeMessage(fields, at: offset, &rules)
        case .attachment: takeAttachment(fields, at: offset)
        case .dataEnd:
            hasDataEnd = true
            var reader = FieldReader(fields)
            guard let stated = reader.integer(UInt32.self) else { return fault(offset, "no data end") }
            if stated != 0, dataChecksum != stated {
                fault(offset, "the CRC of the data section is wrong")
            }
        case .chunkIndex: takeChunkIndex(fields, at: offset)
        case .statistics: takeStatistics(fields, at: offset)
        case .footer:
            takeFooter(fields, at: offset, bytes)
            return true
        case nil where opcode < 0x80: fault(offset, "a record of the unknown kind \(opcode)")
        default: break
        }
        return false
    }

    // MARK: Data

    private mutating func takeMetadata(
        _ fields: RawSpan,
        at offset: Int,
        _ rules: inout StreamRules,
        _ previous: RunMetadata?
    ) {
        var reader = FieldReader(fields)
        guard let name = reader.text(), let map = reader.map() else {
            fault(offset, "no metadata")
            return
        }
        guard name == RunMetadata.name else { return }
        let run = RunMetadata(map: map)
        self.run = run
        let continues = previous.map { $0.runID == run.runID && $0.segment + 1 == run.segment } ?? false
        if !continues { rules = StreamRules() }
        isFirstSegment = run.segment == 1 || continues
        if !run.incompatibleFeatures.isEmpty {
            fault(
                offset,
                "needs a newer version of this program, for: \(run.incompatibleFeatures.joined(separator: ", "))"
            )
        }
    }

    private mutating func takeChunk(_ fields: RawSpan, at offset: Int, _ rules: inout StreamRules) {
        messagePlaces = [:]
        guard let chunk = ChunkFields(fields) else {
            fault(offset, "no chunk")
            return
        }
        chunks[UInt64(offset)] = MCAPChunkIndex(
            start: chunk.start,
            end: chunk.end,
            offset: UInt64(offset),
            byteCount: UInt64(fields.byteCount + MCAP.recordHeaderByteCount)
        )
        if chunk.checksum == 0 { fault(offset, "the chunk has no CRC") }
        switch chunk.decompressed(fields, checksFrame: true) {
        case .failure(let failure): fault(offset, failure.reason)
        case .success(let records): takeRecords(records.span.bytes, of: chunk, at: offset, &rules)
        }
    }

    private mutating func takeRecords(
        _ records: RawSpan,
        of chunk: ChunkFields,
        at offset: Int,
        _ rules: inout StreamRules
    ) {
        var reader = FieldReader(records)
        var lastTime: UInt64 = 0
        var times: (first: UInt64, last: UInt64)?
        while reader.remaining > 0 {
            let place = reader.offset
            guard let opcode = reader.integer(UInt8.self), let length = reader.integer(UInt64.self),
                let range = reader.range(length)
            else {
                fault(offset, "a record within the chunk is cut off")
                return
            }
            let fields = records.extracting(range)
            if opcode == MCAPOpcode.channel.rawValue, let channel = MCAPChannel(fields) { topics.note(channel) }
            guard opcode == MCAPOpcode.message.rawValue else { continue }
            guard let head = takeMessage(fields, at: offset, &rules) else { continue }
            messagePlaces[UInt64(place)] = head
            if head.logTime < lastTime { fault(offset, "the messages of the chunk are not sorted by time") }
            lastTime = head.logTime
            times = (min(times?.first ?? head.logTime, head.logTime), max(times?.last ?? 0, head.logTime))
        }
        if let times, times.first != chunk.start || times.last != chunk.end {
            fault(offset, "the chunk's times are not those of its messages")
        }
    }

    @discardableResult
    private mutating func takeMessage(
        _ fields: RawSpan,
        at offset: Int,
        _ rules: inout StreamRules
    ) -> MCAPMessageHead? {
        guard let head = MCAPMessageHead(fields) else {
            fault(offset, "no message")
            return nil
        }
        messageCount += 1
        messageCounts[head.channelID, default: 0] += 1
        guard let topic = topics[head.channelID] else {
            fault(offset, "a message of channel \(head.channelID), which was never named")
            return head
        }
        let payload = fields.extracting(MCAPMessageHead.byteCount..<fields.byteCount)
        do throws(RecordFault) {
            guard let record = try RecordDecoding.message(topic: topic, payload, publishTime: head.publishTime) else {
                return head
            }
            if let attempt = record.attempt { attemptsByChunk[UInt64(offset), default: []].insert(attempt) }
            if let reason = rules.take(record, isFirstSegment: isFirstSegment) { fault(offset, reason) }
        } catch {
            fault(offset, "\(error)")
        }
        return head
    }

    private mutating func takeMessageIndex(_ fields: RawSpan, at offset: Int) {
        var reader = FieldReader(fields)
        guard let channel = reader.integer(UInt16.self), let byteCount = reader.integer(UInt32.self),
            Int(byteCount) == reader.remaining, byteCount % 16 == 0
        else {
            fault(offset, "no message index")
            return
        }
        // Where a chunk couldn't be read, its index can't be held against it.
        guard !messagePlaces.isEmpty else { return }
        while let time = reader.integer(UInt64.self), let place = reader.integer(UInt64.self) {
            guard let head = messagePlaces[place], head.channelID == channel, head.logTime == time else {
                fault(offset, "the message index names a place in its chunk where no such message stands")
                return
            }
        }
    }

    private mutating func takeAttachment(_ fields: RawSpan, at offset: Int) {
        guard let attachment = MCAPAttachment(fields) else {
            fault(offset, "no attachment")
            return
        }
        guard attachment.isWhole else {
            fault(offset, "the CRC of the attachment '\(attachment.name)' is wrong")
            return
        }
        guard attachment.name == RequestIndexEntry.attachmentName else { return }
        var previous: AttemptID?
        for start in stride(
            from: attachment.data.lowerBound,
            to: attachment.data.upperBound,
            by: RequestIndexEntry.byteCount
        ) {
            let end = start + RequestIndexEntry.byteCount
            guard end <= attachment.data.upperBound, let entry = RequestIndexEntry(fields.extracting(start..<end))
            else {
                fault(offset, "an entry of the request index is none")
                return
            }
            if let previous, entry.attempt <= previous { fault(offset, "the request index is not sorted") }
            previous = entry.attempt
            for place in [entry.firstChunkOffset, entry.lastChunkOffset]
            where attemptsByChunk[place]?.contains(entry.attempt) != true {
                fault(offset, "the request index names a chunk without a record of request \(entry.attempt.request)")
            }
        }
    }

    // MARK: Summary

    private mutating func takeChunkIndex(_ fields: RawSpan, at offset: Int) {
        guard let index = MCAPChunkIndex(fields) else {
            fault(offset, "no chunk index")
            return
        }
        defer { chunkIndexCount += 1 }
        if chunks[index.offset] != index { fault(offset, "the chunk index names a chunk that isn't there") }
    }

    private mutating func takeStatistics(_ fields: RawSpan, at offset: Int) {
        guard let statistics = MCAPStatistics(fields) else {
            fault(offset, "no statistics")
            return
        }
        if statistics.messageCount != messageCount || statistics.messageCounts != messageCounts {
            fault(offset, "the statistics count \(statistics.messageCount) messages, the file holds \(messageCount)")
        }
        if Int(statistics.chunkCount) != chunks.count {
            fault(offset, "the statistics count \(statistics.chunkCount) chunks, the file holds \(chunks.count)")
        }
    }

    private mutating func takeFooter(_ fields: RawSpan, at offset: Int, _ bytes: RawSpan) {
        guard let footer = MCAPFooter(fields) else {
            fault(offset, "no footer")
            return
        }
        if !hasDataEnd { fault(offset, "the data section has no end") }
        // The checksum covers the summary, and the footer up to the checksum itself.
        let end = offset + MCAP.recordHeaderByteCount + 16
        guard footer.summaryStart != 0 else { return }
        guard let start = Int(exactly: footer.summaryStart), start < offset else {
            fault(offset, "the footer names no summary")
            return
        }
        if footer.summaryChecksum != 0, Checksum.crc32(bytes.extracting(start..<end)) != footer.summaryChecksum {
            fault(offset, "the CRC of the summary is wrong")
        }
        if chunkIndexCount > 0, chunkIndexCount != chunks.count {
            fault(offset, "the summary lists \(chunkIndexCount) chunks, the file holds \(chunks.count)")
        }
    }

    @discardableResult
    private mutating func fault(_ offset: Int, _ reason: String) -> Bool {
        faults.append((UInt64(offset), reason))
        return false
    }
}
