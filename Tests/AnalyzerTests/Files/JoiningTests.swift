// Several recordings as one: which files belong together, how clocks are aligned, what requests are called.

import Core
import Foundation
import TestSupport
import Testing

@testable import Analyzer

@Suite("Joining of recordings")
struct JoiningTests {
    // MARK: Files

    func file(_ path: String, _ run: String, _ segment: Int) -> SourceTrace {
        SourceTrace(path: path, run: RunMetadata(runID: run, segment: segment))
    }

    @Test("segments follow each other, whatever the order given; parts of a segment lie side by side")
    func groups() {
        let runs = SourceRun.group([
            file("b2", "b", 2), file("a1", "a", 1), file("b1", "b", 1), file("a1-late", "a", 1), file("b3", "b", 3),
            file("unnamed", "", 1), file("unnamed-2", "", 1),
        ])
        #expect(runs.map(\.id) == ["b", "a", "", ""])
        #expect(runs[0].lanes.map { $0.map(\.path) } == [["b1", "b2", "b3"]])
        #expect(runs[1].lanes.map { $0.map(\.path) } == [["a1"], ["a1-late"]])
        #expect(runs[2].files.map(\.path) == ["unnamed"])
    }

    // MARK: Clocks

    /// A snapshot of a host's clocks; what the timeline showed, the monotonic clock, the wall clock.
    func clock(
        _ timeline: UInt64,
        _ monotonic: UInt64,
        _ realtime: UInt64,
        boot: String,
        isSynchronized: Bool = true
    ) -> ClockRecord {
        ClockRecord(
            instant: TraceInstant(nanosecondsSinceEpoch: timeline),
            snapshot: ClockSnapshot(
                realtimeNanoseconds: realtime,
                monotonicNanoseconds: monotonic,
                monotonicRawNanoseconds: monotonic,
                boottimeNanoseconds: monotonic,
                uncertaintyNanoseconds: 1,
                bootID: boot,
                synchronization: .init(isSynchronized: isSynchronized, maximumErrorMicroseconds: 7)
            )
        )
    }

    @Test("a recording is moved by what its wall clock and its timeline are apart")
    func shifts() {
        // The first host's wall clock is 10 ns ahead of its timeline, the second's 10 ns behind.
        let alignments = ClockAlignment.align([
            [clock(1_000, 500, 1_010, boot: "a")], [clock(2_000, 100, 1_990, boot: "b")], [],
        ])
        #expect(alignments.map(\.shift.count) == [10, -10, 0])
        #expect(alignments.map(\.snapshotCount) == [1, 1, 0])
        #expect(alignments[0].maximumError == Nanoseconds(7_000))
    }

    @Test("a median of synchronized snapshots counts, a wild one doesn't")
    func medians() {
        // Ahead by 0, 4 and 900,000 ns: the lower median is 4. The unsynchronized one, by a second, is not asked.
        let alignment = ClockAlignment.align([
            [
                clock(1_000, 0, 1_000, boot: "a"), clock(2_000, 1_000, 2_004, boot: "a"),
                clock(3_000, 2_000, 903_000, boot: "a"),
                clock(4_000, 3_000, 1_000_004_000, boot: "a", isSynchronized: false),
            ]
        ])[0]
        #expect(alignment.shift == Nanoseconds(4))
        #expect(alignment.spread == Nanoseconds(900_000))
        #expect(alignment.isSynchronized)
    }

    @Test("recordings of one boot keep the distance that their common monotonic clock gives them")
    func oneBoot() {
        // Both timelines are the monotonic clock + 500; the wall clock was stepped by 4 ns between them.
        let alignments = ClockAlignment.align([
            [clock(1_000, 500, 1_000, boot: "a")], [clock(6_000, 5_500, 6_004, boot: "a")],
        ])
        #expect(alignments[0].shift == alignments[1].shift)
    }

    // MARK: Numbers

