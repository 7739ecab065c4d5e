// One message at a time: hand-built frames (struct and zlib of Python made their checksums), and every way to break one.

import Core
import Testing

@Suite("Event-stream frames")
struct EventStreamFrameTests {
    /// Ten headers, one of each type, and the payload `{"a":1}`.
    static let allTypes = hex(
        """
        0000006900000052 7465fa8d 017400 016601 016202fe 017303fed4 016904fffeee90 016c05ffffff0000000000 0179060002
        00ff 02c3a90700066e61c3af7665 016d080000018bcfe5687b 017509000102030405060708090a0b0c0d0e0f 7b2261223a317d
        bda1fc41
        """
    )

    @Test("the empty message of the specification is read and written")
    func emptyMessage() throws {
        let bytes = hex("00000010 00000000 05c248eb 7d98c8ff")
        let frame = try #require(try EventStreamFrame.parse(bytes.span.bytes))
        #expect(frame.range == 0..<16)
        #expect(frame.headersRange == 12..<12)
        #expect(frame.payloadRange == 12..<12)
        #expect(try frame.headers(in: bytes.span.bytes) == [])

        var written: [UInt8] = []
        EventStreamEncoder.append(headers: [], payload: [], to: &written)
        #expect(written == bytes)
    }

    @Test("every header type is read and written")
    func headerTypes() throws {
        let bytes = Self.allTypes
        let frame = try #require(try EventStreamFrame.parse(bytes.span.bytes))
        let headers = try frame.headers(in: bytes.span.bytes)
        #expect(
            headers == [
                EventStreamHeader("t", .bool(true)),
                EventStreamHeader("f", .bool(false)),
                EventStreamHeader("b", .byte(-2)),
                EventStreamHeader("s", .short(-300)),
                EventStreamHeader("i", .integer(-70_000)),
                EventStreamHeader("l", .long(-1_099_511_627_776)),
                EventStreamHeader("y", .bytes([0, 255])),
                EventStreamHeader("é", .string("naïve")),
                EventStreamHeader("m", .timestamp(milliseconds: 1_700_000_000_123)),
                EventStreamHeader("u", .uuid(Array(0...15))),
            ]
        )
        #expect(Array(bytes[frame.payloadRange]) == Array("{\"a\":1}".utf8))

