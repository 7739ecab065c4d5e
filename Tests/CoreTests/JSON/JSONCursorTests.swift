// The JSON cursor against RFC 8259, with Foundation's parser as a second opinion.

import Core
import Foundation
import Testing

@Suite("JSON cursor")
struct JSONCursorTests {
    /// Steps over `text` as one value; the error where it is none.
    static func fault(_ text: String) -> JSONError? { fault(Array(text.utf8)) }

    static func fault(_ bytes: [UInt8]) -> JSONError? {
        var cursor = JSONCursor(bytes.span.bytes)
        do throws(JSONError) {
            try cursor.skipValue()
            try cursor.finish()
            return nil
        } catch {
            return error
        }
    }

    static func string(_ text: String) throws(JSONError) -> String {
        let bytes = Array(text.utf8)
        var cursor = JSONCursor(bytes.span.bytes)
        let slice = try cursor.stringSlice()
        try cursor.finish()
        let decoded = try cursor.text(slice)
        #expect(try cursor.utf8Count(slice) == decoded.utf8.count)
        return decoded
    }

    static let valid = [
        "null", "true", "false", "0", "-0", "10", "-1", "1.5", "0.0", "1e5", "1E+5", "1e-05", "-12.25E2", "\"\"", "[]",
        "{}",
        " [ ] ", "\t{\r\n}\n", "[1,2]", "[ 1 , [ ] , { } ]", #"{"a":1,"b":[true,null]}"#, #"{"a":{"a":{"a":0}}}"#,
        #"{"":0}"#, #"{"a":1,"a":2}"#, #""\u0041\n\/\b\f\r\t\\\"""#, #""\ud83d\ude00""#, "\"\u{7F}é😀\"",
        #"[["a"],"b"]"#,
        "123456789012345678901234567890", "1e400",
    ]

