// Escapes within JSON strings (RFC 8259, section 7), in both directions.

enum JSONEscapes {
    /// Decodes the bytes between a string's quotes; `base` is their offset in the whole text, for errors.
    static func decode(_ bytes: RawSpan, at base: Int) throws(JSONError) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.byteCount)
        var index = 0
        while index < bytes.byteCount {
            let byte = bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt8.self)
            if byte == UInt8(ascii: "\\") {
                let (scalar, length) = try escape(in: bytes, at: index, base: base)
                decoded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                index += length
            } else {
                decoded.append(byte)
                index += 1
            }
        }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw JSONError(offset: base, expected: "UTF-8")
        }
        return text
    }

    /// The number of UTF-8 bytes of what ``decode(_:at:)`` gives.
    static func utf8Count(_ bytes: RawSpan, at base: Int) throws(JSONError) -> Int {
        var count = 0
        var index = 0
        while index < bytes.byteCount {
            if bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt8.self) == UInt8(ascii: "\\") {
                let (scalar, length) = try escape(in: bytes, at: index, base: base)
                count += UTF8.width(scalar)
                index += length
            } else {
                count += 1
                index += 1
            }
        }
        return count
    }

    /// The length of the escape whose backslash is at `index`, 2 or 6; `nil` where there is none.
    static func length(in bytes: RawSpan, at index: Int) -> Int? {
        guard index + 1 < bytes.byteCount else { return nil }
        switch bytes.unsafeLoadUnaligned(fromByteOffset: index + 1, as: UInt8.self) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u"): return hexadecimal(bytes, at: index + 2) == nil ? nil : 6
        default: return nil
        }
    }

    /// What the escape at `index` stands for, and its length; two `\u` of a surrogate pair are one escape.
    private static func escape(
        in bytes: RawSpan,
        at index: Int,
        base: Int
    ) throws(JSONError) -> (Unicode.Scalar, length: Int) {
        guard let length = length(in: bytes, at: index) else {
            throw JSONError(offset: base + index, expected: "an escape of JSON")
        }
        let letter = bytes.unsafeLoadUnaligned(fromByteOffset: index + 1, as: UInt8.self)
        switch letter {
        case UInt8(ascii: "b"): return ("\u{8}", length)
        case UInt8(ascii: "f"): return ("\u{C}", length)
        case UInt8(ascii: "n"): return ("\n", length)
        case UInt8(ascii: "r"): return ("\r", length)
        case UInt8(ascii: "t"): return ("\t", length)
        case UInt8(ascii: "u"): return unicode(in: bytes, at: index)
        default: return (Unicode.Scalar(letter), length)
        }
    }

    /// The scalar of the `\u` at `index`, whose four digits are there.
    private static func unicode(in bytes: RawSpan, at index: Int) -> (Unicode.Scalar, length: Int) {
        let unit = hexadecimal(bytes, at: index + 2) ?? 0
        if unit & 0xFC00 == 0xD800, length(in: bytes, at: index + 6) == 6,
            let low = hexadecimal(bytes, at: index + 8), low & 0xFC00 == 0xDC00
        {
            let scalar = 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF))
            return (Unicode.Scalar(scalar) ?? "\u{FFFD}", 12)
        }
        // A lone surrogate has no UTF-8 form; like other lenient readers we put the replacement character.
        return (Unicode.Scalar(UInt32(unit)) ?? "\u{FFFD}", 6)
    }

    private static func hexadecimal(_ bytes: RawSpan, at start: Int) -> UInt16? {
        guard bytes.byteCount - start >= 4 else { return nil }
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
