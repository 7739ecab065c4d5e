// Arms against each other: pairs, ratios, corrections and gates, with figures from scipy 1.17.

import Core
import Foundation
import Testing

@testable import Analyzer

@Suite("Comparing arms")
struct ComparingTests {
    /// Six prompts, asked of model a and then of model b, interleaved; first tokens in ms.
    static let baseline = [20.0, 30, 40, 50, 60, 70]
    static let candidate = [24.0, 33, 46, 52, 69, 77]

    static func rows(
        _ arms: [(model: String, ttft: [Double])],
        interleaved: Bool = true,
        prompt: (Int, String) -> String = { index, _ in "p\(index)" }
    ) -> [RequestRow] {
        arms.enumerated().flatMap { arm, values in
            values.ttft.enumerated().map { index, ttft in
                let place = interleaved ? index * arms.count + arm : arm * values.ttft.count + index
                var request = GroupTests.request(UInt64(place), start: Double(place) * 1000, ttft: ttft)
                request.model = values.model
                request.prompt = prompt(index, values.model)
                return request.row
            }
        }
    }

    static var plan: ComparisonPlan {
        var plan = ComparisonPlan()
        plan.resamples = 199
        plan.metrics = ["ttft_ms"]
        return plan
    }

    static func report(_ rows: [RequestRow], _ plan: ComparisonPlan = plan) throws -> ComparisonReport {
        try ComparisonReport(rows, plan: plan)
    }

    static func isNear(_ a: Double?, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
        a.map { abs($0 - b) <= tolerance * abs(b) } ?? false
    }

    @Test("prompts that both arms were asked are pairs: Student's t on log ratios")
    func paired() throws {
        let report = try Self.report(Self.rows([("a", Self.baseline), ("b", Self.candidate)]))
        #expect(report.baseline == "a")
        let mean = try #require(report.statistics.first)
        #expect(mean.statistic == "geometric_mean")
        #expect(mean.isPaired)
        #expect(mean.count == 6)
        // numpy, scipy: d = log(c) − log(b); exp(mean ± t.ppf(.975, 5) · sd/√6); ttest_1samp(d, 0).
        #expect(Self.isNear(mean.ratio.value, 1.1221888244956109))
        #expect(Self.isNear(mean.ratio.interval?.low, 1.0653269845601132))
        #expect(Self.isNear(mean.ratio.interval?.high, 1.1820856657853502))
        #expect(Self.isNear(mean.pValue, 0.002321554269253723))
        // The same on c − b.
        #expect(Self.isNear(mean.difference.value, 5.166666666666667))
        #expect(Self.isNear(mean.baselineValue, 41.40680833465289))
        #expect(Self.isNear(mean.candidateValue, 46.4662575711792))
        #expect(mean.verdict == .slower)
        #expect(!mean.isConfoundedWithTime)
        #expect(report.statistics.map(\.statistic) == ["geometric_mean", "p50", "p90", "p99"])
    }

    @Test("other prompts are no pairs: Welch on logs")
    func unpaired() throws {
        let rows = Self.rows([("a", Self.baseline), ("b", Self.candidate)]) { index, model in "\(model)\(index)" }
        let mean = try #require(try Self.report(rows).statistics.first)
        #expect(!mean.isPaired)
        #expect(mean.count == 12)
        #expect(Self.isNear(mean.ratio.value, 1.1221888244956109))
        #expect(Self.isNear(mean.ratio.interval?.low, 0.6256487286747543, 1e-7))
        #expect(Self.isNear(mean.ratio.interval?.high, 2.0128031914814253, 1e-7))
        #expect(Self.isNear(mean.pValue, 0.6694567342972978, 1e-7))
        #expect(mean.verdict == .uncertain)
        var plan = Self.plan
        plan.pairing = .none
        let asked = try Self.report(Self.rows([("a", Self.baseline), ("b", Self.candidate)]), plan)
        #expect(asked.statistics[0].isPaired == false)
    }

