// The ring between capture and writer, alone.

import Core
import Glibc
import Testing

@testable import Recorder

@Suite("Byte ring")
struct ByteRingTests {
    static func push(_ producer: inout ByteRingProducer, _ bytes: [UInt8]) -> Bool {
        guard let room = producer.reserve(bytes.count) else { return false }
        bytes.withUnsafeBytes { if let base = $0.baseAddress { room.copyMemory(from: base, byteCount: $0.count) } }
        producer.commit()
        return true
    }

    /// A record whose length and bytes follow from its number.
    static func record(_ number: Int) -> [UInt8] {
        let length = number &* 37 % 1_500
        return (0..<length).map { UInt8(truncatingIfNeeded: $0 ^ number) }
    }

    @Test("what goes in comes out in order and whole, over many turns of the ring")
    func order() {
        let ring = ByteRing(byteCount: 4096)
        var producer = ByteRingProducer(ring)
        var consumer = ByteRingConsumer(ring)
        var (written, read) = (0, 0)
        while read < 5_000 {
            while written - read < written % 5 + 1, Self.push(&producer, Self.record(written)) { written += 1 }
            _ = consumer.drain {
                #expect(Array($0) == Self.record(read))
                read += 1
            }
        }
        #expect(ring.level == 0)
    }

    @Test("a full ring takes nothing, keeps what it has, and has room again once read")
    func full() {
        let ring = ByteRing(byteCount: 4096)
        var producer = ByteRingProducer(ring)
        var consumer = ByteRingConsumer(ring)
        // 1,000 bytes and an 8-byte length: four fit into 4,096.
        let record = [UInt8](repeating: 9, count: 1_000)
        for _ in 0..<4 { #expect(Self.push(&producer, record)) }
        for _ in 0..<3 { #expect(!Self.push(&producer, record)) }
        #expect(ring.level == 4 * 1_008)
        let taken = consumer.drain { #expect(Array($0) == record) }
        #expect(taken == 4)
        #expect(Self.push(&producer, record))
        #expect(consumer.drain { _ in } == 1)
    }

    @Test("the longest record fits wherever the ring's end falls")
    func longest() {
        let ring = ByteRing(byteCount: 4096)
        var producer = ByteRingProducer(ring)
        var consumer = ByteRingConsumer(ring)
        for filler in 0..<600 {
            #expect(Self.push(&producer, [UInt8](repeating: 1, count: filler)))
            _ = consumer.drain { _ in }
            #expect(Self.push(&producer, [UInt8](repeating: 2, count: ring.longestRecord)))
            _ = consumer.drain { #expect($0.count == ring.longestRecord) }
        }
    }

    @Test("two threads lose, repeat and mix nothing", .timeLimit(.minutes(1)))
    func threads() throws {
        let ring = ByteRing(byteCount: 16_384)
        let count = 20_000
        let producer = try PosixThread(name: "producer") {
            var producer = ByteRingProducer(ring)
            for number in 0..<count {
                let record = Self.record(number)
                while !Self.push(&producer, record) { sched_yield() }
            }
        }
        var consumer = ByteRingConsumer(ring)
        var read = 0
        var wrong = 0
        while read < count {
            let taken = consumer.drain {
                if Array($0) != Self.record(read) { wrong += 1 }
                read += 1
            }
            if taken == 0 { sched_yield() }
        }
        producer.join()
        #expect(wrong == 0)
        #expect(ring.level == 0)
    }

    @Test("every kind of entry reads back as it was written")
    func entries() throws {
        let ring = ByteRing(byteCount: 65_536)
        var producer = ByteRingProducer(ring)
        var consumer = ByteRingConsumer(ring)
        let id = AttemptID(request: 1 << 40, attempt: 3)
        let instant = TraceInstant(nanosecondsSinceEpoch: 1_790_000_000_123_456_789)
        let stamp = ChunkStamp(
            instant: instant,
            length: 3,
            source: .kernel,
            callbackLag: Nanoseconds(12),
            wakeLag: Nanoseconds(-7)
        )
        let end = EndRecord(id: id, completed: instant, chunks: 7, bytes: 1 << 33, xxHash64: 0, outcome: .cancelled)
        let drop = DropRecord(instant: instant, reason: "r", requests: 1, bytes: 2, message: "m")
        let bytes: [UInt8] = [1, 2, 3]
        let isPushed = bytes.withUnsafeBytes { raw in
            producer.push(.drop(drop))
                && producer.pushHead(id, sent: nil, firstByte: instant, bytes: raw)
                && producer.pushHead(id, sent: instant, firstByte: instant, bytes: raw)
                && producer.pushChunk(id, stamp, bytes: raw) && producer.pushEnd(end)
        }
        #expect(isPushed)
        var seen: [String] = []
        _ = consumer.drain { record in
            switch RingEntry(record) {
            case .boxed(let box):
                if case .drop(drop) = box.record { seen.append("drop") }
            case .head(id, let sent, let firstByte, let raw):
                #expect(firstByte == instant)
                #expect(Array(raw) == bytes)
                seen.append(sent == nil ? "head" : "head \(sent == instant)")
            case .chunk(id, stamp, let raw):
                #expect(Array(raw) == bytes)
                seen.append("chunk")
            case .end(end): seen.append("end")
            default: seen.append("other")
            }
        }
        #expect(seen == ["drop", "head", "head true", "chunk", "end"])
    }
}
