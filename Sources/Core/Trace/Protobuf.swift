// The few parts of the protobuf wire format that a trace needs (protobuf.dev, "Encoding").

/// Appends fields.
struct ProtobufWriter {
    private(set) var output: [UInt8] = []

    static func zigzag(_ value: Int64) -> UInt64 {
        UInt64(bitPattern: value << 1 ^ value >> 63)
    }

    mutating func varint(_ field: Int, _ value: UInt64) {
        raw(UInt64(field << 3))
        raw(value)
    }

    mutating func bytes(_ field: Int, _ bytes: some Collection<UInt8>) {
        raw(UInt64(field << 3 | 2))
        raw(UInt64(bytes.count))
        output.append(contentsOf: bytes)
    }

    mutating func packed(_ field: Int, _ values: [UInt64]) {
        var inner = ProtobufWriter()
        for value in values { inner.raw(value) }
        bytes(field, inner.output)
    }

    /// A packed column; one value where all are equal.
    mutating func column(_ field: Int, _ values: [UInt64]) {
        if let first = values.first, values.allSatisfy({ $0 == first }) {
            packed(field, [first])
        } else {
            packed(field, values)
        }
    }

    private mutating func raw(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        output.append(UInt8(value))
    }
}

/// Reads fields; every read is bounded.
struct ProtobufReader: ~Escapable {
    enum Value {
        case varint(UInt64)
        case bytes(Range<Int>)
        case fixed
    }

    private let bytes: RawSpan
    private var offset = 0

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { offset >= bytes.byteCount }

    static func unzigzag(_ value: UInt64) -> Int64 {
        Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < bytes.byteCount, shift < 64 {
            let byte = bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self)
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        return nil
    }

    /// The next field; `nil` for bytes that are none.
    mutating func next() -> (number: Int, value: Value)? {
        guard let key = varint(), let number = Int(exactly: key >> 3) else { return nil }
        switch key & 7 {
        case 0: return varint().map { (number, .varint($0)) }
        case 1: return skip(8) ? (number, .fixed) : nil
        case 2:
            guard let count = varint(), let length = Int(exactly: count), length <= bytes.byteCount - offset else {
                return nil
            }
            defer { offset += length }
            return (number, .bytes(offset..<(offset + length)))
        case 5: return skip(4) ? (number, .fixed) : nil
        default: return nil
        }
    }

    private mutating func skip(_ count: Int) -> Bool {
        guard count <= bytes.byteCount - offset else { return false }
        offset += count
        return true
    }
}
