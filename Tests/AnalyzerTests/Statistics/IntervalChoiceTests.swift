// Each interval that can be asked for in place of the default is the one its name says.

import Testing

@testable import Analyzer

@Suite("chosen intervals")
struct IntervalChoiceTests {
    private let plan = ResamplingPlan(replicates: 199, key: RandomKey(seed: 42, label: "test/choice"))

    /// Twenty prompts in thirty rounds.
    private let arm: Arm = {
        var stream = RandomKey(seed: 8, label: "choice").stream(replicate: 0)
        var arm = Arm(values: [], prompts: [], rounds: [])
        for round in 0..<30 {
            for prompt in 0..<20 {
                arm.values.append(100 + Double(prompt) + Double(round % 7) + 10 * stream.unit())
                arm.prompts.append(prompt)
                arm.rounds.append(round)
            }
        }
        return arm
    }()

    private func summary(_ choice: IntervalChoice, _ arm: Arm, censored: Bool = false) -> SampleSummary {
        SampleSummary(
            arm,
            infinityIsCensored: censored,
            probabilities: [0.5, 0.9],
            intervals: choice,
            confidence: 0.95,
            plan: plan
        )
    }

    @Test(
        "the method is the one that was asked for",
        arguments: [
            (IntervalChoice.promptsLikeThese, IntervalMethod.twoWay, IntervalMethod.twoWay),
            (.thesePrompts, .timeSections, .timeSections), (.independent, .bootstrapT, .nyblom),
            (.percentile, .exactPercentile, .exactPercentile), (.basic, .exactBasic, .exactBasic),
            (.bca, .exactBCa, .exactBCa), (.promptBootstrap, .promptBootstrap, .promptBootstrap),
            (.blockBootstrap, .circularBlockBootstrap, .circularBlockBootstrap),
            (.stationaryBootstrap, .stationaryBootstrap, .stationaryBootstrap),
            (.pigeonholeBootstrap, .pigeonholeBootstrap, .pigeonholeBootstrap), (.alwaysValid, .none, .alwaysValid),
        ]
    )
    func methods(choice: IntervalChoice, mean: IntervalMethod, quantile: IntervalMethod) throws {
        let found = summary(choice, arm)
        #expect(found.mean.method == mean)
        #expect(found.quantiles.map(\.estimate.method) == [quantile, quantile])
        // The estimates are the same whatever stands around them.
        let usual = summary(.promptsLikeThese, arm)
        #expect(agrees(found.mean.value, usual.mean.value))
        #expect(found.quantiles.map(\.estimate.value) == usual.quantiles.map(\.estimate.value))
        let median = try #require(found.quantiles[0].estimate.interval)
        #expect(try #require(median.low) < (try #require(found.quantiles[0].estimate.value)))
        #expect(try #require(median.high) > (try #require(found.quantiles[0].estimate.value)))
    }

    @Test("the exact intervals are those of the exact laws")
    func exact() throws {
        let sorted = arm.values.sorted()
        let median = try #require(ExactQuantileBootstrap(sorted: sorted, p: 0.5))
        let mean = try #require(ExactMeanBootstrap(arm.values))
        #expect(summary(.percentile, arm).quantiles[0].estimate.interval == median.percentile(confidence: 0.95))
        #expect(summary(.basic, arm).quantiles[0].estimate.interval == median.basic(confidence: 0.95))
        #expect(summary(.bca, arm).quantiles[0].estimate.interval == median.bca(confidence: 0.95).interval)
        #expect(summary(.basic, arm).mean.interval == mean.basic(confidence: 0.95))
        let valid = ConfidenceSequence.estimate(of: Sample(arm.values), p: 0.5, confidence: 0.95)
        #expect(summary(.alwaysValid, arm).quantiles[0].estimate.interval == valid.interval)
        #expect(summary(.alwaysValid, arm).mean.flags == [.noIntervalForMean])
    }

    @Test("what takes requests as independent says so")
    func flags() {
        for choice in [IntervalChoice.independent, .percentile, .basic, .bca, .alwaysValid] {
            let found = summary(choice, arm)
            #expect(found.target == .independent)
            #expect(found.quantiles.allSatisfy { $0.estimate.flags.contains(.independentRequests) }, "\(choice)")
        }
    }

    @Test("every choice copes with every awkward sample", arguments: IntervalChoice.allCases)
    func awkward(choice: IntervalChoice) {
        let arms = [
            Arm(values: [], prompts: [], rounds: []), Arm(values: [3], prompts: [0], rounds: [0]),
            Arm(values: [.nan, 2], prompts: [0, 1], rounds: [0, 0]),
            Arm(values: [1, 2, 3, 4], prompts: [0, 0, 0, 0], rounds: [0, 1, 2, 3]),
            Arm(
                values: Array(repeating: 5, count: 40),
                prompts: (0..<40).map { $0 % 2 },
                rounds: (0..<40).map { $0 / 2 }
            ),
            Arm(
                values: (0..<40).map { $0 % 3 == 0 ? .infinity : Double($0) },
                prompts: Array(0..<40).map { $0 % 4 },
                rounds: (0..<40).map { $0 / 4 }
            ),
        ]
        for (index, arm) in arms.enumerated() {
            for censored in [false, true] {
                let found = summary(choice, arm, censored: censored)
                for estimate in [found.mean] + found.quantiles.map(\.estimate) {
                    let numbers = [estimate.value, estimate.interval?.low, estimate.interval?.high]
                    #expect(numbers.allSatisfy { $0?.isFinite != false }, "\(choice), sample \(index)")
                    if estimate.interval == nil || estimate.value == nil {
                        #expect(!estimate.flags.isEmpty, "\(choice), sample \(index): \(estimate)")
                    }
                }
                if censored, index == 5 { #expect(found.mean.value == nil) }
            }
        }
    }

    @Test("one prompt and few rounds leave nothing to draw from, and the estimate stays")
    func nothingToDraw() {
        let few = Arm(values: [1, 2, 4, 8], prompts: [0, 0, 0, 0], rounds: [0, 1, 2, 3])
        for choice in [IntervalChoice.promptBootstrap, .blockBootstrap, .stationaryBootstrap, .pigeonholeBootstrap] {
            let found = summary(choice, few)
            #expect(found.mean.value == 3.75)
            #expect(found.mean.interval == nil)
            #expect(found.mean.flags == [.tooFewToResample])
            #expect(found.quantiles[0].estimate.value == 3)
        }
    }
}
