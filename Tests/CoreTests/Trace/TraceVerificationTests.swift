// What `verify` must notice: every flipped bit, every cut, and each rule that a stream can break.

import Foundation
import TestSupport
import Testing

@testable import Core

@Suite("Verification")
struct TraceVerificationTests {
    let scratch: ScratchFolder
    let file: URL

    init() throws {
        scratch = try ScratchFolder()
        file = scratch.url("t.mcap")
    }

    func faults(_ bytes: [UInt8]) throws -> [TraceFault] {
        try Data(bytes).write(to: file)
        return try faults()
    }

    func faults() throws -> [TraceFault] {
        var verification = TraceVerification()
        try verification.verify(file.path)
        return verification.result.faults
    }

    @Test("a whole trace has no fault")
    func whole() throws {
        let trace = try SampleTrace(requests: 7, chunksPerRequest: 30, chunkByteCount: 900)
        try Data(trace.bytes).write(to: file)
        var verification = TraceVerification()
        try verification.verify(file.path)
        let report = verification.result
        #expect(report.faults.isEmpty)
        #expect(report.chunkCount == trace.chunks.count)
        #expect(report.messageCount == UInt64(trace.records.count))
        #expect(report.openAttemptCount == 0)
        #expect(report.byteCount == UInt64(trace.bytes.count))
    }

    @Test("no flipped bit goes unnoticed", arguments: 0..<8)
    func flips(bitOfByte: Int) throws {
        let trace = try SampleTrace(requests: 1, chunksPerRequest: 3, chunkByteCount: 100)
        try Data(trace.bytes).write(to: file)
        let handle = try FileHandle(forUpdating: file)
        for index in trace.bytes.indices {
            try handle.seek(toOffset: UInt64(index))
            try handle.write(contentsOf: [trace.bytes[index] ^ 1 << bitOfByte])
            let isNoticed = try !faults().isEmpty
            #expect(isNoticed, "byte \(index)")
            try handle.seek(toOffset: UInt64(index))
            try handle.write(contentsOf: [trace.bytes[index]])
        }
    }

    @Test("no cut goes unnoticed")
    func cuts() throws {
        let trace = try SampleTrace(requests: 1, chunksPerRequest: 3, chunkByteCount: 100)
        for cut in trace.bytes.indices {
            let isNoticed = try !faults(Array(trace.bytes[..<cut])).isEmpty
            #expect(isNoticed, "cut at \(cut)")
        }
    }

    @Test("a fault is told with the place of the chunk that has it")
    func place() throws {
        let trace = try SampleTrace(requests: 2, chunksPerRequest: 4, chunkByteCount: 200)
        let chunk = try #require(trace.chunks.dropFirst().first)
        var bytes = trace.bytes
        bytes[chunk.upperBound - 30] ^= 1
        #expect(try faults(bytes).first?.offset == UInt64(chunk.lowerBound))
    }

    // MARK: Streams

    static let id = AttemptID(request: 1)

    static func instant(_ offset: UInt64) -> TraceInstant {
        TraceInstant(nanosecondsSinceEpoch: 1_790_000_000_000_000_000 + offset)
    }

    static func request(_ id: AttemptID = id) -> TraceRecord {
        .request(
            RequestRecord(
                id: id,
                scheduled: instant(0),
                dispatched: instant(0),
                url: "http://127.0.0.1/",
                headers: [],
                body: "{}",
                operation: "converse-stream",
                model: "m",
                region: "r",
                promptID: "p"
            )
        )
    }

    static func batch(_ firstIndex: UInt32, _ text: String, at offset: UInt64) -> TraceRecord {
        let stamp = ChunkStamp(instant: instant(offset), length: UInt32(text.utf8.count), source: .kernel)
        return .chunks(ChunkBatch(attempt: id, firstIndex: firstIndex, stamps: [stamp], data: Array(text.utf8)))
    }

    /// XXH64 of "abcd", as `xxhsum -H64` prints it.
    static let hashOfABCD: UInt64 = 0xDE03_27B0_D25D_92CC

    static func end(chunks: UInt32 = 2, bytes: UInt64 = 4, hash: UInt64 = hashOfABCD) -> TraceRecord {
        .end(
            EndRecord(
                id: id,
                completed: instant(9),
                chunks: chunks,
                bytes: bytes,
                xxHash64: hash,
                outcome: .ok
            )
        )
    }

    static let broken: [(records: [TraceRecord], reason: String)] = [
        ([request(), batch(0, "ab", at: 1), batch(2, "cd", at: 2)], "chunk 1 of request 1"),
        ([request(), batch(0, "ab", at: 2), batch(1, "cd", at: 1)], "go back in time"),
        ([request(), batch(0, "ab", at: 1), batch(1, "cd", at: 2), end(hash: 1)], "the hash of request 1"),
        ([request(), batch(0, "ab", at: 1), end()], "ended with 2 chunks of 4 bytes in all, here are 1 of 2"),
        ([batch(0, "ab", at: 1)], "never begun"),
        ([request(), request()], "begins twice"),
        ([request(), end(chunks: 0, bytes: 0, hash: 0xEF46_DB37_51D8_E999), end()], "never begun"),
    ]

    @Test("a stream that breaks a rule is named", arguments: broken.indices)
    func rules(index: Int) throws {
        let one = Self.broken[index]
        var options = TraceWriterOptions()
        options.recountsStreams = false
        // Each record in a chunk of its own, so that none is sorted before another.
        options.chunkByteCount = 1
        var writer = try TraceWriter(MemoryOutput(), run: RunMetadata(runID: "run"), options: options)
        for record in one.records { try writer.append(record) }
        let reasons = try faults(writer.finish().bytes).map(\.reason)
        #expect(reasons.contains { $0.contains(one.reason) }, "\(reasons)")
    }

    @Test("a stream that keeps the rules has no fault")
    func keptRules() throws {
        var options = TraceWriterOptions()
        options.recountsStreams = false
        var writer = try TraceWriter(MemoryOutput(), run: RunMetadata(runID: "run"), options: options)
        for record in [Self.request(), Self.batch(0, "ab", at: 1), Self.batch(1, "cd", at: 2), Self.end()] {
            try writer.append(record)
        }
        #expect(try faults(writer.finish().bytes) == [])
    }
}
