// Writes the part of Thrift's compact protocol that Parquet's metadata needs (Apache Thrift, thrift-compact-protocol.md).

/// Appends the fields of structs, by rising number, to bytes.
struct ThriftCompact {
    private(set) var bytes: [UInt8] = []
    /// The number of the last field of each struct that is open.
    private var last: [Int16] = [0]

    private enum Code: UInt8 {
        case yes = 1
        case no = 2
        case i32 = 5
        case i64 = 6
        case binary = 8
        case list = 9
        case structure = 12
    }

    /// Ends the outermost struct.
    mutating func finish() -> [UInt8] {
        bytes.append(0)
        return bytes
    }

    mutating func field(_ number: Int16, _ flag: Bool) {
        header(number, flag ? .yes : .no)
    }

    mutating func field(_ number: Int16, _ value: Int32) {
        header(number, .i32)
        zigzag(Int64(value))
    }

    mutating func field(_ number: Int16, _ value: Int64) {
        header(number, .i64)
        zigzag(value)
    }

    mutating func field(_ number: Int16, _ text: String) {
        field(number, Array(text.utf8))
    }

    mutating func field(_ number: Int16, _ raw: [UInt8]) {
        header(number, .binary)
        binary(raw)
    }

    /// A struct whose fields `body` writes.
    mutating func field(_ number: Int16, _ body: (inout ThriftCompact) -> Void) {
        header(number, .structure)
        structure(body)
    }

    /// A list of structs.
    mutating func list<Element>(
        _ number: Int16,
        _ elements: [Element],
        _ body: (inout ThriftCompact, Element) -> Void
    ) {
        header(number, .list)
        listHeader(elements.count, .structure)
        for element in elements { structure { body(&$0, element) } }
    }

    mutating func list(_ number: Int16, _ values: [Int32]) {
        header(number, .list)
        listHeader(values.count, .i32)
        for value in values { zigzag(Int64(value)) }
    }

    mutating func list(_ number: Int16, _ texts: [String]) {
        header(number, .list)
        listHeader(texts.count, .binary)
        for text in texts { binary(Array(text.utf8)) }
    }

    private mutating func structure(_ body: (inout ThriftCompact) -> Void) {
        last.append(0)
        body(&self)
        last.removeLast()
        bytes.append(0)
    }

    /// Fields come by rising number less than 16 apart, so that the short form always fits.
    private mutating func header(_ number: Int16, _ code: Code) {
        let delta = UInt8(number - last[last.count - 1])
        bytes.append(delta << 4 | code.rawValue)
        last[last.count - 1] = number
    }

    private mutating func listHeader(_ count: Int, _ code: Code) {
        if count < 15 {
            bytes.append(UInt8(count) << 4 | code.rawValue)
        } else {
            bytes.append(0xF0 | code.rawValue)
            bytes.appendVariableLength(UInt64(count))
        }
    }

    private mutating func binary(_ raw: [UInt8]) {
        bytes.appendVariableLength(UInt64(raw.count))
        bytes += raw
    }

    private mutating func zigzag(_ value: Int64) {
        bytes.appendVariableLength(UInt64(bitPattern: value << 1 ^ value >> 63))
    }
}

extension [UInt8] {
    /// Seven bits a byte, the lowest first (LEB128).
    mutating func appendVariableLength(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    /// The bytes of a number, the lowest first.
    mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
