// The ring between capture and writer, alone.

import Core
import Testing

@testable import Recorder

@Suite("Capture ring")
struct CaptureRingTests {
    static func entry(_ number: UInt64, length: Int) -> RingEntry {
        RingEntry(
            kind: RingEntry.Kind.chunk.rawValue,
            length: UInt32(length),
            request: number,
            attempt: 1,
            source: 1,
            stamp: number,
            callbackLag: 0,
            wakeLag: 0
        )
    }

    @Test("what goes in comes out in order, across many turns of the ring")
    func order() {
        let ring = CaptureRing(byteCount: 1 << 16)
        var (produced, consumed): (UInt64, UInt64) = (0, 0)
        var random = PlanRandom(seed: 3, round: 0, pass: 0)
        while consumed < 20_000 {
            let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: produced), count: Int(random.next() % 3000))
            let isTaken = bytes.withUnsafeBytes { ring.produce(Self.entry(produced, length: bytes.count), bytes: $0) }
            if isTaken {
                produced += 1
                if random.next() % 4 != 0 { continue }
            }
            _ = ring.consume { item, bytes in
                guard case .chunk(let entry) = item else { return }
                #expect(entry.request == consumed)
                #expect(Int(entry.length) == bytes.count)
                #expect(bytes.allSatisfy { $0 == UInt8(truncatingIfNeeded: consumed) })
                consumed += 1
            }
        }
    }

    @Test("a full ring takes nothing, and changes nothing")
    func full() {
        let ring = CaptureRing(byteCount: 1 << 16)
        let bytes = [UInt8](repeating: 7, count: 10_000)
        var count = 0
        while bytes.withUnsafeBytes({ ring.produce(Self.entry(UInt64(count), length: bytes.count), bytes: $0) }) {
            count += 1
        }
        #expect(count == 6)
        #expect(
            !ring.produce(
                .drop(
                    DropRecord(
                        instant: TraceInstant(nanosecondsSinceEpoch: 1),
                        reason: "",
                        requests: 0,
                        bytes: 0,
                        message: ""
                    )
                )
            ) || ring.level <= 1
        )
        var seen = 0
        while ring.consume({ item, _ in if case .chunk = item { seen += 1 } }) {}
        #expect(seen == 6)
        #expect(ring.level == 0)
    }

    @Test("records pass through, and those never taken are released")
    func records() {
        let ring = CaptureRing(byteCount: 1 << 16)
        let record = TraceRecord.end(
            EndRecord(
                id: AttemptID(request: 5),
                completed: TraceInstant(nanosecondsSinceEpoch: 9),
                chunks: 1,
                bytes: 2,
                xxHash64: 3,
                outcome: .ok
            )
        )
        for _ in 0..<3 { #expect(ring.produce(record)) }
        var taken: [TraceRecord] = []
        _ = ring.consume { item, _ in if case .record(let one) = item { taken.append(one) } }
        #expect(taken == [record])
    }

    @Test("a producer and a consumer on two threads lose nothing")
    func twoThreads() throws {
        let ring = CaptureRing(byteCount: 1 << 16)
        let count: UInt64 = 50_000
        let producer = try DedicatedThread(name: "producer") {
            for number in 0..<count {
                let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: Int(number % 97))
                while !bytes.withUnsafeBytes({ ring.produce(Self.entry(number, length: bytes.count), bytes: $0) }) {}
            }
        }
        var expected: UInt64 = 0
        var isSound = true
        while expected < count {
            _ = ring.consume { item, bytes in
                guard case .chunk(let entry) = item else { return }
                isSound =
                    isSound && entry.request == expected && bytes.count == Int(expected % 97)
                    && bytes.allSatisfy { $0 == UInt8(truncatingIfNeeded: expected) }
                expected += 1
            }
        }
        producer.join()
        #expect(isSound)
    }
}

@Suite("Response head")
struct ResponseHeadTests {
    @Test("interim heads and trailers are passed over")
    func interim() {
        var head = ResponseHead()
        for line in ["HTTP/1.1 100 Continue", "", "HTTP/1.1 200 OK", "A:  b ", "a: c:d", "", "Trailer: x", ""] {
            head.take(line)
        }
        #expect(head.isComplete)
        #expect(head.status == 200)
        #expect(head.fields == [HeaderField("A", "b"), HeaderField("a", "c:d")])
    }
}
