// A against A, and against an A that is 5 % slower: how often a comparison rejects at 5 %.

import Analyzer
import Glibc

extension CoverageTables {
    private static let level = 0.05

    /// Ten prompts in 96 rounds, ρ = 0.9, as docs/statistics.md has it.
    func rejections() -> [RejectionRow] {
        let model = RecordingModel(prompts: 10, rounds: 96)
        var rows: [RejectionRow] = []
        for (name, factor) in [("no difference", 1.0), ("5 % slower", 1.05)] {
            rows += interleaved(model, "interleaved, \(name)", factor: factor)
            rows += sequential(model, "A, then B, \(name)", factor: factor)
        }
        rows += interleaved(
            RecordingModel(prompts: 10, rounds: 288, correlation: 0.5),
            "interleaved, 288 rounds, ρ = 0.5, no difference",
            factor: 1
        )
        return rows
    }

    /// Series of round medians that stand still, and such with a step of 30 % in the middle: what `drift` claims of them.
    func drift() -> [RejectionRow] {
        var rows: [RejectionRow] = []
        for rounds in [24, 96, 288] {
            for correlation in [0, 0.5, 0.9] {
                for step in [1, 1.3] {
                    let name = "\(rounds) rounds, ρ = \(correlation), \(step == 1 ? "no step" : "step of 30 %")"
                    var model = RecordingModel(prompts: 1, rounds: rounds, correlation: correlation)
                    model.noiseDeviation = 0
                    let series = model
                    let rejected = Repetitions(count: repetitions, threads: threads).rejections(3) { repetition in
                        let draw = series.draw(rejectionKey("drift/\(name)"), repetition)
                        let medians = draw.times.enumerated().map { round, time in
                            exp(time) * (round < rounds / 2 ? 1 : step)
                        }
                        let change = Drift.pettitt(medians)
                        let isSubstantial = change?.isSubstantial() ?? false
                        let isScaled = (change?.pValue(scaledFor: medians) ?? 1) < Self.level
                        let trend = Drift.mannKendall(medians)?.pValue ?? 1
                        return [isSubstantial && isScaled, trend < Self.level, isSubstantial]
                    }
                    for (method, count) in zip(
                        ["changed", "trend", "changed, without the scaled p-value"],
                        rejected
                    ) {
                        rows.append(RejectionRow(scenario: name, method: method, rejected: count, count: repetitions))
                    }
                }
            }
        }
        return rows
    }

    /// Both arms in every round: they share the prompts' and the rounds' effects.
    private func interleaved(_ model: RecordingModel, _ name: String, factor: Double) -> [RejectionRow] {
        let methods = [
            "default (paired, prompts like these)", "paired, these prompts", "default p50", "default p90",
            "naive Mann-Whitney",
        ]
        let times = Repetitions(count: repetitions, threads: threads)
        let rejected = times.rejections(methods.count) { repetition in
            var draw = model.draw(rejectionKey(name), repetition)
            let baseline = model.arm(&draw)
            let candidate = model.arm(&draw, factor: factor)
            let sample = PairedSample(baseline: baseline, candidate: candidate)
            func pValues(_ target: InferenceTarget, _ quantiles: [Double]) -> [Double?] {
                let result = Comparison.paired(
                    sample,
                    target: target,
                    confidence: CoverageBenchmark.confidence,
                    quantiles: quantiles,
                    plan: ResamplingPlan(
                        replicates: quantiles.isEmpty ? 1 : 399,
                        key: rejectionKey("\(name)/bootstrap/\(repetition)")
                    )
                )
                return [result.pValue] + result.quantiles.map(\.pValue)
            }
            let ours = pValues(.promptsLikeThese, [0.5, 0.9])
            let fixed = pValues(.thesePrompts, [])
            let naive = TwoSample.mannWhitney(candidate.values, baseline.values).pValue
            return [ours[0], fixed[0], ours[1], ours[2], naive].map { ($0 ?? 1) < Self.level }
        }
        return zip(methods, rejected).map {
            RejectionRow(scenario: name, method: $0, rejected: $1, count: repetitions)
        }
    }

    /// All of A in the first half of the time, all of B in the second.
    private func sequential(_ model: RecordingModel, _ name: String, factor: Double) -> [RejectionRow] {
        let methods = ["naive Mann-Whitney", "default, unpaired", "default verdict: not confounded and p < 5 %"]
        var whole = model
        whole.rounds = 2 * model.rounds
        let both = whole
        let times = Repetitions(count: repetitions, threads: threads)
        let rejected = times.rejections(methods.count) { repetition in
            var draw = both.draw(rejectionKey(name), repetition)
            let half = both.rounds / 2
            let baseline = both.arm(&draw, times: Array(draw.times[..<half]))
            let candidate = both.arm(&draw, times: Array(draw.times[half...]), factor: factor)
            let naive = TwoSample.mannWhitney(candidate.values, baseline.values).pValue < Self.level
            let result = Comparison.unpaired(
                baseline: baseline,
                candidate: candidate,
                confidence: CoverageBenchmark.confidence,
                quantiles: [],
                plan: ResamplingPlan(replicates: 1, key: rejectionKey("\(name)/bootstrap/\(repetition)"))
            )
            let ours = (result.pValue ?? 1) < Self.level
            let isConfounded = Comparison.isConfoundedWithTime(
                baseline.rounds.map(Double.init),
                candidate.rounds.map { Double($0 + half) }
            )
            return [naive, ours, ours && !isConfounded]
        }
        return zip(methods, rejected).map {
            RejectionRow(scenario: name, method: $0, rejected: $1, count: repetitions)
        }
    }

    private func rejectionKey(_ label: String) -> RandomKey {
        RandomKey(seed: seed, label: "benchmark/rejection/\(label)")
    }
}
