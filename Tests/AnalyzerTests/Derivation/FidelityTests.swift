// Stamps against a ground truth made by hand.

import Core
import Foundation
import Testing

@testable import Analyzer

@Suite("Fidelity")
struct FidelityTests {
    /// A host that booted an hour before the epoch of the hand-made requests.
    static let monotonicAtEpoch: UInt64 = 3_600_000_000_000

    static func clockRecord(at milliseconds: UInt64, error: Int64 = 0) -> ClockRecord {
        ClockRecord(
            instant: HandmadeRequest.epoch.advanced(by: .milliseconds(Int64(milliseconds))),
            snapshot: ClockSnapshot(
                realtimeNanoseconds: 0,
                monotonicNanoseconds: monotonicAtEpoch + milliseconds * 1_000_000 + UInt64(error),
                monotonicRawNanoseconds: 0,
                boottimeNanoseconds: 0,
                uncertaintyNanoseconds: 0,
                bootID: "",
                synchronization: nil
            )
        )
    }

    /// Lines of a ground truth; instants in microseconds after the epoch.
    static func truth(_ lines: [(id: String, index: Int, microseconds: UInt64)]) throws -> GroundTruth {
        let text =
            "request_id,event_index,monotonic_ns\n"
            + lines.map { "\($0.id),\($0.index),\(monotonicAtEpoch + $0.microseconds * 1000)\n" }.joined()
        return try GroundTruth(Array(text.utf8))
    }

    @Test("errors are stamp less truth, by source and burst, for first tokens and gaps")
    func errors() throws {
        let m = HandmadeAnswer.texts(["a", "b", "c"], outputTokens: 3).messages
        // Role at 10 ms, a at 20, b and c in one chunk at 30, the rest in one chunk at 40.
        let request = HandmadeRequest(
            chunks: [(10, m[0]), (20, m[1]), (30, m[2] + m[3]), (40, m[4] + m[5] + m[6])],
            completed: 40
        )
        // Sent 5, 10, 40, 20, 7, 7, 7 µs earlier.
        let sent: [UInt64] = [9_995, 19_990, 29_960, 29_980, 39_993, 39_993, 39_993]
        let truth = try Self.truth(sent.enumerated().map { ("r-1", $0, $1) })
        var fidelity = Fidelity(truth)
        let clock = try #require(MonotonicClock([Self.clockRecord(at: 0), Self.clockRecord(at: 10_000)]))
        fidelity.take(request.timeline, clock: clock)
        #expect(fidelity.matchedRequests == 1)
        #expect(fidelity.unmatchedEvents == 0)
        #expect(fidelity.missingEvents == 0)
        // Alone: 5 and 10; the others share a chunk with a neighbour: 40, 20, 7, 7, 7.
        #expect(fidelity.events.part("single") == ErrorDistribution([5_000, 10_000]))
        #expect(fidelity.events.part("coalesced") == ErrorDistribution([7_000, 7_000, 7_000, 20_000, 40_000]))
        #expect(fidelity.events.part("kernel") == fidelity.events.part("all"))
        #expect(fidelity.events.part("callback") == nil)
        #expect(fidelity.firstTokens.part("all") == ErrorDistribution([10_000]))
        #expect(fidelity.firstTokens.part("single")?.count == 1)
        // a to b: 40 − 10; b to c: |20 − 40|.
        #expect(fidelity.gaps.part("all") == ErrorDistribution([20_000, 30_000]))
        #expect(fidelity.gaps.parts.map(\.name) == ["all", "kernel", "coalesced"])
        // 5 7 7 7 10 20 40: the median is the fourth; p90 at 5.4 steps: 20 + .4 × 20; p99 at 5.94: 20 + .94 × 20.
        let all = try #require(fidelity.events.part("all"))
        #expect(all.median == 7)
        #expect(abs((all.p90 ?? 0) - 28) < 1e-9)
        #expect(abs((all.p99 ?? 0) - 38.8) < 1e-9)
        #expect(all.maximum == 40)
    }

