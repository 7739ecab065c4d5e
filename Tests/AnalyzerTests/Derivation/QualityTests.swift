// The recorder's self-measurement, added up, and what it means for a group.

import Core
import Testing

@testable import Analyzer

@Suite("Measurement quality")
struct QualityTests {
    private static func second(lags: [Int64], kernelStamped: UInt64, stolen: Int64? = nil) -> QualityRecord {
        var record = QualityRecord(instant: TraceInstant(nanosecondsSinceEpoch: 1), span: .seconds(1))
        record.chunks = 10
        record.kernelStampedChunks = kernelStamped
        for lag in lags { record.callbackLag.record(Nanoseconds(lag)) }
        record.processorTime = .milliseconds(50)
        record.stolenTime = stolen.map { Nanoseconds($0) }
        record.ringCapacity = 1_000
        record.highestRingLevel = 40 + kernelStamped
        record.pauses = 1
        return record
    }

    @Test("seconds add up; the worst second is kept")
    func sum() {
        var quality = MeasurementQuality()
        #expect(quality.facts.isEmpty)
        quality.add(Self.second(lags: [16, 16], kernelStamped: 5))
        quality.add(Self.second(lags: [31], kernelStamped: 10, stolen: 20_000_000))
        #expect(quality.chunks == 20)
        #expect(quality.callbackLag.count == 3)
        #expect(quality.callbackLag.quantile(0.5) == Nanoseconds(16))
        #expect(quality.worstCallbackLag == Nanoseconds(31))
        let facts = Dictionary(uniqueKeysWithValues: quality.facts.map { ($0.name, $0.value) })
        #expect(facts["kernel stamps"] == "75 % of 20 chunks")
        // 100 ms of processor time in 2 s, over 20 chunks.
        #expect(facts["capture thread"] == "5 % of a core, 5000 µs a chunk")
        #expect(facts["ring"] == "highest level 5 %, full 2 times")
        #expect(facts["stolen time"] == "1 % of a core")
    }

    /// A request of three deltas, 10 ms apart, with every event stamped by `source` and this much late.
    private static func row(_ source: StampSource, callbackLag: Int64 = 0, wakeLag: Int64 = 0) -> RequestRow {
        let request = GroupTests.request(1)
        var timeline = request.timeline
        for index in timeline.events.indices {
            timeline.events[index].source = source
            timeline.events[index].callbackLag = Nanoseconds(callbackLag)
            timeline.events[index].wakeLag = Nanoseconds(wakeLag)
        }
        return RequestRow(timeline, file: "hand.mcap")
    }

    private static func verdict(_ rows: [RequestRow], loopLateness: Int64 = 0) -> GroupStampQuality {
        var lateness = LatencyHistogram()
        lateness.record(Nanoseconds(loopLateness))
        return GroupStampQuality(RowSelection(rows), interTokenLatencyMilliseconds: 10, loopLateness: lateness)
    }

    @Test("a callback that comes late is worth a word, yet the kernel's stamps stand")
    func kernel() throws {
        // 1 % of 10 ms is 100 µs.
        #expect(Self.verdict([Self.row(.kernel, callbackLag: 90_000)]).warning == nil)
        let late = Self.verdict([Self.row(.kernel, callbackLag: 200_000)], loopLateness: 5_000_000)
        #expect(!late.isDoubtful)
        #expect(late.recorderDelay == nil)
        let warning = try #require(late.warning)
        #expect(warning.contains("free of it"))
        #expect(warning.contains("of the median ITL"))
    }

    @Test(
        "stamps taken by a recorder that was late are doubtful, whichever delay is the larger",
        arguments: [(-200_000, 0), (0, 200_000), (-200_000, 200_000)] as [(Int64, Int64)]
    )
    func recorder(wakeLag: Int64, loopLateness: Int64) throws {
        let verdict = Self.verdict([Self.row(.callback, wakeLag: wakeLag)], loopLateness: loopLateness)
        #expect(verdict.isDoubtful)
        #expect(verdict.callbackLag == nil)
        #expect(verdict.recorderStamped > 0)
        #expect(try #require(verdict.warning).hasPrefix("MEASUREMENT DOUBTFUL"))
    }

    @Test("a recorder in time, and a group without gaps, get no warning")
    func fine() {
        #expect(Self.verdict([Self.row(.callback, wakeLag: -50_000)], loopLateness: 40_000).warning == nil)
        let gapless = GroupStampQuality(
            RowSelection([Self.row(.callback, wakeLag: -50_000_000)]),
            interTokenLatencyMilliseconds: nil,
            loopLateness: LatencyHistogram()
        )
        #expect(gapless.warning == nil)
    }
}
