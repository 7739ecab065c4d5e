// The records at a file's end that say what lies where (MCAP specification, version 0, "Summary Section").

/// The last record of a closed file.
struct MCAPFooter: Hashable, Sendable {
    /// Where the summary begins; 0 where there is none.
    var summaryStart: UInt64
    var summaryOffsetStart: UInt64
    /// The CRC-32 of the summary and of the footer up to this field; 0 where none was made.
    var summaryChecksum: UInt32

    init?(_ bytes: RawSpan) {
        var reader = FieldReader(bytes)
        guard let summaryStart = reader.integer(UInt64.self), let offsetStart = reader.integer(UInt64.self),
            let checksum = reader.integer(UInt32.self)
        else { return nil }
        self.summaryStart = summaryStart
        summaryOffsetStart = offsetStart
        summaryChecksum = checksum
    }
}

/// Where a chunk lies.
struct MCAPChunkIndex: Hashable, Sendable {
    var start: UInt64
    var end: UInt64
    /// Of the chunk's record within the file.
    var offset: UInt64
    /// Of the chunk's record, its head included.
    var byteCount: UInt64

    init?(_ bytes: RawSpan) {
        var reader = FieldReader(bytes)
        guard let start = reader.integer(UInt64.self), let end = reader.integer(UInt64.self),
            let offset = reader.integer(UInt64.self), let byteCount = reader.integer(UInt64.self)
        else { return nil }
        self.init(start: start, end: end, offset: offset, byteCount: byteCount)
    }

    init(start: UInt64, end: UInt64, offset: UInt64, byteCount: UInt64) {
        self.start = start
        self.end = end
        self.offset = offset
        self.byteCount = byteCount
    }
}

/// Where an attachment lies.
struct MCAPAttachmentIndex: Hashable, Sendable {
    var offset: UInt64
    var byteCount: UInt64
    var dataByteCount: UInt64
    var name: String

    init?(_ bytes: RawSpan) {
        var reader = FieldReader(bytes)
        guard let offset = reader.integer(UInt64.self), let byteCount = reader.integer(UInt64.self),
            reader.integer(UInt64.self) != nil, reader.integer(UInt64.self) != nil,
            let dataByteCount = reader.integer(UInt64.self), let name = reader.text()
        else { return nil }
        self.offset = offset
        self.byteCount = byteCount
        self.dataByteCount = dataByteCount
        self.name = name
    }
}

/// A file in the file.
struct MCAPAttachment: Hashable, Sendable {
    var name: String
    /// The content, within the bytes that the record was read from.
    var data: Range<Int>
    /// Whether the content's CRC-32 fits, or there is none.
    var isWhole: Bool

    init?(_ bytes: RawSpan) {
        var reader = FieldReader(bytes)
        guard reader.integer(UInt64.self) != nil, reader.integer(UInt64.self) != nil, let name = reader.text(),
            reader.text() != nil, let count = reader.integer(UInt64.self), let data = reader.range(count)
        else { return nil }
        let covered = reader.offset
        guard let checksum = reader.integer(UInt32.self) else { return nil }
        self.name = name
        self.data = data
        isWhole =
            checksum == 0
            || Checksum.crc32(bytes.extracting(0..<covered)) == checksum
    }
}

/// How many of what a file says that it holds.
struct MCAPStatistics: Hashable, Sendable {
    var messageCount: UInt64
    var chunkCount: UInt32
    var messageCounts: [UInt16: UInt64] = [:]

    init?(_ bytes: RawSpan) {
        var reader = FieldReader(bytes)
        guard let messageCount = reader.integer(UInt64.self), reader.integer(UInt16.self) != nil,
            reader.integer(UInt32.self) != nil, reader.integer(UInt32.self) != nil,
            reader.integer(UInt32.self) != nil, let chunkCount = reader.integer(UInt32.self),
            reader.integer(UInt64.self) != nil, reader.integer(UInt64.self) != nil,
            let mapByteCount = reader.integer(UInt32.self)
        else { return nil }
        self.messageCount = messageCount
        self.chunkCount = chunkCount
        for _ in 0..<(mapByteCount / 10) {
            guard let channel = reader.integer(UInt16.self), let count = reader.integer(UInt64.self) else { return nil }
            messageCounts[channel] = count
        }
    }
}

/// A message's place and name (MCAP specification, "Message").
struct MCAPMessageHead: Hashable, Sendable {
    var channelID: UInt16
    var sequence: UInt32
    var logTime: UInt64
    var publishTime: UInt64

    /// The length of the fields before the message's data.
    static let byteCount = 22

    init?(_ bytes: RawSpan) {
        var reader = FieldReader(bytes)
        guard let channelID = reader.integer(UInt16.self), let sequence = reader.integer(UInt32.self),
            let logTime = reader.integer(UInt64.self), let publishTime = reader.integer(UInt64.self)
        else { return nil }
        self.channelID = channelID
        self.sequence = sequence
        self.logTime = logTime
        self.publishTime = publishTime
    }
}
