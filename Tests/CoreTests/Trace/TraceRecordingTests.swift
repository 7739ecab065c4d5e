// A recording's files: segments, the index of requests, a disk that fills, a file that grows while it is read.

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Core

@Suite("A recording's files")
struct TraceRecordingTests {
    static func instant(_ milliseconds: Int64) -> TraceInstant {
        TraceInstant(nanosecondsSinceEpoch: 1_790_000_000_000_000_000).advanced(by: .milliseconds(milliseconds))
    }

    static func request(_ number: UInt64, at milliseconds: Int64) -> TraceRecord {
        .request(
            RequestRecord(
                id: AttemptID(request: number),
                scheduled: instant(milliseconds),
                dispatched: instant(milliseconds),
                url: "http://127.0.0.1/\(number)",
                headers: [],
                body: "{}",
                operation: "converse-stream",
                model: "m",
                region: "r",
                promptID: "p\(number)"
            )
        )
    }

    static func chunk(_ number: UInt64, _ index: UInt32, _ text: String, at milliseconds: Int64) -> TraceRecord {
        let stamp = ChunkStamp(instant: instant(milliseconds), length: UInt32(text.utf8.count), source: .kernel)
        return .chunks(
            ChunkBatch(
                attempt: AttemptID(request: number),
                firstIndex: index,
                stamps: [stamp],
                data: Array(text.utf8)
            )
        )
    }

    static func end(_ number: UInt64, at milliseconds: Int64) -> TraceRecord {
        .end(
            EndRecord(
                id: AttemptID(request: number),
                completed: instant(milliseconds),
                chunks: 0,
                bytes: 0,
                xxHash64: 0,
                outcome: .ok
            )
        )
    }

    static func records(_ path: String) throws -> [TraceRecord] {
        var records: [TraceRecord] = []
        var reader = try TraceReader(path: path)
        try reader.forEachRecord { records.append($0) }
        return records
    }

    // MARK: Segments

    @Test("a segment is closed at its age or size, and a request goes on in the next")
    func rotation() throws {
        let scratch = try ScratchFolder()
        let folder = scratch.url("run").path
        let rule = try #require(TraceRotation("1h,512MiB"))
        #expect(rule == TraceRotation(interval: .seconds(3600), byteCount: 512 << 20))
        var recording = try TraceRecording(
            to: .folder(path: folder, rotation: TraceRotation(interval: .seconds(10))),
            run: RunMetadata(runID: "r1"),
            start: Self.instant(0)
        )
        try recording.setOrigin(TraceOrigin(kind: .replayer))
        try recording.append(Self.request(1, at: 0))
        try recording.append(Self.chunk(1, 0, "ab", at: 1))
        try recording.flushIfDue(now: Self.instant(9_999))
        #expect(recording.paths.count == 1)
        try recording.flushIfDue(now: Self.instant(10_000))
        try recording.append(Self.chunk(1, 1, "cd", at: 10_001))
        try recording.append(Self.end(1, at: 10_002))
        try recording.close()

        // 1,790,000,000 s is 2026-09-21 14:13:20 UTC (date -u -d @1790000000).
        let names = recording.paths.map { $0.split(separator: "/").last.map(String.init) ?? "" }
        #expect(names == ["r1-20260921T141320Z-00001.mcap", "r1-20260921T141330Z-00002.mcap"])
        #expect(try TracePaths.expand([folder]) == recording.paths)

        var verification = TraceVerification()
        for path in recording.paths { try verification.verify(path) }
        #expect(verification.result.faults == [])
        #expect(verification.result.openAttemptCount == 0)
        let all = try recording.paths.flatMap { try Self.records($0) }
        #expect(all.count == 4)
        // XXH64 of "abcd", as `xxhsum -H64` prints it.
        let end = try #require(all.last)
        let expected = EndRecord(
            id: AttemptID(request: 1),
            completed: Self.instant(10_002),
            chunks: 2,
            bytes: 4,
            xxHash64: 0xDE03_27B0_D25D_92CC,
            outcome: .ok
        )
        #expect(end == .end(expected))
        for path in recording.paths {
            var reader = try TraceReader(path: path)
            try reader.forEachRecord { _ in }
            #expect(reader.origin?.isSynthetic == true)
            #expect(reader.isClosed)
        }
    }

    @Test(
        "what is no rule is refused",
        arguments: ["", "1", "h", "0h", "1h,", "1h,2h", "1.5h", "-1h", "1 h", "99999999999999999999h", "1TB"]
    )
    func badRules(text: String) {
        #expect(TraceRotation(text) == nil)
    }

    @Test("a segment alone is no fault, though its first request began before it")
    func lateSegment() throws {
        let scratch = try ScratchFolder()
        let folder = scratch.url("run").path
        var recording = try TraceRecording(
            to: .folder(path: folder, rotation: TraceRotation()),
            run: RunMetadata(runID: "r"),
            start: Self.instant(0)
        )
        try recording.append(Self.request(1, at: 0))
        try recording.append(Self.chunk(1, 0, "ab", at: 1))
        try recording.rotate(now: Self.instant(5))
        try recording.append(Self.chunk(1, 1, "cd", at: 6))
        try recording.append(Self.end(1, at: 7))
        try recording.close()
        var verification = TraceVerification()
        try verification.verify(recording.paths[1])
        #expect(verification.result.faults == [])
    }

