// One request out of a large trace: by the index at the file's end, reading nothing but the chunks that hold it.

extension TraceReader {
    /// Reads the records of one request.
    ///
    /// A closed file is read through its index: summary, a binary search, and the chunks from the request's first to its
    /// last. A file without one is read whole.
    ///
    /// - Parameters:
    ///   - request: The request's number.
    ///   - body: Takes each record; what it throws ends the reading.
    /// - Returns: Whether the index was used.
    /// - Throws: `TraceError` for damage.
    @discardableResult
    public mutating func forEachRecord(
        ofRequest request: UInt64,
        _ body: (TraceRecord) throws -> Void
    ) throws -> Bool {
        guard let place = try chunks(ofRequest: request) else {
            try forEachRecord { record in
                if record.attempt?.request == request { try body(record) }
            }
            return false
        }
        guard let chunks = place.chunks else { return true }
        var source = try TraceSource(path: path)
        try source.seek(to: chunks.lowerBound)
        // A chunk that the index names holds the request, or the index is damaged.
        var isFound = [chunks.lowerBound: false]
        isFound[chunks.upperBound] = false
        while source.offset <= chunks.upperBound, let header = try readHeader(&source) {
            let start = source.offset - UInt64(MCAP.recordHeaderByteCount)
            let length = try length(header.length, at: start)
            guard header.opcode == MCAPOpcode.chunk.rawValue else {
                guard !place.chunkOffsets.contains(start) else {
                    throw damaged(start, "the summary names a chunk here, and there is none")
                }
                try source.skip(header.length)
                continue
            }
            let bytes = try source.read(length)
            guard bytes.count == length else {
                throw damaged(start, "the file ends within a chunk that its index names")
            }
            try readChunk(bytes.span.bytes, at: start) { record in
                guard record.attempt?.request == request else { return }
                if isFound[start] != nil { isFound[start] = true }
                try body(record)
            }
        }
        if let place = isFound.filter({ !$0.value }).keys.min() {
            throw damaged(place, "the request index names a chunk here with request \(request), and there is none")
        }
        return true
    }

    /// Where the request's chunks are; `nil` where the file has no index.
    private mutating func chunks(ofRequest request: UInt64) throws(TraceError) -> RequestChunks? {
        guard path != "-" else { return nil }
        var source = try TraceSource(path: path)
        guard let index = try requestIndex(&source) else { return nil }
        var low: UInt64 = 0
        var high = index.count
        while low < high {
            let middle = (low + high) / 2
            if try index.entry(middle, &source).attempt.request < request { low = middle + 1 } else { high = middle }
        }
        var found: ClosedRange<UInt64>?
        while low < index.count {
            let entry = try index.entry(low, &source)
            guard entry.attempt.request == request else { break }
            found =
                min(
                    found?.lowerBound ?? .max,
                    entry.firstChunkOffset
                )...max(found?.upperBound ?? 0, entry.lastChunkOffset)
            low += 1
        }
        // Before a request is said not to be there, the index must be known to be whole.
        if found == nil || index.count * UInt64(RequestIndexEntry.byteCount) <= Self.checkedIndexByteCount {
            guard try index.isWhole(&source) else { return nil }
        }
        return RequestChunks(chunks: found, chunkOffsets: index.chunkOffsets)
    }

    /// Where the request index of a closed file lies; reads head and summary on the way.
    private mutating func requestIndex(_ source: inout TraceSource) throws(TraceError) -> RequestIndexPlace? {
        guard let byteCount = source.byteCount, byteCount > UInt64(2 * MCAP.magic.count + MCAP.footerByteCount) else {
            return nil
        }
        let footerStart = byteCount - UInt64(MCAP.magic.count + MCAP.footerByteCount)
        try source.seek(to: footerStart)
        let end = try source.read(MCAP.footerByteCount + MCAP.magic.count)
        guard end.count == MCAP.footerByteCount + MCAP.magic.count, end.suffix(MCAP.magic.count) == MCAP.magic[...],
            let footer = MCAPFooter(end.span.bytes.extracting(MCAP.recordHeaderByteCount..<MCAP.footerByteCount)),
            footer.summaryStart != 0, footer.summaryStart < footerStart
        else { return nil }
        try readHead(&source)
        guard let summary = try readSummary(&source, footer, footerStart: footerStart) else { return nil }
        var place: RequestIndexPlace?
        var chunkOffsets: Set<UInt64> = []
        var reader = FieldReader(summary.span.bytes)
        while let opcode = reader.integer(UInt8.self), opcode != MCAPOpcode.footer.rawValue,
            let length = reader.integer(UInt64.self), let range = reader.range(length)
        {
            let fields = summary.span.bytes.extracting(range)
            if opcode == MCAPOpcode.chunkIndex.rawValue, let chunk = MCAPChunkIndex(fields) {
                chunkOffsets.insert(chunk.offset)
            }
            guard opcode == MCAPOpcode.attachmentIndex.rawValue, let attachment = MCAPAttachmentIndex(fields),
                attachment.name == RequestIndexEntry.attachmentName
            else { continue }
            // The content is followed by its checksum, and nothing else.
            guard attachment.byteCount <= byteCount, attachment.dataByteCount < attachment.byteCount else { return nil }
            let dataStart = attachment.offset &+ attachment.byteCount &- 4 &- attachment.dataByteCount
            guard dataStart < footerStart else { return nil }
            place = RequestIndexPlace(
                record: attachment.offset,
                start: dataStart,
                count: attachment.dataByteCount / UInt64(RequestIndexEntry.byteCount),
                path: path
            )
        }
        place?.chunkOffsets = chunkOffsets
        return place
    }