    @Test("requests are numbered by their starts, equal starts by recording; connections as they are met")
    func numbers() {
        func at(_ time: UInt64) -> TraceInstant { TraceInstant(nanosecondsSinceEpoch: time) }
        var numbering = RequestNumbering(starts: [
            RunNumber(run: 0, number: 1): at(30), RunNumber(run: 0, number: 2): at(40),
            RunNumber(run: 1, number: 1): at(30), RunNumber(run: 1, number: 2): at(10),
        ])
        func renumbered(_ request: UInt64, run: Int, connection: UInt64) -> (UInt64?, UInt64) {
            let record = ConnectionRecord(
                id: AttemptID(request: request, attempt: 2),
                connection: connection,
                isReused: false,
                remoteAddress: "",
                httpVersion: ""
            )
            guard case .connection(let new) = numbering.renumbered(.connection(record), run: run) else {
                return (nil, 0)
            }
            #expect(new.id.attempt == 2)
            return (new.id.request, new.connection)
        }
        #expect(renumbered(2, run: 1, connection: 5) == (1, 1))
        #expect(renumbered(1, run: 0, connection: 5) == (2, 2))
        #expect(renumbered(1, run: 1, connection: 5) == (3, 1))
        #expect(renumbered(2, run: 0, connection: 6) == (4, 3))
    }

    // MARK: Segments

    /// A batch as one batch a chunk.
    func singly(_ record: TraceRecord) -> [TraceRecord] {
        guard case .chunks(let batch) = record else { return [record] }
        var offset = 0
        return batch.stamps.enumerated().map { index, stamp in
            defer { offset += Int(stamp.length) }
            return .chunks(
                ChunkBatch(
                    attempt: batch.attempt,
                    firstIndex: batch.firstIndex + UInt32(index),
                    stamps: [stamp],
                    data: Array(batch.data[offset..<(offset + Int(stamp.length))])
                )
            )
        }
    }

    @Test("a request that lies across two segments is one request")
    func segments() throws {
        let scratch = try ScratchFolder()
        let answer = HandmadeAnswer.texts(["one", "two", "three"], outputTokens: 3)
        let requests = [1, 2].map { number in
            var request = HandmadeRequest(answer, at: answer.messages.indices.map { Double($0 * 10 + number) })
            request.id = AttemptID(request: UInt64(number))
            return request.records.flatMap(singly)
        }
        func write(to paths: [String]) throws {
            var writer = try TraceWriter(FileOutput(path: paths[0]), run: RunMetadata(runID: "run"))
            for index in requests[0].indices {
                // Behind the request, its connection, its response and two messages.
                if index == 5, paths.count > 1 { try writer.rotate(to: FileOutput(path: paths[1])) }
                for records in requests { try writer.append(records[index]) }
            }
            try writer.close()
        }
        let whole = scratch.url("whole.mcap").path
        let parts = [scratch.url("1.mcap").path, scratch.url("2.mcap").path]
        try write(to: [whole])
        try write(to: parts)
        let expected = try TraceAnalysis.rows([whole]).rows
        #expect(expected.map(\.outcome) == [.ok, .ok])
        for threads in [1, 2] {
            let rows = try TraceAnalysis.rows(parts, threads: threads).rows
            #expect(rows.map(\.outcome) == [.ok, .ok])
            #expect(rows.map(\.metrics.ttlt) == expected.map(\.metrics.ttlt))
            #expect(rows.map(\.usage.outputTokens) == [3, 3])
            #expect(rows.map(\.file) == ["2.mcap", "2.mcap"])
        }
        // A beginning alone is an answer that never ended, and so it is in the wrong order.
        let beginnings = try TraceAnalysis.rows([parts[0]]).rows
        #expect(beginnings.count == 2)
        #expect(beginnings.allSatisfy { $0.outcome != .ok })
        #expect(try TraceAnalysis.rows(parts.reversed()).rows.map(\.outcome) == beginnings.map(\.outcome))
    }
}
