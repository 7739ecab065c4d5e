// The few pieces of DER (X.690) that a certificate is made of.

enum DER {
    /// A value with its tag and length.
    static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        var rest = content.count
        if rest < 0x80 {
            length = [UInt8(rest)]
        } else {
            while rest > 0 {
                length.insert(UInt8(rest & 0xFF), at: 0)
                rest >>= 8
            }
            length.insert(0x80 | UInt8(length.count), at: 0)
        }
        return [tag] + length + content
    }

    static func sequence(_ parts: [UInt8]...) -> [UInt8] { value(0x30, parts.flatMap { $0 }) }
    static func set(_ content: [UInt8]) -> [UInt8] { value(0x31, content) }
    static func octets(_ content: [UInt8]) -> [UInt8] { value(0x04, content) }
    static func bits(_ content: [UInt8], unused: UInt8 = 0) -> [UInt8] { value(0x03, [unused] + content) }
    static func utf8(_ text: String) -> [UInt8] { value(0x0C, Array(text.utf8)) }
    static func boolean(_ flag: Bool) -> [UInt8] { value(0x01, [flag ? 0xFF : 0]) }

    /// A positive whole number, given in big-endian bytes.
    static func integer(_ bytes: [UInt8]) -> [UInt8] {
        let significant = Array(bytes.drop { $0 == 0 })
        let needsZero = significant.first.map { $0 & 0x80 != 0 } ?? true
        return value(0x02, (needsZero ? [0] : []) + significant)
    }

    /// An object identifier.
    static func identifier(_ numbers: UInt32...) -> [UInt8] {
        var content = [UInt8(numbers[0] * 40 + numbers[1])]
        for number in numbers.dropFirst(2) {
            var groups = [UInt8(number & 0x7F)]
            var rest = number >> 7
            while rest > 0 {
                groups.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
                rest >>= 7
            }
            content += groups
        }
        return value(0x06, content)
    }

    /// An instant, in seconds since the Unix epoch (RFC 5280, section 4.1.2.5: two-digit years until 2049).
    static func time(_ seconds: Int64) -> [UInt8] {
        let stamp = SignatureVerifier.stamp(seconds).filter { $0 != "T" }
        let year = CivilDate(dayNumber: Int(seconds / 86_400)).year
        return year < 2050 ? value(0x17, Array(stamp.dropFirst(2).utf8)) : value(0x18, Array(stamp.utf8))
    }
}
