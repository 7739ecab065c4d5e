// Base64 (RFC 4648, section 4), the form in which invoke chunks carry the model's JSON.

/// Base64 with the standard alphabet and padding.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The value of each digit; bytes that are no digit have the top bit.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0x80, count: 256)
        for (value, digit) in alphabet.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
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

        // The last group is decoded on its own, since digits of it may be padding.
        let count = text.byteCount / 4 * 3
        decoded.append(contentsOf: repeatElement(0, count: count))
        var faults: UInt8 = 0
        values.withUnsafeBufferPointer { values in
            decoded.withUnsafeMutableBufferPointer { output in
                // Every index is below its buffer's count: `values` has 256 elements, `output` 3 for each group of 4.
                func put(_ digits: UInt32, at group: Int) {
                    let first = values[Int(digits & 0xFF)]
                    let second = values[Int(digits >> 8 & 0xFF)]
                    let third = values[Int(digits >> 16 & 0xFF)]
                    let fourth = values[Int(digits >> 24)]
                    faults |= first | second | third | fourth
                    let out = group * 3
                    output[out] = first &<< 2 | second &>> 4
                    output[out + 1] = second &<< 4 | third &>> 2
                    output[out + 2] = third &<< 6 | fourth
                }
                func load(_ index: Int) -> UInt32 {
                    UInt32(littleEndian: text.unsafeLoadUnaligned(fromByteOffset: index, as: UInt32.self))
                }
                for group in 0..<(last / 4) { put(load(group * 4), at: group) }
                var digits = load(last)
                let zero = UInt32(UInt8(ascii: "A"))
                if padding > 0 { digits = digits & 0x00FF_FFFF | zero << 24 }
                if padding > 1 { digits = digits & 0xFF00_FFFF | zero << 16 }
                put(digits, at: last / 4)
            }
        }
        decoded.removeLast(padding)
        return faults & 0x80 == 0
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
