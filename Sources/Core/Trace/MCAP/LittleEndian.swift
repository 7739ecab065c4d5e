// Little-endian fields as MCAP spells them (MCAP specification, version 0, "Serialization").

/// Appends fields to a record.
struct FieldWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ text: String) {
        append(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func append(contentsOf raw: some Sequence<UInt8>) {
        bytes.append(contentsOf: raw)
    }

    /// A map of strings, its entries sorted by key so that equal maps give equal bytes.
    mutating func append(_ map: [String: String]) {
        var entries = FieldWriter()
        for (key, value) in map.sorted(by: { $0.key < $1.key }) {
            entries.append(key)
            entries.append(value)
        }
        append(UInt32(entries.bytes.count))
        bytes.append(contentsOf: entries.bytes)
    }
}

/// Reads fields from a record; every read is bounded and gives `nil` past the end.
struct FieldReader: ~Escapable {
    private let bytes: RawSpan
    private(set) var offset = 0

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.byteCount - offset }

    mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type = Value.self) -> Value? {
        let size = MemoryLayout<Value>.size
        guard remaining >= size else { return nil }
        defer { offset += size }
        return Value(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    mutating func range(_ count: UInt64) -> Range<Int>? {
        guard let count = Int(exactly: count), count <= remaining else { return nil }
        defer { offset += count }
        return offset..<(offset + count)
    }

    mutating func text() -> String? {
        guard let count = integer(UInt32.self), let range = range(UInt64(count)) else { return nil }
        return bytes.extracting(range).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    mutating func map() -> [String: String]? {
        guard let count = integer(UInt32.self), UInt64(count) <= UInt64(remaining) else { return nil }
        let end = offset + Int(count)
        var map: [String: String] = [:]
        while offset < end {
            guard let key = text(), let value = text(), offset <= end else { return nil }
            map[key] = value
        }
        return map
    }
}
