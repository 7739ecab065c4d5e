// Drift, changes and sample sizes of recordings whose history is known.

import Core
import Foundation
import Testing

@testable import Analyzer

@Suite("Drift of a recording")
struct StabilityTests {
    /// Four prompts a round, one round every minute; `level` is the factor of a round.
    static func rows(
        rounds: Int,
        prompts: Int = 4,
        seed: UInt64 = 1,
        level: (Int) -> Double
    ) -> [RequestRow] {
        var stream = RandomKey(seed: seed, label: "stability").stream(replicate: 0)
        let template = GroupTests.request(0).row
        return (0..<(rounds * prompts)).map { index in
            let round = index / prompts
            let prompt = index % prompts
            var row = template
            row.id = AttemptID(request: UInt64(index), attempt: 1)
            row.promptID = "p\(prompt)"
            row.dispatched = HandmadeRequest.epoch.advanced(by: .seconds(Int64(round * 60 + prompt)))
            row.metrics.ttft = level(round) * (400 + 50 * Double(prompt)) * (0.95 + 0.1 * stream.unit())
            return row
        }
    }

    static func look(_ rows: [RequestRow], confidence: Double = 0.95, margin: Double = 0.03) throws -> MetricStability {
        var plan = SummaryPlan()
        plan.confidence = confidence
        let columns = try Lens.standard.columns(named: "ttft_ms")
        let groups = GroupStability.all(rows, plan: plan, metrics: columns, margin: margin)
        return try #require(groups.first?.metrics.first)
    }

    @Test("a recording that stands still is steady")
    func steady() throws {
        let found = try Self.look(Self.rows(rounds: 60) { _ in 1 })
        #expect(found.verdict == .steady)
        #expect(found.unit == "rounds")
        #expect(found.periodCount == 60)
        #expect(found.count == 240)
        #expect(found.change?.isClaimed == false)
    }

    @Test("a step is found in its round, with its instant and its size")
    func step() throws {
        let found = try Self.look(Self.rows(rounds: 60) { $0 < 25 ? 1 : 1.3 })
        #expect(found.verdict == .changed)
        let change = try #require(found.change)
        #expect(change.after == 25)
        #expect(change.instant == HandmadeRequest.epoch.advanced(by: .seconds(25 * 60)))
        #expect(abs((change.ratio ?? 0) - 1.3) < 0.02)
        #expect(DriftText.verdict(found).hasPrefix("changed +"))
        #expect(DriftText.verdict(found).hasSuffix("at 2026-09-21T14:38:20Z"))
    }

    @Test("a change smaller than the margin is not claimed")
    func smallStep() throws {
        let found = try Self.look(Self.rows(rounds: 60) { $0 < 25 ? 1 : 1.015 })
        #expect(found.change?.isClaimed == false)
    }

    @Test("a trend within the margin is none")
    func smallTrend() throws {
        // 10 % in all: the ninth decile lies about 8 % above the first.
        let rows = Self.rows(rounds: 60) { 1 + 0.1 * Double($0) / 60 }
        let found = try Self.look(rows)
        #expect(try #require(found.trend).pValue < 0.05)
        #expect([.drifting, .changed].contains(found.verdict))
        #expect(try Self.look(rows, margin: 0.2).verdict == .steady)
    }

    @Test("prompts that are asked unequally often make no drift by their mix")
    func mix() throws {
        // The slow prompt is asked in the first half only.
        var rows = Self.rows(rounds: 60, prompts: 2) { _ in 1 }
        for index in rows.indices where rows[index].promptID == "p1" { rows[index].metrics.ttft? *= 3 }
        rows.removeAll { $0.promptID == "p1" && $0.dispatched > HandmadeRequest.epoch.advanced(by: .seconds(30 * 60)) }
        let change = try #require(try Self.look(rows).change)
        #expect(!change.isClaimed)
        // Without the prompts' levels, later rounds would be half as slow.
        #expect(abs((change.ratio ?? 0) - 1) < 0.05)
    }

    @Test("prompts asked once are looked at in stretches of requests, in order of dispatch")
    func stretches() throws {
        var rows = Self.rows(rounds: 120, prompts: 1) { $0 < 60 ? 1 : 1.5 }
        for index in rows.indices { rows[index].promptID = "q\(index)" }
        let found = try Self.look(rows.reversed())
        #expect(found.unit == "stretches")
        #expect(found.periodCount == 24)
        #expect(found.verdict == .changed)
        #expect(found.change?.after == 12)
    }

