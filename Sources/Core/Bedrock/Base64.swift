// Base64 (RFC 4648, section 4), the form in which invoke chunks carry the model's JSON.

/// Base64 with the standard alphabet and padding.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// What each byte adds to the three bytes of its group, as a little-endian word.
    ///
    /// Entry `place * 256 + byte`; a byte that is no digit sets the top bit, which no digit reaches.
    private static let contributions: [UInt32] = {
        var table = [UInt32](repeating: 0x8000_0000, count: 4 * 256)
        for (value, digit) in alphabet.enumerated() {
            let value = UInt32(value)
            let byPlace = [
                value << 2, value >> 4 | (value & 15) << 12, (value >> 2) << 8 | (value & 3) << 22, value << 16,
            ]
            for (place, contribution) in byPlace.enumerated() { table[place * 256 + Int(digit)] = contribution }
        }
        return table
    }()

    /// Decodes `text`; `nil` unless it is whole groups of four digits, padded at the end where needed.
    package static func decode(_ text: RawSpan) -> [UInt8]? {
        var decoded: [UInt8] = []
        return decode(text, into: &decoded) ? decoded : nil
    }

    /// Decodes `text` over `decoded`, whose storage is used again; says whether `text` is base64.
    static func decode(_ text: RawSpan, into decoded: inout [UInt8]) -> Bool {
        decoded.removeAll(keepingCapacity: true)
        guard text.byteCount.isMultiple(of: 4) else { return false }
        guard text.byteCount > 0 else { return true }
        let last = text.byteCount - 4
        func byte(_ index: Int) -> UInt8 { text.unsafeLoadUnaligned(fromByteOffset: index, as: UInt8.self) }
        let padding = byte(last + 3) != UInt8(ascii: "=") ? 0 : byte(last + 2) != UInt8(ascii: "=") ? 1 : 2

        let count = text.byteCount / 4 * 3
        decoded.append(contentsOf: repeatElement(0, count: count))
        var faults: UInt32 = 0
        contributions.withUnsafeBufferPointer { table in
            // `table` has an entry for each place and byte, so that no index is beyond it.
            func group(_ digits: UInt32) -> UInt32 {
                table[Int(digits & 0xFF)] | table[256 + Int(digits >> 8 & 0xFF)]
                    | table[512 + Int(digits >> 16 & 0xFF)] | table[768 + Int(digits >> 24)]
            }
            func digits(at index: Int) -> UInt32 {
                UInt32(littleEndian: text.unsafeLoadUnaligned(fromByteOffset: index, as: UInt32.self))
            }
            decoded.withUnsafeMutableBytes { output in
                // A word is stored for three bytes; the fourth lies within the next group, since the last one is apart.
                var out = 0
                for index in stride(from: 0, to: last, by: 4) {
                    let word = group(digits(at: index))
                    faults |= word
                    output.storeBytes(of: word.littleEndian, toByteOffset: out, as: UInt32.self)
                    out += 3
                }
                var tail = digits(at: last)
                let zero = UInt32(UInt8(ascii: "A"))
                if padding > 0 { tail = tail & 0x00FF_FFFF | zero << 24 }
                if padding > 1 { tail = tail & 0xFF00_FFFF | zero << 16 }
                let word = group(tail)
                faults |= word
                withUnsafeBytes(of: word.littleEndian) { word in
                    for index in 0..<3 { output[out + index] = word[index] }
                }
            }
        }
        decoded.removeLast(padding)
        return faults & 0x8000_0000 == 0
    }

    /// Encodes `bytes`, with padding.
    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var encoded: [UInt8] = []
        encoded.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group: UInt32 = 0
            for index in 0..<3 { group = group << 8 | (index < count ? UInt32(bytes[start + index]) : 0) }
            for index in 0...3 {
                encoded.append(
                    index <= count ? alphabet[Int(group >> (18 - 6 * UInt32(index)) & 63)] : UInt8(ascii: "=")
                )
            }
        }
        return encoded
    }
}
