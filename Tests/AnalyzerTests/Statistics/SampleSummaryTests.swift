// The one-stop summary: what enters, what is withheld, and which interval each design gets.

import Testing

@testable import Analyzer

@Suite("sample summaries")
struct SampleSummaryTests {
    private let plan = ResamplingPlan(replicates: 199, key: RandomKey(seed: 42, label: "test/summary"))

    private func recording(prompts: Int, rounds: Int) -> Arm {
        var stream = RandomKey(seed: 4, label: "summary").stream(replicate: 0)
        var arm = Arm(values: [], prompts: [], rounds: [])
        for round in 0..<rounds {
            for prompt in 0..<prompts {
                arm.values.append(100 + Double(prompt) * 5 + 20 * stream.unit())
                arm.prompts.append(prompt)
                arm.rounds.append(round)
            }
        }
        return arm
    }

    @Test("a recording with repeated prompts gets intervals that follow its design")
    func design() {
        let summary = SampleSummary(recording(prompts: 6, rounds: 40), confidence: 0.95, plan: plan)
        #expect(summary.target == .promptsLikeThese)
        #expect(summary.mean.method == .twoWay)
        #expect(summary.quantiles.map(\.p) == [0.5, 0.9, 0.95, 0.99])
        #expect(summary.quantiles[0].estimate.method == .twoWay)
        #expect(summary.count == 240)
    }

    @Test("distinct prompts in one round are taken as independent, with bootstrap-t and order statistics")
    func independent() {
        let summary = SampleSummary(recording(prompts: 40, rounds: 1), confidence: 0.95, plan: plan)
        #expect(summary.target == .independent)
        #expect(summary.mean.method == .bootstrapT)
        #expect(summary.quantiles[0].estimate.method == .nyblom)
        #expect(summary.mean.flags == [.independentRequests])
    }

    @Test("missing, infinite and censored values are told apart and counted")
    func hygiene() {
        let arm = Arm(values: [1, .nan, 2, .infinity, 3], prompts: [0, 1, 2, 3, 4], rounds: [0, 0, 0, 0, 0])
        let plain = SampleSummary(arm, confidence: 0.95, plan: plan)
        #expect(plain.count == 3)
        #expect(plain.missingCount == 1)
        #expect(plain.infiniteCount == 1)
        #expect(plain.mean.value == 2)
        let censored = SampleSummary(arm, infinityIsCensored: true, confidence: 0.95, plan: plan)
        #expect(censored.count == 4)
        #expect(censored.censoredCount == 1)
        #expect(censored.mean.value == nil)
        #expect(censored.mean.flags == [.withheldForCensoring(1)])
        #expect(censored.quantiles[0].estimate.value == 2.5)
        #expect(censored.quantiles[3].estimate.value == nil)
        #expect(censored.quantiles[3].estimate.flags.contains(.beyondCensoring))
        #expect(censored.maximum == nil)
        #expect(censored.minimum == 1)
    }

    @Test("another tool's percentile keeps our interval")
    func lens() {
        let arm = recording(prompts: 19, rounds: 1)
        let ours = SampleSummary(arm, confidence: 0.95, plan: plan)
        let theirs = SampleSummary(arm, definition: .type6, confidence: 0.95, plan: plan)
        #expect(ours.quantiles[1].estimate.interval == theirs.quantiles[1].estimate.interval)
        let sorted = arm.values.sorted()
        // Type 6 at p = .9 of 19 values is the 18th: (n + 1) p = 18.
        #expect(theirs.quantiles[1].estimate.value == sorted[17])
    }

    @Test("no value at all is said, not shown as zero")
    func empty() {
        let summary = SampleSummary(Arm(values: [], prompts: [], rounds: []), confidence: 0.95, plan: plan)
        #expect(summary.count == 0)
        #expect(summary.mean.flags == [.noData])
        #expect(summary.minimum == nil)
        #expect(summary.quantiles.allSatisfy { $0.estimate.value == nil && $0.estimate.flags == [.noData] })
    }

    @Test("threads don't change a byte of the result")
    func threads() {
        var two = plan
        two.threads = 2
        let arm = recording(prompts: 40, rounds: 1)
        let one = SampleSummary(arm, confidence: 0.95, plan: plan)
        #expect(one.mean == SampleSummary(arm, confidence: 0.95, plan: two).mean)
    }

    @Test("unpaired arms: the ratio is that of geometric means, with each arm's own error")
    func unpaired() throws {
        let baseline = recording(prompts: 6, rounds: 30)
        var candidate = recording(prompts: 6, rounds: 30)
        candidate.values = candidate.values.map { $0 * 1.5 }
        candidate.prompts = candidate.prompts.map { $0 + 100 }
        let result = Comparison.unpaired(
            baseline: baseline,
            candidate: candidate,
            confidence: 0.95,
            plan: plan
        )
        #expect(agrees(result.ratio.value, 1.5, relative: 1e-12))
        #expect(try #require(result.ratio.interval?.low) > 1.2)
        #expect(try #require(result.pValue) < 0.01)
        #expect(try #require(result.superiority).probability > 0.9)
        #expect(agrees(result.quantiles[0].ratio.value, 1.5, relative: 1e-12))
        let nothing = Comparison.unpaired(
            baseline: Arm(values: [], prompts: [], rounds: []),
            candidate: candidate,
            confidence: 0.95,
            plan: plan
        )
        #expect(nothing.ratio.value == nil)
        #expect(nothing.pValue == nil)
        #expect(nothing.rankTest.method == .notPossible)
    }

    @Test("Welch's interval is the special case of independent requests")
    func welch() {
        let x: [Double] = [1.2, 3.4, 2.2, 5.1, 4.4]
        let y: [Double] = [6.0, 7.5, 5.5, 9.1, 8.8, 7.7]
        func arm(_ values: [Double]) -> Arm {
            Arm(values: values, prompts: Array(values.indices), rounds: values.map { _ in 0 })
        }
        let result = Comparison.unpaired(
            baseline: arm(x),
            candidate: arm(y),
            confidence: 0.95,
            plan: plan
        )
        let welch = TwoSample.welch(y, x, confidence: 0.95)
        #expect(agrees(result.difference.interval?.low, welch.estimate.interval?.low))
        #expect(agrees(result.difference.interval?.high, welch.estimate.interval?.high))
    }
}
