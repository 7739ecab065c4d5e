// Walks the headers of one message where they lie, and copies nothing that nobody asks for
// (Amazon event stream encoding, section Headers).

/// A header where it lies; the ranges are offsets into the bytes that hold the message.
package struct EventStreamHeaderSlice {
    package var nameRange: Range<Int>
    package var type: EventStreamHeaderType
    package var valueRange: Range<Int>
}

/// A position among the headers of a message, moving forward header by header.
package struct EventStreamHeaderCursor: ~Escapable {
    private let bytes: RawSpan
    private let frame: EventStreamFrame
    private var position: Int

    /// Starts at the first header of `frame`, whose ranges index `bytes`.
    @_lifetime(copy bytes)
    package init(_ frame: EventStreamFrame, in bytes: RawSpan) {
        self.bytes = bytes
        self.frame = frame
        self.position = frame.headersRange.lowerBound
    }

    /// Steps over the next header, or gives `nil` behind the last one.
    ///
    /// Whether a name is UTF-8 is left to whoever reads it.
    package mutating func next() throws(EventStreamError) -> EventStreamHeaderSlice? {
        guard position < frame.headersRange.upperBound else { return nil }
        let nameLength = Int(bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt8.self))
        guard nameLength > 0 else { throw fault("a name is empty") }
        position += 1
        let nameRange = try take(nameLength, "a name")
        let typeAt = try take(1, "a type").lowerBound
        let code = bytes.unsafeLoadUnaligned(fromByteOffset: typeAt, as: UInt8.self)
        guard let type = EventStreamHeaderType(rawValue: code) else {
            throw fault("type \(code) is unknown, expected 0 to 9")
        }
        var length = type.valueByteCount ?? 0
        if type == .bytes || type == .string {
            let lengthAt = try take(2, "the length of a value").lowerBound
            length = Int(BigEndian.load(UInt16.self, from: bytes, at: lengthAt))
        }
        return EventStreamHeaderSlice(nameRange: nameRange, type: type, valueRange: try take(length, "a value"))
    }

    /// The header that `slice` stands for.
    func header(_ slice: EventStreamHeaderSlice) throws(EventStreamError) -> EventStreamHeader {
        EventStreamHeader(try text(slice.nameRange, "a name"), try value(slice))
    }

    /// The string that lies in `range`.
    func text(_ range: Range<Int>, _ what: StaticString) throws(EventStreamError) -> String {
        let text = bytes.extracting(range).withUnsafeBytes { String(validating: $0, as: UTF8.self) }
        guard let text else { throw fault("\(what) is not UTF-8") }
        return text
    }

    private func value(_ slice: EventStreamHeaderSlice) throws(EventStreamError) -> EventStreamHeaderValue {
        let start = slice.valueRange.lowerBound
        switch slice.type {
        case .boolTrue: return .bool(true)
        case .boolFalse: return .bool(false)
        case .byte: return .byte(BigEndian.load(Int8.self, from: bytes, at: start))
        case .short: return .short(BigEndian.load(Int16.self, from: bytes, at: start))
        case .integer: return .integer(BigEndian.load(Int32.self, from: bytes, at: start))
        case .long: return .long(BigEndian.load(Int64.self, from: bytes, at: start))
        case .timestamp: return .timestamp(milliseconds: BigEndian.load(Int64.self, from: bytes, at: start))
        case .bytes: return .bytes(bytes.extracting(slice.valueRange).withUnsafeBytes { Array($0) })
        case .uuid: return .uuid(bytes.extracting(slice.valueRange).withUnsafeBytes { Array($0) })
        case .string: return .string(try text(slice.valueRange, "a string"))
        }
    }

    @inline(__always)
    private mutating func take(_ count: Int, _ what: StaticString) throws(EventStreamError) -> Range<Int> {
        guard frame.headersRange.upperBound - position >= count else {
            throw fault("\(what) reaches beyond the headers")
        }
        defer { position += count }
        return position..<(position + count)
    }

    private func fault(_ reason: String) -> EventStreamError {
        .invalidHeader(offset: UInt64(frame.range.lowerBound), reason: reason)
    }
}
