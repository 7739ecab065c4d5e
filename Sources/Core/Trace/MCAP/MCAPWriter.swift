// Writes an MCAP file front to back (MCAP specification, version 0): data, chunk by chunk, then summary and footer.

/// A message that waits for its chunk to be written.
struct MCAPMessage: Sendable {
    var channelID: UInt16
    var sequence: UInt32
    var logTime: UInt64
    var publishTime: UInt64
    var data: [UInt8]
}

/// The state of a file being written; every call gives the bytes to append to it.
struct MCAPWriter {
    private var offset: UInt64 = 0
    private var dataChecksum: UInt32 = 0
    private let schemas: [MCAPSchema]
    private let channels: [MCAPChannel]

    private struct ChunkIndex {
        var start: UInt64
        var end: UInt64
        var offset: UInt64
        var length: UInt64
        var messageIndexOffsets: [(channel: UInt16, offset: UInt64)]
        var messageIndexLength: UInt64
        var compression: String
        var compressedSize: UInt64
        var uncompressedSize: UInt64
    }

    private var chunkIndexes: [ChunkIndex] = []
    private var metadataIndexes: [(offset: UInt64, length: UInt64, name: String)] = []
    private var attachmentIndexes: [[UInt8]] = []
    private var messageCounts: [UInt16: UInt64] = [:]
    private var firstTime: UInt64?
    private var lastTime: UInt64 = 0

    init(schemas: [MCAPSchema], channels: [MCAPChannel]) {
        self.schemas = schemas
        self.channels = channels
    }

    /// The number of bytes given out so far.
    var byteCount: UInt64 { offset }

    /// Magic, header, schemas, channels.
    mutating func begin(library: String) -> [UInt8] {
        var output = FieldWriter()
        output.append(contentsOf: MCAP.magic)
        var header = FieldWriter()
        header.append("")
        header.append(library)
        Self.record(.header, header.bytes, to: &output)
        appendDefinitions(to: &output)
        return emit(output.bytes)
    }

    /// A metadata record.
    mutating func metadata(name: String, _ values: [String: String]) -> [UInt8] {
        var fields = FieldWriter()
        fields.append(name)
        fields.append(values)
        var output = FieldWriter()
        Self.record(.metadata, fields.bytes, to: &output)
        metadataIndexes.append((offset, UInt64(output.bytes.count), name))
        return emit(output.bytes)
    }

    /// An attachment record.
    mutating func attachment(name: String, mediaType: String, time: UInt64, data: [UInt8]) -> [UInt8] {
        var fields = FieldWriter()
        fields.append(time)
        fields.append(time)
        fields.append(name)
        fields.append(mediaType)
        fields.append(UInt64(data.count))
        fields.append(contentsOf: data)
        fields.append(Checksum.crc32(fields.bytes))
        var output = FieldWriter()
        Self.record(.attachment, fields.bytes, to: &output)
        var index = FieldWriter()
        index.append(offset)
        index.append(UInt64(output.bytes.count))
        index.append(time)
        index.append(time)
        index.append(UInt64(data.count))
        index.append(name)
        index.append(mediaType)
        attachmentIndexes.append(index.bytes)
        return emit(output.bytes)
    }

    /// A chunk of messages, sorted by log time, and the message indexes behind it.
    mutating func chunk(
        _ messages: [MCAPMessage],
        compression: ChunkCompression
    ) throws(TraceError) -> [UInt8] {
        let messages = messages.enumerated()
            .sorted { ($0.element.logTime, $0.offset) < ($1.element.logTime, $1.offset) }.map(\.element)
        guard let first = messages.first, let last = messages.last else { return [] }
        var records = FieldWriter()
        var entries: [UInt16: FieldWriter] = [:]
        for message in messages {
            entries[message.channelID, default: FieldWriter()].append(message.logTime)
            entries[message.channelID, default: FieldWriter()].append(UInt64(records.bytes.count))
            var fields = FieldWriter()
            fields.append(message.channelID)
            fields.append(message.sequence)
            fields.append(message.logTime)
            fields.append(message.publishTime)
            fields.append(contentsOf: message.data)
            Self.record(.message, fields.bytes, to: &records)
            messageCounts[message.channelID, default: 0] += 1
        }
        let compressed: [UInt8]
        switch compression {
        case .none: compressed = records.bytes
        case .lz4(let level): compressed = try LZ4Frame.compress(records.bytes, level: level)
        }
        var fields = FieldWriter()
        fields.append(first.logTime)
        fields.append(last.logTime)
        fields.append(UInt64(records.bytes.count))
        fields.append(Checksum.crc32(records.bytes))
        fields.append(compression.name)
        fields.append(UInt64(compressed.count))
        fields.append(contentsOf: compressed)
        var output = FieldWriter()
        Self.record(.chunk, fields.bytes, to: &output)
        let chunkLength = UInt64(output.bytes.count)
        var indexOffsets: [(channel: UInt16, offset: UInt64)] = []
        for (channel, entry) in entries.sorted(by: { $0.key < $1.key }) {
            indexOffsets.append((channel, offset + UInt64(output.bytes.count)))
            var index = FieldWriter()
            index.append(channel)
            index.append(UInt32(entry.bytes.count))
            index.append(contentsOf: entry.bytes)
            Self.record(.messageIndex, index.bytes, to: &output)
        }
        chunkIndexes.append(
            ChunkIndex(
                start: first.logTime,
                end: last.logTime,
                offset: offset,
                length: chunkLength,
                messageIndexOffsets: indexOffsets,
                messageIndexLength: UInt64(output.bytes.count) - chunkLength,
                compression: compression.name,
                compressedSize: UInt64(compressed.count),
                uncompressedSize: UInt64(records.bytes.count)
            )
        )
        firstTime = min(firstTime ?? first.logTime, first.logTime)
        lastTime = max(lastTime, last.logTime)
        return emit(output.bytes)
    }

