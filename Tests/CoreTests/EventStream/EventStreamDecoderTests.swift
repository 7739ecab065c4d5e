// Streams of several messages, cut in every way.

import Core
import Testing

@Suite("Event-stream decoder")
struct EventStreamDecoderTests {
    /// What a decoder handed over: the payload of each message, and where it lay in the stream.
    struct Found: Hashable {
        var offset: UInt64
        var payload: [UInt8]
    }

    static let empty = hex("00000010 00000000 05c248eb 7d98c8ff")
    static let stream = empty + EventStreamFrameTests.allTypes + empty + EventStreamFrameTests.allTypes
    static let whole = [
        Found(offset: 0, payload: []),
        Found(offset: 16, payload: Array("{\"a\":1}".utf8)),
        Found(offset: 121, payload: []),
        Found(offset: 137, payload: Array("{\"a\":1}".utf8)),
    ]

    /// Feeds `bytes` in pieces that end at `cuts`.
    static func decode(
        _ bytes: [UInt8],
        cuts: [Int],
        into decoder: inout EventStreamDecoder
    ) -> (found: [Found], error: EventStreamError?) {
        var found: [Found] = []
        var start = 0
        for end in cuts + [bytes.count] {
            var offset = decoder.consumedByteCount
            do throws(EventStreamError) {
                try decoder.feed(bytes.span.bytes.extracting(start..<end)) { frame, span in
                    let payload = span.extracting(frame.payloadRange).withUnsafeBytes { Array($0) }
                    found.append(Found(offset: offset, payload: payload))
                    offset += UInt64(frame.range.count)
                }
            } catch {
                return (found, error)
            }
            start = end
        }
        return (found, nil)
    }

    @Test("two cuts anywhere change nothing", arguments: 0...242)
    func cuts(first: Int) {
        for second in first...Self.stream.count {
            var decoder = EventStreamDecoder()
            let (found, error) = Self.decode(Self.stream, cuts: [first, second], into: &decoder)
            #expect(found == Self.whole && error == nil, "cut at \(first) and \(second)")
            #expect(decoder.pendingByteCount == 0 && decoder.consumedByteCount == 242)
        }
    }

    @Test("a stream that ends early leaves its tail pending", arguments: 0..<242)
    func truncation(count: Int) {
        var decoder = EventStreamDecoder()
        let (found, error) = Self.decode(Array(Self.stream.prefix(count)), cuts: [], into: &decoder)
        let consumed = [242, 137, 121, 16, 0].first { $0 <= count } ?? 0
        #expect(error == nil)
        #expect(found == Self.whole.filter { $0.offset < consumed })
        #expect(decoder.consumedByteCount == UInt64(consumed))
        #expect(decoder.pendingByteCount == count - consumed)
    }

    @Test(
        "a damaged message is told with its offset, after the messages before it, and ends the stream",
        arguments: 1...40
    )
    func damage(size: Int) throws {
        var bytes = Self.stream
        bytes[121 + 13] ^= 1
        var decoder = EventStreamDecoder()
        let (found, error) = Self.decode(
            bytes,
            cuts: Array(stride(from: size, to: bytes.count, by: size)),
            into: &decoder
        )
        #expect(found == Array(Self.whole.prefix(2)))
        // 0x7d98c8ff is the checksum of the empty message; the flipped bit is one of its own.
        #expect(error == .messageChecksumMismatch(offset: 121, stated: 0x7D99_C8FF, computed: 0x7D98_C8FF))
        #expect(decoder.consumedByteCount == 121)
        let sticky = try #require(error)
        #expect(throws: sticky) { try decoder.feed(Self.empty.span.bytes) { _, _ in Issue.record("a frame") } }
    }

    @Test("a bad prelude is told before the rest of its message arrives")
    func earlyPrelude() {
        var decoder = EventStreamDecoder()
        #expect(throws: EventStreamError.invalidTotalLength(offset: 16, totalLength: 15)) {
            try decoder.feed((Self.empty + hex("0000000f 00000000 e77248b8")).span.bytes) { _, _ in }
        }
    }

    @Test("a message larger than the limit is refused from its prelude, whole or in parts", arguments: [105, 12, 1])
    func limit(size: Int) {
        let bytes = EventStreamFrameTests.allTypes
        var exact = EventStreamDecoder(maximumMessageByteCount: 105)
        let cuts = Array(stride(from: size, to: bytes.count, by: size))
        #expect(Self.decode(bytes, cuts: cuts, into: &exact).found.count == 1)
        var smaller = EventStreamDecoder(maximumMessageByteCount: 104)
        let (found, error) = Self.decode(bytes, cuts: cuts, into: &smaller)
        #expect(found.isEmpty)
        #expect(error == .messageTooLarge(offset: 0, totalLength: 105, limit: 104))
    }

    @Test("a length of 4 GiB allocates nothing and is refused by the default limit")
    func hugeLength() {
        var decoder = EventStreamDecoder()
        #expect(
            throws: EventStreamError.messageTooLarge(offset: 0, totalLength: 0xFFFF_FFF0, limit: 268_435_456)
        ) {
            try decoder.feed(hex("fffffff0 00000000 7daf682e").span.bytes) { _, _ in }
        }
    }
}
