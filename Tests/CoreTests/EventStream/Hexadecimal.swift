// Bytes written as hexadecimal digits, so that a test shows the frame it speaks of.

/// The bytes that `digits` spell; spaces and line breaks are left out.
func hex(_ digits: String) -> [UInt8] {
    let nibbles = digits.compactMap { $0.hexDigitValue.map(UInt8.init) }
    return stride(from: 0, to: nibbles.count - 1, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
}