    @Test("a request that failed takes its partner out of the pairs, and later repeats still meet")
    func failedPartner() throws {
        // Prompt x is asked three times of each; a's second answer fails.
        var rows = Self.rows([("a", [10, 20, 40]), ("b", [11, 22, 44])]) { _, _ in "x" }
        rows[1].outcome = .timeout
        let mean = try #require(try Self.report(rows).statistics.first)
        #expect(mean.isPaired)
        #expect(mean.count == 2)
        // 11/10 and 44/40, not 22/40.
        #expect(Self.isNear(mean.ratio.value, 1.1))
    }

    @Test("pairs keep to the same settings where both arms have them")
    func settings() throws {
        // Two regions; within each the candidate takes 1.5 times as long.
        let rows = ["eu", "us"].enumerated().flatMap { offset, region in
            Self.rows([("a", [10, 100]), ("b", [15, 150])]).map { row in
                var row = row
                row.region = region
                row.dispatched = row.dispatched.advanced(by: .milliseconds(Int64(offset)))
                return row
            }
        }
        let mean = try #require(try Self.report(rows).statistics.first)
        #expect(mean.count == 4)
        #expect(Self.isNear(mean.ratio.value, 1.5))
        #expect(Self.isNear(mean.ratio.interval?.low, 1.5))
    }

    @Test("all of a, then all of b, proves nothing, however large the difference")
    func confounded() throws {
        let rows = Self.rows([("a", Self.baseline), ("b", Self.baseline.map { $0 * 10 })], interleaved: false)
        let mean = try #require(try Self.report(rows).statistics.first)
        #expect(mean.isConfoundedWithTime)
        #expect(mean.verdict == .uncertain)
        let condition = try FailCondition("ttft_ms.mean > +5%")
        #expect(condition.judge(mean, confidence: 0.95) == .undecided)
    }

    @Test("p-values are adjusted over every verdict of the report, and a claim must stand among them")
    func holm() throws {
        // Five candidates; only one differs, and by little.
        let arms =
            [("a", Self.baseline), ("b", Self.candidate)]
            + ["c", "d", "e", "f"].map { ($0, Self.baseline.shuffledByHand) }
        let report = try Self.report(Self.rows(arms))
        let tested = report.statistics.filter { $0.pValue != nil }
        #expect(tested.count >= 5)
        let expected = MultipleComparisons.holm(tested.compactMap(\.pValue))
        #expect(tested.compactMap(\.adjustedPValue) == expected)
        for one in tested where [.faster, .slower].contains(one.verdict) {
            #expect((one.adjustedPValue ?? 1) < 0.05)
        }
    }

    @Test("more tokens a second are faster, more milliseconds slower")
    func direction() throws {
        var plan = Self.plan
        plan.metrics = ["ttft_ms", "otps"]
        plan.baseline = "b"
        let arms = [("a", Self.baseline), ("b", Self.candidate)]
        var rows = Self.rows(arms)
        for index in rows.indices { rows[index].metrics.outputTokensPerSecond = rows[index].metrics.ttft }
        let report = try Self.report(rows, plan)
        let verdicts = report.statistics.filter { $0.statistic == "geometric_mean" }.map(\.verdict)
        #expect(verdicts == [.faster, .slower])
        #expect(report.statistics.allSatisfy { $0.baseline == "b" && $0.candidate == "a" })
    }

    @Test("equal arms are practically equal")
    func equal() throws {
        let report = try Self.report(Self.rows([("a", Self.baseline), ("b", Self.baseline)]))
        #expect(report.statistics[0].verdict == .practicallyEqual)
        #expect(report.statistics[0].ratio.value == 1)
    }

    @Test("what cannot be compared is named")
    func errors() {
        let one = Self.rows([("a", Self.baseline)])
        #expect(throws: ComparisonError.oneArm(key: "model", value: "a")) { try Self.report(one) }
        #expect(throws: ComparisonError.oneArm(key: "model", value: nil)) { try Self.report([]) }
        let two = Self.rows([("a", Self.baseline), ("b", Self.baseline)])
        var plan = Self.plan
        plan.baseline = "z"
        #expect(throws: ComparisonError.unknownBaseline("z", known: ["a", "b"])) { try Self.report(two, plan) }
        plan = Self.plan
        plan.metrics = ["coalesced"]
        #expect(throws: ComparisonError.self) { try Self.report(two, plan) }
    }

