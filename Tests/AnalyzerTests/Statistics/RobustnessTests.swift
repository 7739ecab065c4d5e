// Awkward samples through every function: nothing traps, nothing is NaN, no interval is upside down.

import Testing

@testable import Analyzer

@Suite("robustness")
struct RobustnessTests {
    /// Up to 40 values of a kind that has broken such code before: ties, constants, huge, tiny, negative zero, outliers.
    private static func sample(_ number: Int) -> [Double] {
        var stream = RandomKey(seed: 77, label: "robustness").stream(replicate: UInt64(number))
        let size = stream.index(below: 41)
        let kind = stream.index(below: 8)
        return (0..<size).map { index in
            let u = stream.unit()
            switch kind {
            case 0: return (u * 3).rounded()
            case 1: return 5
            case 2: return u * 1e307
            case 3: return u * 1e-305
            case 4: return u < 0.5 ? -0.0 : 0.0
            case 5: return index == 0 ? 1e9 : u
            case 6: return 1e9 + (u * 4).rounded() * 1e-6
            default: return u < 0.1 ? -u : Elementary.exp(8 * u)
            }
        }
    }

    private func check(_ interval: Interval?, _ place: Comment) {
        guard let interval else { return }
        #expect(interval.low?.isFinite != false, place)
        #expect(interval.high?.isFinite != false, place)
        if let low = interval.low, let high = interval.high { #expect(low <= high, place) }
    }

    private func check(_ estimate: Estimate, _ place: Comment) {
        #expect(estimate.value?.isFinite != false, place)
        #expect(estimate.standardError?.isFinite != false, place)
        check(estimate.interval, place)
        if estimate.value == nil { #expect(!estimate.flags.isEmpty, place) }
    }

    @Test("every statistic of one sample is total", arguments: 0..<120)
    func oneSample(number: Int) {
        let values = Self.sample(number)
        let plan = ResamplingPlan(replicates: 39, key: RandomKey(seed: 1, label: "r"))
        for censored in [0, 2] {
            let sample = Sample(values, censored: censored)
            for method in MeanInterval.Method.allCases {
                check(MeanInterval.estimate(of: sample, confidence: 0.95, method: method, plan: plan), "mean \(method)")
            }
            for p in [0, 0.01, 0.5, 0.9, 0.99, 1] {
                for method in QuantileInterval.Method.allCases {
                    let estimate = QuantileInterval.estimate(of: sample, p: p, confidence: 0.95, method: method)
                    check(estimate, "p\(p) \(method)")
                }
                check(ConfidenceSequence.estimate(of: sample, p: p, confidence: 0.95), "sequence p\(p)")
                #expect(Quantile.harrellDavis(sorted: Sample(values).sorted, p: p)?.isNaN != true)
            }
        }
        #expect(SeriesDependence(values)?.effectiveSampleSize.isNaN != true)
        #expect(Drift.ljungBox(values)?.pValue.isNaN != true)
        #expect(Drift.kpss(values)?.statistic.isNaN != true)
        #expect(Drift.mannKendall(values)?.pValue.isNaN != true)
        #expect(Drift.pettitt(values)?.pValue.isNaN != true)
        _ = Drift.suggestedWarmUp(values)
        check(Paired.pseudomedian(values, confidence: 0.95), "pseudomedian")
        check(Paired.student(values, confidence: 0.95).estimate, "paired t")
        #expect((0...1).contains(Paired.signedRank(values).test.pValue))
    }

    @Test("every statistic of a design is total", arguments: 0..<60)
    func design(number: Int) {
        let values = Self.sample(number)
        var stream = RandomKey(seed: 78, label: "layout").stream(replicate: UInt64(number))
        let arm = Arm(
            values: values,
            prompts: values.map { _ in stream.index(below: 4) },
            rounds: values.indices.map { $0 / 2 }
        )
        let layout = RecordingLayout(prompts: arm.prompts, rounds: arm.rounds)
        for target in InferenceTarget.allCases {
            check(Clustered.mean(values, layout: layout, target: target, confidence: 0.95).estimate, "mean \(target)")
            for p in [0.5, 0.99] {
                let quantile = Clustered.quantile(values, p: p, layout: layout, target: target, confidence: 0.95)
                check(quantile.estimate, "p\(p) \(target)")
            }
        }
        let plan = ResamplingPlan(replicates: 39, key: RandomKey(seed: 1, label: "r"))
        for scheme in [
            ResamplingScheme.promptClusters, .circularBlocks(length: 3), .stationary(meanLength: 2),
            .pigeonhole(length: 2),
        ] {
            let bootstrap = DesignBootstrap(layout: layout, scheme: scheme, plan: plan)
            check(bootstrap.estimate(of: values, .mean, confidence: 0.95), "\(scheme)")
            check(bootstrap.estimate(of: values, .quantile(0.9), confidence: 0.95), "\(scheme)")
        }
        let other = Arm(values: Self.sample(number + 1), prompts: [0, 1, 2, 3], rounds: [0, 0, 1, 1])
        let unpaired = Comparison.unpaired(baseline: arm, candidate: other, confidence: 0.95, plan: plan)
        check(unpaired.ratio, "ratio")
        check(unpaired.difference, "difference")
        check(unpaired.shift, "shift")
        check(unpaired.superiority?.interval, "superiority")
        let paired = Comparison.paired(PairedSample(baseline: arm, candidate: other), confidence: 0.95, plan: plan)
        check(paired.ratio.estimate, "paired ratio")
        check(paired.difference.estimate, "paired difference")
        let summary = SampleSummary(arm, confidence: 0.95, plan: plan)
        check(summary.mean, "summary")
        for quantile in summary.quantiles { check(quantile.estimate, "summary \(quantile.p)") }
    }
}
