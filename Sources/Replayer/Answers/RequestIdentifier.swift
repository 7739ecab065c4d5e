// Request ids as the service writes them: random UUIDs (RFC 9562, version 4), here from the seed.

enum RequestIdentifier {
    /// The next id of a generator.
    static func next(_ generator: inout SeededGenerator) -> String {
        let high = generator.next() & ~0xF000 | 0x4000
        let low = generator.next() & ~(0b11 << 62) | 0b10 << 62
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (index, word) in [high, low].enumerated() {
            for position in 0..<16 {
                let overall = index * 16 + position
                if overall == 8 || overall == 12 || overall == 16 || overall == 20 { text.append(UInt8(ascii: "-")) }
                text.append(digits[Int(word >> (60 - 4 * UInt64(position)) & 15)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
