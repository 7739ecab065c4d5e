// Cuts and flipped bits: what is whole is read or saved, what isn't is never made up.

import Foundation
import TestSupport
import Testing

@testable import Core

/// A trace of several chunks and streams with what went into it.
struct SampleTrace {
    var bytes: [UInt8]
    var records: [TraceRecord]
    /// Where each MCAP chunk begins and ends.
    var chunks: [Range<Int>]

    /// Requests that arrive interleaved, in chunks of about `chunkByteCount`.
    init(requests: Int, chunksPerRequest: Int, chunkByteCount: Int, textByteCount: Int = 40) throws {
        var options = TraceWriterOptions()
        options.chunkByteCount = chunkByteCount
        var writer = try TraceWriter(MemoryOutput(), run: RunMetadata(runID: "run"), options: options)
        var random = SystemRandom(seed: 11)
        var time: UInt64 = 1_790_000_000_000_000_000
        func next() -> TraceInstant {
            time += 1 + random.next() % 1_000_000
            return TraceInstant(nanosecondsSinceEpoch: time)
        }
        for request in 1...UInt64(requests) {
            let start = next()
            try writer.append(
                .request(
                    RequestRecord(
                        id: AttemptID(request: request),
                        scheduled: start,
                        dispatched: start,
                        url: "http://127.0.0.1/\(request)",
                        headers: [HeaderField("A", "b")],
                        body: "{}",
                        operation: "converse-stream",
                        model: "m",
                        region: "r",
                        promptID: "p\(request)"
                    )
                )
            )
        }
        for _ in 0..<chunksPerRequest {
            for request in 1...UInt64(requests) {
                let data = (0..<textByteCount).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                let stamp = ChunkStamp(instant: next(), length: UInt32(data.count), source: .kernel)
                try data.withUnsafeBytes { try writer.append(stamp, of: AttemptID(request: request), bytes: $0) }
            }
        }
        for request in 1...UInt64(requests) {
            try writer.append(
                .end(
                    EndRecord(
                        id: AttemptID(request: request),
                        completed: next(),
                        chunks: 0,
                        bytes: 0,
                        xxHash64: 0,
                        outcome: .ok
                    )
                )
            )
        }
        bytes = try writer.finish().bytes
        let scratch = try ScratchFolder()
        try Data(bytes).write(to: scratch.url("whole.mcap"))
        var reader = try TraceReader(path: scratch.url("whole.mcap").path)
        var records: [TraceRecord] = []
        try reader.forEachRecord { records.append($0) }
        self.records = records
        chunks = Self.chunkRanges(bytes)
    }

    private static func chunkRanges(_ bytes: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var offset = MCAP.magic.count
        while offset + MCAP.recordHeaderByteCount < bytes.count {
            var reader = FieldReader(bytes.span.bytes.extracting(offset..<bytes.count))
            guard let opcode = reader.integer(UInt8.self), let length = reader.integer(UInt64.self) else { break }
            let end = offset + MCAP.recordHeaderByteCount + Int(length)
            if opcode == MCAPOpcode.chunk.rawValue { ranges.append(offset..<end) }
            if opcode == MCAPOpcode.footer.rawValue { break }
            offset = end
        }
        return ranges
    }
}

/// SplitMix64, for test data.
struct SystemRandom {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite("A damaged trace")
struct TraceDamageTests {
    let scratch: ScratchFolder
    let file: URL

    init() throws {
        scratch = try ScratchFolder()
        file = scratch.url("t.mcap")
    }

    /// What the reader gives before it stops, whether it says so by an error or by the end of the file.
    func read(_ bytes: [UInt8]) throws -> [TraceRecord] {
        try Data(bytes).write(to: file)
        return try readFile().records
    }

    /// What the reader gives of the file, or of one request in it, and whether it ended by telling of damage.
    func readFile(request: UInt64? = nil) throws -> (records: [TraceRecord], isRefused: Bool) {
        var records: [TraceRecord] = []
        do {
            var reader = try TraceReader(path: file.path)
            if let request {
                try reader.forEachRecord(ofRequest: request) { records.append($0) }
            } else {
                try reader.forEachRecord { records.append($0) }
            }
        } catch is TraceError {
            return (records, true)
        }
        return (records, false)
    }

    func recover(_ bytes: [UInt8]) throws -> (records: [TraceRecord], findings: TraceRecovery.Findings) {
        try Data(bytes).write(to: file)
        return try recoverFile()
    }

    func recoverFile() throws -> (records: [TraceRecord], findings: TraceRecovery.Findings) {
        var records: [TraceRecord] = []
        let findings = try TraceRecovery.read(file.path) { records.append($0) }
        return (records, findings)
    }

    /// Whether `part` is what is left of `whole` when some records are taken away.
    func isSubsequence(_ part: [TraceRecord], of whole: [TraceRecord]) -> Bool {
        var index = 0
        for record in part {
            while index < whole.count, whole[index] != record { index += 1 }
            if index == whole.count { return false }
            index += 1
        }
        return true
    }