    static let invalid = [
        "", " ", "nul", "tru", "falsee", "+1", "01", "-", "1.", ".5", "1e", "1e+", "--1", "0x1", "NaN", "Infinity",
        "'a'",
        "\"", "\"a", "\"\\\"", #""\x""#, #""\u12""#, #""\u12g4""#, "\"\\", "\"\\u", "\"a\nb\"", "\"a\tb\"", "\"\u{0}\"",
        "[", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1 2]", "[1}", "]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,",
        "{\"a\":1,}", "{,}", "{a:1}", "{1:1}", "{\"a\" 1}", "{\"a\":}", "{\"a\":1]", "}", "1 2", "{} {}", "\"a\"b",
        "nulll",
        "\u{FEFF}1", "[1]]",
    ]

    @Test("what RFC 8259 allows is stepped over", arguments: valid)
    func accepted(text: String) {
        #expect(Self.fault(text) == nil)
    }

    @Test("what RFC 8259 does not allow is refused, at a place within the text", arguments: invalid)
    func refused(text: String) throws {
        let fault = try #require(Self.fault(text))
        #expect((0...text.utf8.count).contains(fault.offset))
        #expect(!fault.expected.isEmpty)
    }

    @Test("every valid text that is cut short is refused, unless it is a shorter number or leaves only white space")
    func prefixes() {
        for text in Self.valid {
            for count in 0..<text.utf8.count {
                let bytes = Array(text.utf8.prefix(count))
                let isValid =
                    (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
                // Foundation refuses numbers beyond Double, which are JSON.
                if text == "1e400" { continue }
                #expect((Self.fault(bytes) == nil) == isValid, "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    @Test("an error says where and what")
    func description() {
        #expect(Self.fault("[1,]")?.description == "not JSON at byte 3: expected a value after ','")
        #expect(Self.fault(#"{"a" 1}"#)?.description == "not JSON at byte 5: expected ':'")
    }

    @Test(
        "escapes stand for what RFC 8259 says",
        arguments: [
            (#""a\u0062\u00e9\u20ac""#, "abé€"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""\ud83d\ude00""#, "😀"), (#""\uD83D\uDE00x""#, "😀x"), (#""\udbff\udfff""#, "\u{10FFFF}"),
            (#""\u0000""#, "\u{0}"),
            // Surrogates that are alone have no UTF-8; each becomes the replacement character.
            (#""\ud83d""#, "\u{FFFD}"), (#""\ude00""#, "\u{FFFD}"), (#""\ud83dx""#, "\u{FFFD}x"),
            (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"), (#""\ud83d\n""#, "\u{FFFD}\n"),
            (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"),
        ]
    )
    func escapes(text: String, expected: String) throws {
        #expect(try Self.string(text) == expected)
    }

    @Test("a stop byte is seen at every place among eight", arguments: 0..<40)
    func scan(length: Int) throws {
        let plain = String(repeating: "é", count: length / 2) + String(repeating: "a", count: length % 2)
        #expect(try Self.string("\"\(plain)\"") == plain)
        #expect(try Self.string("\"\(plain)\\n\(plain)\"") == "\(plain)\n\(plain)")
        for control in UInt8.min..<0x20 {
            let bytes = Array("\"\(plain)".utf8) + [control] + Array("bcdefghij\"".utf8)
            #expect(Self.fault(bytes)?.offset == plain.utf8.count + 1)
        }
    }

    @Test("bytes that are not UTF-8 are refused when a string is read")
    func invalidUTF8() {
        for bytes: [UInt8] in [[0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0x5C, 0x6E, 0xED, 0xA0, 0x80, 0x22]] {
            #expect(throws: JSONError.self) {
                var cursor = JSONCursor(bytes.span.bytes)
                _ = try cursor.string()
            }
        }
    }

    @Test(
        "whole numbers are exact, however they are written",
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("3.0", 3), ("3e2", 300), ("-25e-1", nil), ("2.5e1", 25),
            ("0.5", nil),
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil),
            ("-9223372036854775809", nil), ("1e400", nil), ("1e19", nil), ("123456789012345678901234567890", nil),
        ] as [(String, Int64?)]
    )
    func integers(text: String, expected: Int64?) {
        let bytes = Array(text.utf8)
        var cursor = JSONCursor(bytes.span.bytes)
        #expect((try? cursor.integer(Int64.self)) == expected)
    }

    @Test("a whole number beyond its type is refused")
    func narrow() throws {
        func read<Value: FixedWidthInteger>(_ text: String, as type: Value.Type) -> Value? {
            let bytes = Array(text.utf8)
            var cursor = JSONCursor(bytes.span.bytes)
            return try? cursor.integer(type)
        }
        #expect(read("127", as: Int8.self) == 127 && read("128", as: Int8.self) == nil)
        #expect(read("-128", as: Int8.self) == -128 && read("-129", as: Int8.self) == nil)
        #expect(
            read("18446744073709551615", as: UInt64.self) == .max
                && read("18446744073709551616", as: UInt64.self) == nil
        )
        #expect(read("-1", as: UInt64.self) == nil && read("-0", as: UInt64.self) == 0)
        #expect(read("300.0", as: UInt8.self) == nil)
    }

    @Test("a number is the nearest Double, and one beyond its range is refused")
    func doubles() throws {
        for text in ["0.1", "-1.5e3", "1e308", "5e-324", "123456789.123456789", "1e-400", "0"] {
            let bytes = Array(text.utf8)
            var cursor = JSONCursor(bytes.span.bytes)
            // strtod of the C library reads the same text.
            #expect(try cursor.double() == strtod(text, nil))
        }
        let bytes = Array("1e400".utf8)
        #expect(throws: JSONError(offset: 0, expected: "a number within the range of Double")) {
            var cursor = JSONCursor(bytes.span.bytes)
            _ = try cursor.double()
        }
    }

    @Test("nesting is followed to its limit and refused beyond it")
    func depth() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
        }
        #expect(Self.fault(nested(JSONCursor.maximumDepth - 1)) == nil)
        #expect(Self.fault(nested(JSONCursor.maximumDepth)) != nil)
        #expect(Self.fault(String(repeating: "[", count: 1_000_000)) != nil)
        #expect(Self.fault(String(repeating: #"{"a":"#, count: 1_000_000)) != nil)
    }

    @Test("an object is read member by member, with keys written as escapes")
    func members() throws {
        let bytes = Array(#" { "n" : 3 , "\u0073" : "x\ny" , "a" : [ 1 , "2" , null ] , "o" : { "t" : true } } "#.utf8)
        var cursor = JSONCursor(bytes.span.bytes)
        var seen: [String] = []
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            if cursor.matches(key, "n") {
                seen.append("n=\(try cursor.integer(Int.self))")
            } else if cursor.matches(key, "s") {
                seen.append("s=\(try cursor.string())")
            } else if cursor.matches(key, "a") {
                try cursor.enterArray()
                while try cursor.nextElement() { seen.append("a:\(try cursor.peek())@\(try cursor.skipValue().count)") }
            } else {
                seen.append("\(try cursor.text(key))=\(try cursor.peek())")
                try cursor.skipValue()
            }
        }
        try cursor.finish()
        #expect(seen == ["n=3", "s=x\ny", "a:number@1", "a:string@3", "a:null@4", "o=object"])
    }

    @Test("null stands for what is absent")
    func optionals() throws {
        let bytes = Array(#"[null,"a",null,4]"#.utf8)
        var cursor = JSONCursor(bytes.span.bytes)
        try cursor.enterArray()
        #expect(try cursor.nextElement())
        #expect(try cursor.optionalString() == nil)
        #expect(try cursor.nextElement())
        #expect(try cursor.optionalString() == "a")
        #expect(try cursor.nextElement())
        #expect(try cursor.optionalInteger(Int.self) == nil)
        #expect(try cursor.nextElement())
        #expect(try cursor.optionalInteger(Int.self) == 4)
        #expect(try !cursor.nextElement())
    }
}
