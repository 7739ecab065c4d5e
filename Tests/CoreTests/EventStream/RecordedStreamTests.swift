// Every recorded stream decodes to what botocore reads, however it is cut.

import Core
import Foundation
import TestSupport
import Testing

@Suite("Recorded streams as messages", .enabled(if: StreamOracle.isPresent, StreamOracle.absence))
struct RecordedStreamTests {
    /// Decodes `bytes` cut into the given sizes.
    static func decode(_ bytes: [UInt8], sizes: () -> Int) throws -> [OracleMessage] {
        var decoder = EventStreamDecoder()
        var messages: [OracleMessage] = []
        var start = 0
        var offset = 0
        while start < bytes.count {
            let end = min(start + max(1, sizes()), bytes.count)
            try decoder.feed(bytes.span.bytes.extracting(start..<end)) { frame, span in
                let payload = span.extracting(frame.payloadRange).withUnsafeBytes { Data($0) }
                messages.append(
                    OracleMessage(
                        offset: offset,
                        length: frame.range.count,
                        headers: headers(of: frame, in: span),
                        payload: payload.base64EncodedString()
                    )
                )
                offset += frame.range.count
            }
            start = end
        }
        #expect(decoder.pendingByteCount == 0)
        #expect(decoder.consumedByteCount == UInt64(bytes.count))
        return messages
    }

    /// The headers in the oracle's form; every recorded one is a string.
    static func headers(of frame: EventStreamFrame, in span: RawSpan) -> [OracleHeader] {
        do throws(EventStreamError) {
            return try frame.headers(in: span).map { header in
                guard case .string(let value) = header.value else {
                    return OracleHeader(name: header.name, type: -1, value: "")
                }
                return OracleHeader(name: header.name, type: 7, value: value)
            }
        } catch {
            return [OracleHeader(name: error.description, type: -1, value: "")]
        }
    }

    @Test("all recorded streams are there")
    func presence() async throws {
        #expect(try await StreamOracle.streams().count == 287)
    }

    @Test("whole, each stream decodes to botocore's messages")
    func whole() async throws {
        for stream in try await StreamOracle.streams() {
            let bytes = try stream.bytes()
            #expect(try Self.decode(bytes) { bytes.count } == stream.messages, "\(stream.file)")
        }
    }

    @Test("byte by byte, each stream decodes to botocore's messages")
    func byteByByte() async throws {
        for stream in try await StreamOracle.streams() {
            let bytes = try stream.bytes()
            #expect(try Self.decode(bytes) { 1 } == stream.messages, "\(stream.file)")
        }
    }

    @Test("at random cuts, each stream decodes to botocore's messages", arguments: [1, 2, 3] as [UInt64])
    func randomCuts(seed: UInt64) async throws {
        for stream in try await StreamOracle.streams() {
            var random = SplitMix64(state: seed)
            let messages = try Self.decode(try stream.bytes()) { Int.random(in: 1...400, using: &random) }
            #expect(messages == stream.messages, "\(stream.file)")
        }
    }

    @Test("each stream encodes back to its bytes")
    func roundTrip() async throws {
        for stream in try await StreamOracle.streams() {
            let bytes = try stream.bytes()
            var written: [UInt8] = []
            var position = 0
            while let frame = try EventStreamFrame.parse(bytes.span.bytes, at: position) {
                EventStreamEncoder.append(
                    headers: try frame.headers(in: bytes.span.bytes),
                    payload: bytes[frame.payloadRange],
                    to: &written
                )
                position = frame.range.upperBound
            }
            #expect(written == bytes, "\(stream.file)")
        }
    }
}

/// The generator that Java's SplittableRandom defines: 64 bits of state, the same numbers everywhere.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