    @Test("too few requests have no verdict", arguments: [0, 1, 2])
    func short(rounds: Int) throws {
        let rows = Self.rows(rounds: rounds) { _ in 1 }
        guard !rows.isEmpty else {
            #expect(GroupStability.all([], plan: SummaryPlan(), metrics: MetricColumn.all, margin: 0.03).isEmpty)
            return
        }
        #expect(try Self.look(rows).verdict == .tooShort)
    }

    @Test("every format names the verdict", arguments: DriftFormat.all.map(\.name))
    func formats(name: String) throws {
        let plan = SummaryPlan()
        let rows = Self.rows(rounds: 60) { $0 < 25 ? 1 : 1.3 }
        let columns = try Lens.standard.columns(named: "ttft_ms,otps")
        let groups = GroupStability.all(rows, plan: plan, metrics: columns, margin: 0.03)
        let format = try #require(DriftFormat.all.first { $0.name == name })
        let text = format.render(DriftDocument(plan: plan, margin: 0.03, groups: groups))
        #expect(text.contains("changed"))
        #expect(text.hasSuffix("\n"))
        if name == "json" {
            let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            #expect(json["schema"] as? String == "bedrock-trace/drift/1")
            let metrics = ((json["groups"] as? [[String: Any]])?.first?["metrics"]) as? [String: [String: Any]]
            #expect((metrics?["ttft_ms"]?["pettitt"] as? [String: Any])?["after"] as? Int == 25)
        }
    }

    // MARK: Sample sizes

    @Test("rounds and prompts needed follow from their own errors")
    func sizes() throws {
        let rows = Self.rows(rounds: 40, prompts: 6) { 1 + 0.1 * Double($0 % 5) }
        var wish = SampleSizeWish()
        wish.halfWidth = 0.02
        wish.promptCost = 20
        let columns = try Lens.standard.columns(named: "ttft_ms")
        var plan = SummaryPlan()
        plan.resamples = 199
        let group = try #require(GroupSampleSizes.all(rows, plan: plan, metrics: columns, wish: wish).first)
        let found = try #require(group.metrics.first)
        #expect(found.prompts == 6)
        #expect(found.rounds == 40)
        let values = rows.compactMap(\.metrics.ttft)
        let layout = RecordingLayout(prompts: rows.indices.map { $0 % 6 }, rounds: rows.indices.map { $0 / 6 })
        let clustered = Clustered.mean(values, layout: layout, confidence: 0.95)
        let mean = try #require(clustered.estimate.value)
        // The smallest m with t · SE · √(n/m) ≤ 0.02 mean, counted upwards.
        func size(_ count: Int, _ error: Double, _ degrees: (Int) -> Double) -> Int {
            (2...).first { m in
                let t = -SpecialFunctions.studentQuantile(0.025, degrees: degrees(m))
                return t * error * (Double(count) / Double(m)).squareRoot() <= 0.02 * mean
            } ?? 0
        }
        let variance = try #require(clustered.variance)
        let error = try #require(clustered.estimate.standardError)
        #expect(found.promptsNeeded == size(6, error) { Double(min($0, variance.sections) - 1) })
        #expect(found.roundsNeeded == size(40, variance.time.squareRoot()) { _ in Double(variance.sections - 1) })
        #expect(found.requestsNeeded == nil)
        // (1.959964 + 0.841621) √2 SE.
        let detectable = 2.801585 * 2.0.squareRoot() * (clustered.estimate.standardError ?? 0) / mean
        #expect(agrees(found.detectableChange, detectable, relative: 1e-6))
        #expect(found.repeatsPerPrompt != nil)
        #expect(found.mean.method == .twoWay)
    }

    @Test("where every prompt is asked once, requests count")
    func independentSizes() throws {
        var rows = Self.rows(rounds: 50, prompts: 1) { _ in 1 }
        for index in rows.indices { rows[index].promptID = "q\(index)" }
        let columns = try Lens.standard.columns(named: "ttft_ms")
        var plan = SummaryPlan()
        plan.resamples = 199
        let group = GroupSampleSizes.all(rows, plan: plan, metrics: columns, wish: SampleSizeWish()).first
        let found = try #require(group?.metrics.first)
        #expect(found.requestsNeeded != nil)
        #expect(found.promptsNeeded == nil)
        #expect(found.roundsNeeded == nil)
        #expect(found.correlation == nil)
        for format in SampleSizeFormat.all {
            let document = SampleSizeDocument(plan: plan, wish: SampleSizeWish(), groups: [try #require(group)])
            #expect(format.render(document).contains("ttft_ms"))
        }
    }
}