    /// The summary's records and the footer's fields up to its checksum; `nil` where that checksum is wrong.
    private func readSummary(
        _ source: inout TraceSource,
        _ footer: MCAPFooter,
        footerStart: UInt64
    ) throws(TraceError) -> [UInt8]? {
        let length = footerStart - footer.summaryStart + UInt64(MCAP.recordHeaderByteCount + 16)
        guard length <= Self.maximumSummaryByteCount else { return nil }
        try source.seek(to: footer.summaryStart)
        let bytes = try source.read(Int(length))
        let isWhole = footer.summaryChecksum == 0 || Checksum.crc32(bytes) == footer.summaryChecksum
        return bytes.count == Int(length) && isWhole ? bytes : nil
    }

    /// A longer summary is passed over, and the file read whole; one of a million chunks has about 200 MB.
    private static let maximumSummaryByteCount: UInt64 = 256 << 20
    /// Up to here an index is checked before each use; a longer one would be most of what a lookup reads.
    private static let checkedIndexByteCount: UInt64 = 1 << 20

    /// Reads what stands before the first chunk of a regular file: channels, and what the trace says of itself.
    package mutating func readHead() throws(TraceError) {
        var source = try TraceSource(path: path)
        try readHead(&source)
    }

    /// Reads what stands before the first chunk: channels, and what the trace says of itself.
    private mutating func readHead(_ source: inout TraceSource) throws(TraceError) {
        try source.seek(to: UInt64(MCAP.magic.count))
        while let header = try readHeader(&source), header.opcode != MCAPOpcode.chunk.rawValue,
            header.opcode != MCAPOpcode.dataEnd.rawValue
        {
            let start = source.offset - UInt64(MCAP.recordHeaderByteCount)
            guard let fields = try readFields(&source, header.length, at: start) else { return }
            switch MCAPOpcode(rawValue: header.opcode) {
            case .header: topics.noteHeader(fields.span.bytes)
            case .channel: if let channel = MCAPChannel(fields.span.bytes) { topics.note(channel) }
            case .metadata: try readMetadata(fields.span.bytes, at: start)
            default: continue
            }
        }
    }
}

/// Which part of the file holds a request.
private struct RequestChunks {
    /// From its first chunk to its last; `nil` where the index doesn't know the request.
    var chunks: ClosedRange<UInt64>?
    /// Of all chunks of the file.
    var chunkOffsets: Set<UInt64>
}

/// The index as it lies in the file.
private struct RequestIndexPlace {
    /// Where the attachment's record begins.
    var record: UInt64
    var start: UInt64
    var count: UInt64
    var path: String
    /// Where the file's chunks begin, as its summary says.
    var chunkOffsets: Set<UInt64> = []

    /// Whether the attachment's checksum fits.
    func isWhole(_ source: inout TraceSource) throws(TraceError) -> Bool {
        try source.seek(to: record)
        let head = try source.read(MCAP.recordHeaderByteCount)
        guard let byteCount = Self.attachmentByteCount(head.span.bytes) else { return false }
        let fields = try source.read(byteCount)
        return MCAPAttachment(fields.span.bytes)?.isWhole == true
    }

    private static func attachmentByteCount(_ head: RawSpan) -> Int? {
        var reader = FieldReader(head)
        guard reader.integer(UInt8.self) == MCAPOpcode.attachment.rawValue, let length = reader.integer(UInt64.self)
        else {
            return nil
        }
        return Int(exactly: length)
    }

    func entry(_ number: UInt64, _ source: inout TraceSource) throws(TraceError) -> RequestIndexEntry {
        let offset = start + number * UInt64(RequestIndexEntry.byteCount)
        try source.seek(to: offset)
        let bytes = try source.read(RequestIndexEntry.byteCount)
        guard let entry = RequestIndexEntry(bytes.span.bytes) else {
            throw .damagedRecord(path: path, offset: offset, reason: "an entry of the request index is none")
        }
        return entry
    }
}