    @Test("an arm that only failed has no estimate and no verdict but uncertain")
    func failedArm() throws {
        var rows = Self.rows([("a", Self.baseline), ("b", Self.candidate)])
        for index in rows.indices where rows[index].model == "b" { rows[index].outcome = .httpError }
        let report = try Self.report(rows)
        #expect(report.statistics.allSatisfy { $0.verdict == .uncertain && $0.ratio.value == nil })
        #expect(report.arms.last?.ok == 0)
        #expect(report.arms.last?.total == 6)
    }

    // MARK: --fail-on

    @Test(
        "a condition fails, holds or does not apply",
        arguments: [
            ("ttft_ms.mean > +5%", FailCondition.Finding.failed), ("ttft_ms.mean > 5 %", .failed),
            ("ttft_ms.mean > +20%", .kept), ("ttft_ms.mean < -5%", .kept), ("ttft_ms.mean > 5", .failed),
            ("ttft_ms.mean > 6", .kept), ("ttft_ms.p50 > 5%", .notMeant), ("otps.mean > 5%", .notMeant),
        ]
    )
    func conditions(text: String, finding: FailCondition.Finding) throws {
        let report = try Self.report(Self.rows([("a", Self.baseline), ("b", Self.candidate)]))
        #expect(try FailCondition(text).judge(report.statistics[0], confidence: 0.95) == finding)
    }

    @Test("a change that six requests cannot tell from chance is undecided, not failed")
    func undecided() throws {
        let report = try Self.report(Self.rows([("a", Self.baseline), ("b", Self.candidate)]))
        let p99 = try #require(report.statistics.first { $0.statistic == "p99" })
        #expect(try FailCondition("ttft_ms.p99 > 1%").judge(p99, confidence: 0.95) == .undecided)
    }

    @Test(
        "a wrong condition is refused",
        arguments: ["", "ttft_ms > 5%", "ttft_ms.p51 > 5%", "ttft_ms.p50 > x", ".p50 > 1"]
    )
    func wrongConditions(text: String) {
        #expect(throws: FilterError.self) { try FailCondition(text) }
    }

    // MARK: Output

    @Test("compare JSON has the members that the contract names")
    func json() throws {
        let text = CompareJSON.render(try Self.report(Self.rows([("a", Self.baseline), ("b", Self.candidate)])))
        let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(json["schema"] as? String == "bedrock-trace/compare/1")
        let first = try #require((json["comparisons"] as? [[String: Any]])?.first)
        let members: Set = [
            "metric", "baseline", "candidate", "statistic", "difference", "ratio", "p_value", "p_adjusted", "paired",
            "n", "verdict", "confounded_with_time",
        ]
        #expect(members.isSubset(of: Set(first.keys)))
        let ratio = try #require(first["ratio"] as? [String: Any])
        #expect(Set(["value", "low", "high"]).isSubset(of: Set(ratio.keys)))
        #expect(first["verdict"] as? String == "slower")
        #expect(first["paired"] as? Bool == true)
    }

    @Test("the table says the verdict in words")
    func table() throws {
        let text = CompareTable.render(try Self.report(Self.rows([("a", Self.baseline), ("b", Self.candidate)])))
        #expect(text.contains("slower (+12.2 %)"))
        #expect(text.contains("6 pairs"))
        #expect(text.contains("a: 6 of 6 ok, b: 6 of 6 ok"))
    }

