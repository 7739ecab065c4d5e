// Base64 against the vectors of RFC 4648, section 10, and Foundation.

import Core
import Foundation
import Testing

@Suite("Base64")
struct Base64Tests {
    static func decode(_ text: String) -> [UInt8]? { Base64.decode(Array(text.utf8).span.bytes) }

    @Test(
        "the vectors of RFC 4648",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func vectors(plain: String, encoded: String) {
        #expect(Self.decode(encoded) == Array(plain.utf8))
        #expect(Base64.encode(Array(plain.utf8)) == Array(encoded.utf8))
    }

    @Test("every byte value at every length agrees with Foundation", arguments: 0...300)
    func foundation(length: Int) {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ length) }
        let encoded = Data(bytes).base64EncodedString()
        #expect(Base64.encode(bytes) == Array(encoded.utf8))
        #expect(Self.decode(encoded) == bytes)
    }

    @Test(
        "what is no base64 is refused",
        arguments: [
            "Z", "Zg", "Zg=", "Zm9vZg", "Zm9v\n", "Zm 9", "Zm9-", "Zm9_", "=m9v", "Z=9v", "Zm=v", "====", "Zg==Zm9v",
        ]
    )
    func refused(text: String) {
        #expect(Self.decode(text) == nil)
    }

    @Test("each byte that is no digit is refused at each place of a group")
    func digits() {
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for byte in UInt8.min...UInt8.max {
            for place in 0..<4 {
                var text = Array("AAAABBBBCCCC".utf8)
                text[4 + place] = byte
                #expect((Base64.decode(text.span.bytes) != nil) == alphabet.contains(byte))
            }
        }
    }
}
