// The records of an MCAP file (MCAP specification, version 0, "Records").

/// What a record is; its first byte.
enum MCAPOpcode: UInt8 {
    case header = 0x01
    case footer = 0x02
    case schema = 0x03
    case channel = 0x04
    case message = 0x05
    case chunk = 0x06
    case messageIndex = 0x07
    case chunkIndex = 0x08
    case attachment = 0x09
    case attachmentIndex = 0x0A
    case statistics = 0x0B
    case metadata = 0x0C
    case metadataIndex = 0x0D
    case summaryOffset = 0x0E
    case dataEnd = 0x0F
}

/// Constants of the container.
enum MCAP {
    /// The first and the last eight bytes of a file.
    static let magic: [UInt8] = [0x89, 0x4D, 0x43, 0x41, 0x50, 0x30, 0x0D, 0x0A]
    /// Opcode and length of a record.
    static let recordHeaderByteCount = 9
    /// The whole footer record.
    static let footerByteCount = recordHeaderByteCount + 20
}

/// How the messages of some channels are to be read.
struct MCAPSchema: Hashable, Sendable {
    var id: UInt16
    var name: String
    var encoding: String
    var data: [UInt8]

    var fields: [UInt8] {
        var writer = FieldWriter()
        writer.append(id)
        writer.append(name)
        writer.append(encoding)
        writer.append(UInt32(data.count))
        writer.append(contentsOf: data)
        return writer.bytes
    }

    init(id: UInt16, name: String, encoding: String, data: [UInt8]) {
        self.id = id
        self.name = name
        self.encoding = encoding
        self.data = data
    }

    init?(_ bytes: RawSpan) {
        var reader = FieldReader(bytes)
        guard let id = reader.integer(UInt16.self), let name = reader.text(), let encoding = reader.text(),
            let count = reader.integer(UInt32.self), let data = reader.range(UInt64(count))
        else { return nil }
        self.init(id: id, name: name, encoding: encoding, data: bytes.extracting(data).withUnsafeBytes { Array($0) })
    }
}

/// A stream of messages of one kind.
struct MCAPChannel: Hashable, Sendable {
    var id: UInt16
    var schemaID: UInt16
    var topic: String
    var messageEncoding: String

    var fields: [UInt8] {
        var writer = FieldWriter()
        writer.append(id)
        writer.append(schemaID)
        writer.append(topic)
        writer.append(messageEncoding)
        writer.append([:])
        return writer.bytes
    }

    init(id: UInt16, schemaID: UInt16, topic: String, messageEncoding: String) {
        self.id = id
        self.schemaID = schemaID
        self.topic = topic
        self.messageEncoding = messageEncoding
    }

    init?(_ bytes: RawSpan) {
        var reader = FieldReader(bytes)
        guard let id = reader.integer(UInt16.self), let schemaID = reader.integer(UInt16.self),
            let topic = reader.text(), let messageEncoding = reader.text(), reader.map() != nil
        else { return nil }
        self.init(id: id, schemaID: schemaID, topic: topic, messageEncoding: messageEncoding)
    }
}