    @Test("CSV has a row a line of the table; Markdown a table a metric")
    func otherFormats() throws {
        let report = try Self.report(Self.rows([("a", Self.baseline), ("b", Self.candidate)]))
        let lines = CompareCSV.render(report).split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines[0].hasPrefix("metric,baseline,candidate,statistic,baseline_value"))
        #expect(lines[1].hasPrefix("ttft_ms,a,b,geometric_mean,41.4068"))
        #expect(lines[1].hasSuffix(",slower,false"))
        #expect(lines.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 19 })
        #expect(CompareTable.markdown(report).contains("### ttft_ms\n\n| candidate | statistic |"))
    }

    @Test("beside a pair's ratio stand its median and the signed ranks, beside an unpaired one the ranks of both")
    func robust() throws {
        let paired = try Self.report(Self.rows([("a", Self.baseline), ("b", Self.candidate)]))
        guard case .paired(let median, let ranks)? = paired.statistics[0].robust else {
            Issue.record("no robust effect beside the pairs")
            return
        }
        // Ratios 1.2, 1.1, 1.15, 1.04, 1.15, 1.1: the middle two logarithms are those of 1.1 and 1.15.
        #expect(Self.isNear(median.value, (1.1 * 1.15).squareRoot()))
        // All six positive: 2/2⁶.
        #expect(ranks?.test.pValue == 1.0 / 32)
        #expect(paired.statistics.dropFirst().allSatisfy { $0.robust == nil })
        let rows = Self.rows([("a", Self.baseline), ("b", Self.candidate)]) { index, model in "\(model)\(index)" }
        let unpaired = try Self.report(rows)
        guard case .unpaired(let shift, let test, let superiority)? = unpaired.statistics[0].robust else {
            Issue.record("no robust effect beside the arms")
            return
        }
        // scipy.stats.mannwhitneyu(candidate, baseline, method="exact"): U = 21, p = 0.6991341991.
        #expect(Self.isNear(test.pValue, 0.6991341991341992))
        #expect(Self.isNear(superiority?.probability, 21.0 / 36))
        #expect(shift.value != nil)
        #expect(CompareJSON.render(unpaired).contains("\"cliffs_delta\""))
        #expect(CompareTable.render(paired).contains("median ratio of the pairs"))
    }

    @Test("simultaneous intervals are wider, q-values no larger than Holm's, and confounding can be accepted")
    func choices() throws {
        let rows = Self.rows([("a", Self.baseline), ("b", Self.candidate)])
        var plan = Self.plan
        plan.isSimultaneous = true
        let together = try Self.report(rows, plan)
        // Four statistics of one metric and one candidate: 1 − 0.05/4.
        #expect(Self.isNear(together.confidenceOfEach, 0.9875))
        let usual = try Self.report(rows)
        #expect((together.statistics[0].ratio.interval?.low ?? 9) < (usual.statistics[0].ratio.interval?.low ?? 0))
        plan = Self.plan
        plan.adjustment = .benjaminiHochberg
        let screened = try Self.report(rows, plan)
        for (q, holm) in zip(screened.statistics, usual.statistics) {
            #expect((q.adjustedPValue ?? 0) <= (holm.adjustedPValue ?? 1))
        }
        let sequential = Self.rows([("a", Self.baseline), ("b", Self.baseline.map { $0 * 10 })], interleaved: false)
        plan = Self.plan
        plan.acceptsConfounding = true
        let accepted = try #require(try Self.report(sequential, plan).statistics.first)
        #expect(accepted.isConfoundedWithTime)
        #expect(accepted.verdict == .slower)
        let condition = try FailCondition("ttft_ms.mean > +5%")
        #expect(condition.judge(accepted, confidence: 0.95, acceptsConfounding: true) == .failed)
        // 2.8 standard errors of the log ratio: exp((1.959964 + 0.841621) · sd/√6) − 1 with numpy's sd of the six logs.
        #expect(Self.isNear(usual.statistics[0].detectableChange, 0.058308818311409105, 1e-5))
    }

    @Test("one and two threads write the same bytes")
    func threads() throws {
        let values = (0..<60).map { 20 + Double($0 * $0 % 41) }
        let rows = Self.rows([("a", values), ("b", values.map { $0 * 1.02 })]) { index, _ in "p\(index % 5)" }
        var plan = Self.plan
        let one = CompareJSON.render(try Self.report(rows, plan))
        plan.threads = 2
        #expect(CompareJSON.render(try Self.report(rows, plan)) == one)
    }
}

extension [Double] {
    /// Neighbours exchanged.
    fileprivate var shuffledByHand: [Double] { indices.map { self[Swift.min($0 ^ 1, count - 1)] } }
}