    @Test("a gap between stamps of two sources is as sure as the less sure one")
    func mixedSources() {
        let kernel = StampError(nanoseconds: 4_000, source: .kernel, isCoalesced: false)
        let callback = StampError(nanoseconds: 30_000, source: .callback, isCoalesced: false)
        let unknown = StampError(nanoseconds: 30_000, source: .unknown, isCoalesced: true)
        #expect(
            StampError.gap(kernel, callback)
                == StampError(nanoseconds: 26_000, source: .callback, isCoalesced: false)
        )
        #expect(StampError.gap(callback, kernel).source == .callback)
        #expect(StampError.gap(callback, unknown).source == .unknown)
        #expect(StampError.gap(kernel, unknown).isCoalesced)
    }

    @Test("a stamp before the truth is a negative error")
    func early() throws {
        let m = HandmadeAnswer.texts(["a"], outputTokens: 1).messages
        let request = HandmadeRequest(chunks: [(10, m.flatMap { $0 })], completed: 10)
        var fidelity = Fidelity(try Self.truth((0..<m.count).map { ("r-1", $0, 10_003) }))
        fidelity.take(request.timeline, clock: try #require(MonotonicClock([Self.clockRecord(at: 0)])))
        #expect(fidelity.events.part("all")?.minimum == -3)
    }

    @Test("what has no partner is counted, and an identifier used twice says nothing")
    func unmatched() throws {
        let timeline = TimelineTests.plain.timeline
        let clock = try #require(MonotonicClock([Self.clockRecord(at: 0)]))
        var other = Fidelity(try Self.truth([("r-2", 0, 1)]))
        other.take(timeline, clock: clock)
        #expect(other.matchedRequests == 0)
        #expect(other.unmatchedRequests == 1)
        var twice = Fidelity(try Self.truth([("r-1", 0, 1), ("r-1", 0, 2)]))
        twice.take(timeline, clock: clock)
        #expect(twice.unmatchedRequests == 1)
        // Event 9 was sent and never arrived; events 1 to 6 arrived and nobody says when they were sent.
        var partly = Fidelity(try Self.truth([("r-1", 0, 1), ("r-1", 9, 1)]))
        partly.take(timeline, clock: clock)
        #expect(partly.unmatchedEvents == 6)
        #expect(partly.missingEvents == 1)
        #expect(partly.firstTokens.part("all")?.count == 0)
    }

    @Test("clock records that disagree show it; without one there is no conversion")
    func clocks() throws {
        #expect(MonotonicClock([]) == nil)
        let clock = try #require(
            MonotonicClock([
                Self.clockRecord(at: 0), Self.clockRecord(at: 10), Self.clockRecord(at: 20, error: 500),
            ])
        )
        #expect(clock.spread == Nanoseconds(500))
        #expect(clock.nanoseconds(HandmadeRequest.epoch) == Self.monotonicAtEpoch)
    }

    @Test(
        "a wrong ground truth is named by line and field",
        arguments: [
            ("", 1, "header"), ("a,b\n", 1, "header"), ("request_id,event_index,monotonic_ns\nr,1\n", 2, "expected"),
            ("request_id,event_index,monotonic_ns\nr,0,1\nr,x,5\n", 3, "event_index"),
            ("request_id,event_index,monotonic_ns\nr,-1,5\n", 2, "event_index"),
            ("request_id,event_index,monotonic_ns\nr,1,1.5\n", 2, "monotonic_ns"),
            ("request_id,event_index,monotonic_ns\n,1,15\n", 2, "expected"),
        ]
    )
    func wrongTruth(text: String, line: Int, reason: String) {
        let error = #expect(throws: GroundTruth.ParseError.self) { try GroundTruth(Array(text.utf8)) }
        #expect(error?.line == line)
        #expect(error?.reason.contains(reason) == true)
    }

    @Test("the report's JSON parses and names its schema")
    func json() throws {
        var fidelity = Fidelity(try Self.truth([("r-1", 0, 9_000)]))
        let clock = try #require(MonotonicClock([Self.clockRecord(at: 0)]))
        fidelity.take(TimelineTests.plain.timeline, clock: clock)
        let text = FidelityJSON.render(fidelity, clock: clock)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(json["schema"] as? String == "bedrock-trace/fidelity/1")
        let errors = try #require(json["error_us"] as? [String: [String: [String: Any]]])
        #expect(errors["events"]?["all"]?["p50"] as? Double == 1000)
        #expect(errors["ttft"]?["all"]?["p50"] is NSNull)
        #expect(FidelityTable.render(fidelity, clock: clock).contains("requests matched 1"))
    }
}