        var written: [UInt8] = []
        EventStreamEncoder.append(headers: headers, payload: Array("{\"a\":1}".utf8), to: &written)
        #expect(written == bytes)
    }

    @Test("values of length zero are values")
    func emptyValues() throws {
        let bytes = hex("0000001a 0000000a afa7b954 01610700000162060000 f068f767")
        let frame = try #require(try EventStreamFrame.parse(bytes.span.bytes))
        #expect(
            try frame.headers(in: bytes.span.bytes) == [
                EventStreamHeader("a", .string("")), EventStreamHeader("b", .bytes([])),
            ]
        )
    }

    @Test("a message is found behind other bytes")
    func offset() throws {
        let bytes = [1, 2, 3] + Self.allTypes + [4]
        let frame = try #require(try EventStreamFrame.parse(bytes.span.bytes, at: 3))
        #expect(frame.range == 3..<(3 + Self.allTypes.count))
        #expect(try frame.headers(in: bytes.span.bytes).count == 10)
    }

    @Test("a part of a message is incomplete", arguments: 0..<105)
    func prefix(count: Int) throws {
        let bytes = Array(Self.allTypes.prefix(count))
        #expect(try EventStreamFrame.parse(bytes.span.bytes) == nil)
    }

    @Test(
        "headers that break the grammar are refused, and the reason is told",
        arguments: [
            ("00000013 00000003 db6b6381 01ff00 f0bcd8a8", "a name is not UTF-8"),
            ("00000016 00000006 63e1187e 0161070001ff 2b628ead", "a string is not UTF-8"),
            ("00000012 00000002 910c7aa7 0000 7bc1361e", "a name is empty"),
            ("00000013 00000003 db6b6381 01610a ffab9622", "type 10 is unknown"),
            ("00000013 00000003 db6b6381 056162 bbcbd794", "a name reaches beyond the headers"),
            ("00000013 00000003 db6b6381 026162 be84c111", "a type reaches beyond the headers"),
            ("00000015 00000005 bd483314 0161050000 37791215", "a value reaches beyond the headers"),
            ("00000014 00000004 f72f2a32 01610700 ca8c1f30", "the length of a value reaches beyond the headers"),
            ("00000018 00000008 3b698b18 0161070009616263 a84b1606", "a value reaches beyond the headers"),
        ]
    )
    func badHeaders(digits: String, reason: String) throws {
        let bytes = hex(digits)
        let frame = try #require(try EventStreamFrame.parse(bytes.span.bytes))
        let error = #expect(throws: EventStreamError.self) { try frame.headers(in: bytes.span.bytes) }
        let description = try #require(error).description
        #expect(description.hasPrefix("event-stream message at byte 0: invalid header: \(reason)"))
    }

    @Test("a name that stands twice is refused")
    func duplicateHeader() throws {
        let bytes = hex("00000016 00000006 63e1187e 016100016101 888f689f")
        let frame = try #require(try EventStreamFrame.parse(bytes.span.bytes))
        #expect(throws: EventStreamError.duplicateHeader(offset: 0, name: "a")) {
            try frame.headers(in: bytes.span.bytes)
        }
    }

    @Test(
        "lengths that contradict each other are refused from the prelude alone",
        arguments: [
            ("0000000f 00000000 e77248b8", EventStreamError.invalidTotalLength(offset: 0, totalLength: 15)),
            ("00000000 00000000 6522df69", .invalidTotalLength(offset: 0, totalLength: 0)),
            ("00000010 00000001 72c5787d", .invalidHeadersLength(offset: 0, headersLength: 1, totalLength: 16)),
            (
                "ffffffff ffffffff 2144df1c",
                .invalidHeadersLength(offset: 0, headersLength: .max, totalLength: .max)
            ),
        ]
    )
    func badLengths(digits: String, expected: EventStreamError) {
        let bytes = hex(digits)
        #expect(throws: expected) { try EventStreamFrame.parse(bytes.span.bytes) }
    }

    @Test("a flipped bit anywhere is refused or leaves the message incomplete", arguments: 0..<105)
    func bitFlips(index: Int) throws {
        for bit in 0..<8 {
            var bytes = Self.allTypes
            bytes[index] ^= 1 << bit
            // A flip in the prelude is told by the prelude's checksum, any other by the message's.
            let error = #expect(throws: EventStreamError.self) { try EventStreamFrame.parse(bytes.span.bytes) }
            switch try #require(error) {
            case .preludeChecksumMismatch: #expect(index < 12)
            case .messageChecksumMismatch: #expect(index >= 12)
            default: Issue.record("unexpected error")
            }
        }
    }

    @Test("an error says where, what was found and what was computed")
    func description() {
        let error = EventStreamError.messageChecksumMismatch(offset: 42, stated: 0xBEEF, computed: 0x0123_4567)
        #expect(
            error.description
                == "event-stream message at byte 42: it has checksum 0x0000beef, but 0x01234567 was computed;"
                + " its bytes are damaged"
        )
    }

    @Test("what cannot be encoded says so")
    func encodable() {
        #expect(EventStreamHeader(String(repeating: "n", count: 255), .string("")).isEncodable)
        #expect(!EventStreamHeader(String(repeating: "n", count: 256), .string("")).isEncodable)
        #expect(!EventStreamHeader("", .bool(true)).isEncodable)
        #expect(EventStreamHeader("n", .bytes(Array(repeating: 0, count: 65_535))).isEncodable)
        #expect(!EventStreamHeader("n", .bytes(Array(repeating: 0, count: 65_536))).isEncodable)
        #expect(!EventStreamHeader("n", .string(String(repeating: "é", count: 32_768))).isEncodable)
        #expect(!EventStreamHeader("n", .uuid([1])).isEncodable)
    }
}
