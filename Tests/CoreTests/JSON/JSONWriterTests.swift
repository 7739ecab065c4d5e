// The JSON writer: what it writes, byte by byte, and that Foundation reads it back.

import Core
import Foundation
import Testing

@Suite("JSON writer")
struct JSONWriterTests {
    @Test("members stand in the order in which they are given")
    func order() {
        var json = JSONWriter()
        json.object { json in
            json.member("b", 1)
            json.member("a") { json in
                json.array { json in
                    json.value("x")
                    json.object { _ in }
                    json.array { _ in }
                    json.value(Int?.none)
                }
            }
            json.member("c", true)
            json.member("d", String?.none)
            json.member("e", 2.5)
            json.member("f") { $0.raw("[1]") }
        }
        #expect(json.text == #"{"b":1,"a":["x",{},[],null],"c":true,"d":null,"e":2.5,"f":[1]}"#)
    }

    @Test(
        "a number is the shortest that reads back the same",
        arguments: [
            (0, "0"), (-0.0, "0"), (1, "1"), (-3, "-3"), (0.1, "0.1"), (1e15, "1000000000000000"),
            (-0x1p53, "-9007199254740992"), (1e16, "1e+16"),
            (999_999_999_999_999, "999999999999999"),
            (1e300, "1e+300"), (.leastNonzeroMagnitude, "5e-324"), (1.0 / 3, "0.3333333333333333"), (.infinity, "null"),
            (.nan, "null"),
        ] as [(Double, String)]
    )
    func numbers(value: Double, expected: String) throws {
        var json = JSONWriter()
        json.value(value)
        #expect(json.text == expected)
        if value.isFinite { #expect(Double(json.text) == value) }
    }

    @Test("integers of every width are written in full")
    func integers() {
        var json = JSONWriter()
        json.array { json in
            json.value(UInt64.max)
            json.value(Int64.min)
            json.value(Int8(-1))
        }
        #expect(json.text == "[18446744073709551615,-9223372036854775808,-1]")
    }

    @Test("every scalar below U+0100 and some above survive a round trip through Foundation and our cursor")
    func strings() throws {
        let scalars = (0..<0x100).compactMap { Unicode.Scalar($0) } + ["\u{2028}", "\u{FFFD}", "😀", "\u{10FFFF}"]
        let text = String(String.UnicodeScalarView(scalars))
        var json = JSONWriter()
        json.object { $0.member(text, text) }
        let read = try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: String]
        #expect(read == [text: text])
        var cursor = JSONCursor(json.bytes.span.bytes)
        try cursor.enterObject()
        let key = try #require(try cursor.nextKey())
        #expect(try cursor.text(key) == text)
        #expect(try cursor.string() == text)
    }

    @Test("control characters are escaped, all else stays as it is")
    func escapes() {
        var json = JSONWriter()
        json.value("a\"\\/\n\r\t\u{0}\u{1F}\u{7F}é")
        #expect(json.text == "\"a\\\"\\\\/\\n\\r\\t\\u0000\\u001f\u{7F}é\"")
    }
}