    /// Data end, summary, footer and magic; nothing may follow.
    mutating func end() -> [UInt8] {
        var dataEnd = FieldWriter()
        dataEnd.append(dataChecksum)
        var output = FieldWriter()
        Self.record(.dataEnd, dataEnd.bytes, to: &output)
        let summaryStart = offset + UInt64(output.bytes.count)
        let dataEndCount = output.bytes.count

        var groups: [(opcode: MCAPOpcode, start: UInt64, length: UInt64)] = []
        func group(_ opcode: MCAPOpcode, _ body: (inout FieldWriter) -> Void) {
            let start = output.bytes.count
            body(&output)
            guard output.bytes.count > start else { return }
            groups.append((opcode, offset + UInt64(start), UInt64(output.bytes.count - start)))
        }
        group(.schema) { for schema in schemas { Self.record(.schema, schema.fields, to: &$0) } }
        group(.channel) { for channel in channels { Self.record(.channel, channel.fields, to: &$0) } }
        group(.statistics) { Self.record(.statistics, statistics(), to: &$0) }
        group(.chunkIndex) { for index in chunkIndexes { Self.record(.chunkIndex, Self.fields(of: index), to: &$0) } }
        group(.attachmentIndex) { for index in attachmentIndexes { Self.record(.attachmentIndex, index, to: &$0) } }
        group(.metadataIndex) { output in
            for index in metadataIndexes {
                var fields = FieldWriter()
                fields.append(index.offset)
                fields.append(index.length)
                fields.append(index.name)
                Self.record(.metadataIndex, fields.bytes, to: &output)
            }
        }
        let summaryOffsetStart = offset + UInt64(output.bytes.count)
        for group in groups {
            var fields = FieldWriter()
            fields.append(group.opcode.rawValue)
            fields.append(group.start)
            fields.append(group.length)
            Self.record(.summaryOffset, fields.bytes, to: &output)
        }
        // The checksum covers the summary and the footer up to its own place.
        output.append(MCAPOpcode.footer.rawValue)
        output.append(UInt64(20))
        output.append(summaryStart)
        output.append(summaryOffsetStart)
        output.append(Checksum.crc32(output.bytes[dataEndCount...]))
        output.append(contentsOf: MCAP.magic)
        return emit(output.bytes)
    }

    private func statistics() -> [UInt8] {
        var fields = FieldWriter()
        fields.append(messageCounts.values.reduce(0, +))
        fields.append(UInt16(schemas.count))
        fields.append(UInt32(channels.count))
        fields.append(UInt32(attachmentIndexes.count))
        fields.append(UInt32(metadataIndexes.count))
        fields.append(UInt32(chunkIndexes.count))
        fields.append(firstTime ?? 0)
        fields.append(lastTime)
        fields.append(UInt32(messageCounts.count * 10))
        for (channel, count) in messageCounts.sorted(by: { $0.key < $1.key }) {
            fields.append(channel)
            fields.append(count)
        }
        return fields.bytes
    }

    private static func fields(of index: ChunkIndex) -> [UInt8] {
        var fields = FieldWriter()
        fields.append(index.start)
        fields.append(index.end)
        fields.append(index.offset)
        fields.append(index.length)
        fields.append(UInt32(index.messageIndexOffsets.count * 10))
        for entry in index.messageIndexOffsets {
            fields.append(entry.channel)
            fields.append(entry.offset)
        }
        fields.append(index.messageIndexLength)
        fields.append(index.compression)
        fields.append(index.compressedSize)
        fields.append(index.uncompressedSize)
        return fields.bytes
    }

    private func appendDefinitions(to output: inout FieldWriter) {
        for schema in schemas { Self.record(.schema, schema.fields, to: &output) }
        for channel in channels { Self.record(.channel, channel.fields, to: &output) }
    }

    private static func record(_ opcode: MCAPOpcode, _ fields: [UInt8], to output: inout FieldWriter) {
        output.append(opcode.rawValue)
        output.append(UInt64(fields.count))
        output.append(contentsOf: fields)
    }

    private mutating func emit(_ bytes: [UInt8]) -> [UInt8] {
        dataChecksum = Checksum.crc32(bytes[...], continuing: dataChecksum)
        offset += UInt64(bytes.count)
        return bytes
    }
}