    @Test("a cut at any byte costs what lies behind it, and nothing before")
    func cuts() throws {
        let trace = try SampleTrace(requests: 2, chunksPerRequest: 6, chunkByteCount: 200)
        #expect(trace.chunks.count > 3)
        for cut in 0...trace.bytes.count {
            let bytes = Array(trace.bytes[..<cut])
            let whole = trace.chunks.filter { $0.upperBound <= cut }.count
            let expected = try recordsOfChunks(trace, whole)
            // Of the chunk that was cut, whole blocks are saved beyond that.
            let recovered = try recover(bytes).records
            #expect(Array(recovered.prefix(expected.count)) == expected, "recovered after a cut at \(cut)")
            let isRight = isSubsequence(recovered, of: trace.records)
            #expect(isRight, "recovered after a cut at \(cut)")
            if cut >= MCAP.magic.count { #expect(try read(bytes) == expected, "read after a cut at \(cut)") }
        }
    }

    @Test("a length that was hit is told of in a recording that was cut off, too")
    func lengthOfCutFile() throws {
        let trace = try SampleTrace(requests: 2, chunksPerRequest: 6, chunkByteCount: 200)
        var bytes = Array(trace.bytes[..<(trace.chunks[2].upperBound - 3)])
        // The highest byte but one of the first chunk's length: behind the opcode, little-endian.
        bytes[trace.chunks[0].lowerBound + 7] ^= 0x10
        try Data(bytes).write(to: file)
        #expect(throws: TraceError.self) {
            var reader = try TraceReader(path: file.path)
            try reader.forEachRecord { _ in }
        }
    }

    /// The records of the first chunks, told by decompressing them alone.
    func recordsOfChunks(_ trace: SampleTrace, _ count: Int) throws -> [TraceRecord] {
        guard count > 0 else { return [] }
        let end = trace.chunks[count - 1].upperBound
        return try read(Array(trace.bytes[..<end]))
    }

    @Test("a flipped bit never makes a record up, and costs one block at most", arguments: 0..<8)
    func flips(bitOfByte: Int) throws {
        let trace = try SampleTrace(requests: 1, chunksPerRequest: 3, chunkByteCount: 100)
        // What each chunk alone holds: a flip may take no more than the chunk that it hits, which is one block here.
        let firstRequest = trace.records.filter { $0.attempt?.request == 1 }
        let counts = try (0...trace.chunks.count).map { try recordsOfChunks(trace, $0).count }
        try Data(trace.bytes).write(to: file)
        let handle = try FileHandle(forUpdating: file)
        for index in trace.bytes.indices {
            try handle.seek(toOffset: UInt64(index))
            try handle.write(contentsOf: [trace.bytes[index] ^ 1 << bitOfByte])
            let read = try readFile()
            let areReadRight = isSubsequence(read.records, of: trace.records)
            #expect(areReadRight, "byte \(index)")
            #expect(read.isRefused || read.records.count == trace.records.count, "byte \(index): a silent loss")
            // A lookup reads nothing of the head that the reading above doesn't.
            if index >= trace.chunks[0].lowerBound {
                let found = try readFile(request: 1)
                #expect(found.isRefused || found.records == firstRequest, "byte \(index): a silent loss in a lookup")
            }
            let recovered = try recoverFile()
            let areRecoveredRight = isSubsequence(recovered.records, of: trace.records)
            #expect(areRecoveredRight, "byte \(index)")
            let hit = trace.chunks.firstIndex { $0.contains(index) }
            let most = hit.map { counts[$0 + 1] - counts[$0] } ?? 0
            let lost = trace.records.count - recovered.records.count
            #expect(lost <= most, "byte \(index)")
            if lost > 0 { #expect(!recovered.findings.losses.isEmpty, "byte \(index)") }
            try handle.seek(toOffset: UInt64(index))
            try handle.write(contentsOf: [trace.bytes[index]])
        }
    }

    @Test("random flips in large chunks cost one 256 KiB block each")
    func flipsOfLargeChunks() throws {
        let trace = try SampleTrace(requests: 50, chunksPerRequest: 400, chunkByteCount: 1 << 20, textByteCount: 150)
        #expect(trace.chunks.count >= 3)
        let total = trace.records.reduce(0) { $0 + byteCount($1) }
        var random = SystemRandom(seed: 5)
        for _ in 0..<60 {
            var bytes = trace.bytes
            let bit = Int(random.next() % UInt64(bytes.count * 8))
            bytes[bit / 8] ^= 1 << (bit % 8)
            let recovered = try recover(bytes)
            let isRight = isSubsequence(recovered.records, of: trace.records)
            #expect(isRight, "bit \(bit)")
            let lost = total - recovered.records.reduce(0) { $0 + byteCount($1) }
            // The block itself, and the messages that reach into it from both sides: 400 chunks of 150 bytes at most.
            #expect(lost <= 256 << 10 + 2 * 400 * 150, "bit \(bit) cost \(lost) bytes")
        }
    }

    private func byteCount(_ record: TraceRecord) -> Int {
        if case .chunks(let batch) = record { batch.data.count } else { 0 }
    }

    @Test("bytes that are no trace at all are refused, or give nothing", arguments: [0, 1, 7, 8, 9, 40, 4096])
    func noise(count: Int) throws {
        var random = SystemRandom(seed: UInt64(count))
        let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        #expect(try read(bytes).isEmpty)
        #expect(try recover(bytes).records.isEmpty)
        #expect(try read(MCAP.magic + bytes).isEmpty)
        #expect(try recover(MCAP.magic + bytes).records.isEmpty)
    }
}
