// Escapes within JSON strings (RFC 8259, section 7), in both directions.

enum JSONEscapes {
    /// Decodes the bytes between a string's quotes; `base` is their offset in the whole text, for errors.
    static func decode(_ bytes: RawSpan, at base: Int) throws(JSONError) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.byteCount)
        var index = 0
        func load(_ index: Int) -> UInt8 { bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt8.self) }
        while index < bytes.byteCount {
            let byte = load(index)
            guard byte == UInt8(ascii: "\\") else {
                decoded.append(byte)
                index += 1
                continue
            }
            guard index + 1 < bytes.byteCount else { throw JSONError(offset: base + index, expected: "an escape") }
            switch load(index + 1) {
            case UInt8(ascii: "\""): decoded.append(UInt8(ascii: "\""))
            case UInt8(ascii: "\\"): decoded.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "/"): decoded.append(UInt8(ascii: "/"))
            case UInt8(ascii: "b"): decoded.append(0x08)
            case UInt8(ascii: "f"): decoded.append(0x0C)
            case UInt8(ascii: "n"): decoded.append(0x0A)
            case UInt8(ascii: "r"): decoded.append(0x0D)
            case UInt8(ascii: "t"): decoded.append(0x09)
            case UInt8(ascii: "u"):
                guard let unit = hexadecimal(bytes, at: index + 2) else {
                    throw JSONError(offset: base + index, expected: "four hexadecimal digits after \\u")
                }
                index += 4
                var scalar = UInt32(unit)
                if unit & 0xFC00 == 0xD800, index + 3 < bytes.byteCount, load(index + 2) == UInt8(ascii: "\\"),
                    load(index + 3) == UInt8(ascii: "u"), let low = hexadecimal(bytes, at: index + 4),
                    low & 0xFC00 == 0xDC00
                {
                    scalar = 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF))
                    index += 6
                }
                // A lone surrogate has no UTF-8 form; like other lenient readers we put the replacement character.
                decoded.append(contentsOf: String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
            default:
                throw JSONError(offset: base + index, expected: "an escape")
            }
            index += 2
        }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw JSONError(offset: base, expected: "UTF-8")
        }
        return text
    }

    private static func hexadecimal(_ bytes: RawSpan, at start: Int) -> UInt16? {
        guard start + 4 <= bytes.byteCount else { return nil }
        var value: UInt16 = 0
        for index in start..<(start + 4) {
            let byte = bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt8.self)
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    /// Appends `text` to `output` as a JSON string with its quotes; `/` and non-ASCII characters stay as they are.
    static func append(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "\"")])
            case UInt8(ascii: "\\"): output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "\\")])
            case 0x0A: output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
            case 0x0D: output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
            case 0x09: output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                output.append(contentsOf: Array("\\u00".utf8))
                output.append(digits[Int(byte >> 4)])
                output.append(digits[Int(byte & 15)])
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
