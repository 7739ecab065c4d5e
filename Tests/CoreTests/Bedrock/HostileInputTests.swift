// Any input is read without a trap: recorded and hand-made material, damaged at random behind valid checksums.

import Core
import TestSupport
import Testing

@Suite("Hostile input")
struct HostileInputTests {
    /// Damages `count` bytes, or cuts, or doubles a part.
    static func damage(_ bytes: [UInt8], using random: inout SplitMix64) -> [UInt8] {
        guard !bytes.isEmpty else { return [UInt8.random(in: 0...255, using: &random)] }
        var damaged = bytes
        switch Int.random(in: 0..<4, using: &random) {
        case 0: damaged.removeLast(Int.random(in: 1...bytes.count, using: &random))
        case 1:
            let start = Int.random(in: 0..<bytes.count, using: &random)
            damaged.insert(contentsOf: bytes[start...].prefix(20), at: Int.random(in: 0...bytes.count, using: &random))
        case 2:
            // Bytes that mean something to JSON are likelier to lead somewhere.
            let structure = Array("{}[]\",:\\u0-9eE.+ntf=".utf8)
            damaged[Int.random(in: 0..<bytes.count, using: &random)] = structure.randomElement(using: &random) ?? 0
        default: damaged[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
        }
        return damaged
    }

    @Test(
        "a damaged payload behind valid checksums yields an event and no trap",
        arguments: 1...8 as ClosedRange<UInt64>
    )
    func payloads(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let invoke = ModelFamilyTests.samples.flatMap(\.objects)
        for _ in 0..<40 {
            for (type, payload, _) in ConverseStreamTests.cases {
                var response = HandmadeResponse()
                response.append(type: type, payload: Self.damage(Array(payload.utf8), using: &random))
                #expect(try response.events(.converseStream).count >= 1)
            }
            for object in invoke {
                let damaged = Self.damage(Array(object.utf8), using: &random)
                let digits = String(decoding: Base64.encode(damaged), as: UTF8.self)
                var response = HandmadeResponse()
                response.append(type: "chunk", payload: Array(#"{"bytes":"\#(digits)"}"#.utf8))
                _ = try response.events(.invokeModelWithResponseStream)
            }
        }
    }

    @Test("damaged headers behind valid checksums yield an event and no trap", arguments: 1...8 as ClosedRange<UInt64>)
    func headers(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let frame = EventStreamFrameTests.allTypes
        for _ in 0..<2_000 {
            var bytes = frame
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 12..<94, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            EventStreamEncoder.rewriteChecksums(of: &bytes)
            let found = try #require(try EventStreamFrame.parse(bytes.span.bytes))
            _ = try? found.headers(in: bytes.span.bytes)
            #expect(try HandmadeResponse(bytes: bytes).events(.converseStream).count == 1)
        }
    }

    @Test("random bytes behind a valid prelude never pass as a message", arguments: 1...4 as ClosedRange<UInt64>)
    func bodies(seed: UInt64) {
        var random = SplitMix64(state: seed)
        for _ in 0..<500 {
            let bytes =
                EventStreamFrameTests.allTypes.prefix(12)
                + (12..<105).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(throws: EventStreamError.self) { try EventStreamFrame.parse(Array(bytes).span.bytes) }
        }
    }
}
