// A 64-bit digest of a request: what recorded answers are looked up by, and what a scenario's draws are seeded from.

/// Builds a digest from parts; equal parts in equal order give equal digests on any machine.
struct RequestDigest {
    private var state: UInt64 = 0x6265_6472_6F63_6B31

    /// Mixes a number in.
    mutating func add(_ number: UInt64) {
        state = mix((state << 5 | state >> 59) ^ number) &+ 0x9E37_79B9_7F4A_7C15
    }

    /// Mixes bytes and their count in.
    mutating func add(_ bytes: [UInt8]) {
        add(UInt64(bytes.count))
        var index = 0
        while index < bytes.count {
            var word: UInt64 = 0
            let end = min(index + 8, bytes.count)
            for position in index..<end { word = word << 8 | UInt64(bytes[position]) }
            add(word)
            index = end
        }
    }

    /// Mixes a text's UTF-8 bytes in.
    mutating func add(_ text: String) {
        add(Array(text.utf8))
    }

    /// The digest of everything added so far.
    var value: UInt64 { mix(state) }

    /// The digest of one request: the same operation, model and body give the same digest.
    static func of(operation: RuntimeOperation, model: String, body: [UInt8]) -> UInt64 {
        var digest = RequestDigest()
        digest.add(operation.pathComponent)
        digest.add(model)
        digest.add(body)
        return digest.value
    }
}
