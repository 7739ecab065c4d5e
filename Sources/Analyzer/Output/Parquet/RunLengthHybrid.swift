// The run-length and bit-packing hybrid of Parquet (Apache Parquet, Encodings.md, "RLE = 3").

enum RunLengthHybrid {
    /// Encodes numbers of at most `bitWidth` bits: runs of eight and more as runs, all others packed in eights.
    ///
    /// - Parameters:
    ///   - values: Each below 2^`bitWidth`.
    ///   - bitWidth: 1 to 32.
    /// - Returns: The runs, without a length before them.
    static func encode(_ values: [UInt32], bitWidth: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var literals: [UInt32] = []
        var index = 0
        while index < values.count {
            let value = values[index]
            var end = index + 1
            while end < values.count, values[end] == value { end += 1 }
            // Packed values come in eights; a run first fills up what is there.
            while index < end, !literals.count.isMultiple(of: 8) {
                literals.append(value)
                index += 1
            }
            if end - index >= 8 {
                pack(&literals, bitWidth, into: &bytes)
                bytes.appendVariableLength(UInt64(end - index) << 1)
                for byte in 0..<((bitWidth + 7) / 8) {
                    bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * byte)))
                }
                index = end
            }
            while index < end {
                literals.append(value)
                index += 1
            }
        }
        // The reader knows how many values there are, so that zeros may fill the last eight.
        while !literals.count.isMultiple(of: 8) { literals.append(0) }
        pack(&literals, bitWidth, into: &bytes)
        return bytes
    }

    private static func pack(_ literals: inout [UInt32], _ bitWidth: Int, into bytes: inout [UInt8]) {
        guard !literals.isEmpty else { return }
        bytes.appendVariableLength(UInt64(literals.count / 8) << 1 | 1)
        var pending: UInt64 = 0
        var count = 0
        for value in literals {
            pending |= UInt64(value) << UInt64(count)
            count += bitWidth
            while count >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: pending))
                pending >>= 8
                count -= 8
            }
        }
        literals.removeAll(keepingCapacity: true)
    }
}
