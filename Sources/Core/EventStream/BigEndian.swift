// Integers in network byte order within raw bytes: the one place where this folder loads more than a byte at once.

enum BigEndian {
    /// The integer at `offset`; the bytes must be there.
    static func load<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type,
        from bytes: RawSpan,
        at offset: Int
    ) -> Value {
        Value(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    /// Appends an integer.
    static func append(_ value: some FixedWidthInteger & BitwiseCopyable, to output: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { output.append(contentsOf: $0) }
    }

    /// Writes an integer over the bytes at `offset`.
    static func store(_ value: UInt32, in output: inout [UInt8], at offset: Int) {
        withUnsafeBytes(of: value.bigEndian) { output.replaceSubrange(offset..<(offset + 4), with: $0) }
    }
}