    // MARK: One request of many

    @Test(
        "one request is read through the index, as it is read from the whole",
        arguments: [1, 17, 40, 99] as [UInt64]
    )
    func lookup(number: UInt64) throws {
        let scratch = try ScratchFolder()
        let trace = try SampleTrace(requests: 40, chunksPerRequest: 20, chunkByteCount: 700)
        let file = scratch.url("t.mcap")
        try Data(trace.bytes).write(to: file)
        var found: [TraceRecord] = []
        var reader = try TraceReader(path: file.path)
        #expect(try reader.forEachRecord(ofRequest: number) { found.append($0) })
        let isSame = found == trace.records.filter { $0.attempt?.request == number }
        #expect(isSame)
        #expect(reader.run?.runID == "run")

        // A file that was cut has no index, and is read whole.
        try Data(trace.bytes.dropLast(20)).write(to: file)
        var cut = try TraceReader(path: file.path)
        found = []
        #expect(try !cut.forEachRecord(ofRequest: number) { found.append($0) })
        let isStillSame = found == trace.records.filter { $0.attempt?.request == number }
        #expect(isStillSame)
    }

    // MARK: A full disk

    /// Takes so many bytes, then says that the disk is full until its reserve is given free.
    struct FullDisk: TraceOutput {
        var bytes: [UInt8] = []
        var capacity: Int
        var reserve: Int

        mutating func write(_ new: [UInt8]) throws(TraceError) {
            guard bytes.count + new.count <= capacity else { throw .diskFull(path: "full") }
            bytes += new
        }

        mutating func synchronize() throws(TraceError) {}

        mutating func releaseReserve() -> Bool {
            defer { reserve = 0 }
            capacity += reserve
            return reserve > 0
        }
    }

    @Test("a disk that fills loses nothing up to then, and the trace is closed all the same")
    func fullDisk() throws {
        let scratch = try ScratchFolder()
        var options = TraceWriterOptions()
        options.chunkByteCount = 1_000
        var writer = try TraceWriter(
            FullDisk(capacity: 20_000, reserve: 100_000),
            run: RunMetadata(runID: "r"),
            options: options
        )
        var written: [TraceRecord] = []
        var number: UInt64 = 0
        #expect(throws: TraceError.diskFull(path: "full")) {
            while number < 10_000 {
                number += 1
                let record = Self.request(number, at: Int64(number))
                written.append(record)
                try writer.append(record)
            }
        }
        let drop = DropRecord(
            instant: Self.instant(20_000),
            reason: "disk_full",
            requests: 1,
            bytes: 2,
            message: "the disk is full"
        )
        try writer.append(.drop(drop))
        written.append(.drop(drop))
        let file = scratch.url("t.mcap")
        try Data(writer.finish().bytes).write(to: file)
        let isAllThere = try Self.records(file.path) == written
        #expect(isAllThere)
        var verification = TraceVerification()
        try verification.verify(file.path)
        #expect(verification.result.faults == [])
        #expect(written.count > 20)
    }

    @Test("the reserve is held without a name, and given free once")
    func reserve() throws {
        let scratch = try ScratchFolder()
        let path = scratch.url("t").path
        var output = try FileOutput(path: path, reserveByteCount: 1 << 16)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url("").path) == ["t"])
        let releases = [output.releaseReserve(), output.releaseReserve()]
        #expect(releases == [true, false])
        try output.write([1, 2, 3])
        #expect(try Data(contentsOf: URL(filePath: path)) == Data([1, 2, 3]))
    }

    // MARK: A file that grows

    @Test("a trace is followed while it is written, to its footer")
    func following() async throws {
        let scratch = try ScratchFolder()
        let trace = try SampleTrace(requests: 3, chunksPerRequest: 10, chunkByteCount: 300)
        let file = scratch.url("t.mcap")
        let path = file.path
        try Data(trace.bytes.prefix(3_000)).write(to: file)
        let looks = Mutex(0)
        let bytes = trace.bytes
        // Each look of the reader lets the file grow by a little, so that it meets every kind of unfinished record.
        let growth = FileGrowth(intervalMilliseconds: 0) {
            looks.withLock { look in
                look += 1
                guard let handle = try? FileHandle(forWritingTo: URL(filePath: path)) else { return false }
                let start = 3_000 + (look - 1) * 97
                guard start < bytes.count else { return false }
                _ = try? handle.seekToEnd()
                try? handle.write(contentsOf: bytes[start..<min(start + 97, bytes.count)])
                return true
            }
        }
        var records: [TraceRecord] = []
        var reader = try TraceReader(path: path)
        try reader.forEachRecord(following: growth) { records.append($0) }
        let isSame = records == trace.records
        #expect(isSame)
        #expect(reader.isClosed)
        #expect(looks.withLock { $0 } > 10)
    }
}
