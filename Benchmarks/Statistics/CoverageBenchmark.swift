// How often the analyzer's intervals hold the truth, and how often its comparisons find a difference that isn't there.

import Analyzer
import ArgumentParser
import Core
import Glibc

struct CoverageBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coverage",
        abstract: "Coverage of nominal 95 % intervals and rejections at 5 %, in simulated recordings."
    )

    @Option(help: "The seed of every simulation.")
    var seed: UInt64 = 1

    @Option(help: "Repetitions of the scenarios with prompts and time; the others have in proportion.")
    var repetitions = 1_000

    @Option(help: "How many threads; the tables are the same with any number.")
    var threads = 2

    @Option(help: "Where the tables go as JSON.")
    var json: String

    @Option(help: "Where they go as Markdown.")
    var markdown: String

    static let confidence = 0.95

    func run() throws {
        let study = CoverageTables(seed: seed, repetitions: repetitions, threads: threads)
        let report = CoverageReport(
            seed: seed,
            repetitions: repetitions,
            independent: study.independent(),
            dependent: study.dependent(),
            pooled: study.pooled(),
            rejections: study.rejections(),
            drift: study.drift()
        )
        try write(report.json, to: json)
        try write(report.markdown, to: markdown)
        print(report.markdown)
    }

    private func write(_ text: String, to path: String) throws {
        var output = try FileOutput(path: path, replacesExisting: true)
        try output.write(Array(text.utf8))
    }
}

/// The scenarios of docs/statistics.md.
struct CoverageTables {
    var seed: UInt64
    var repetitions: Int
    var threads: Int

    private static let confidence = CoverageBenchmark.confidence
    private static let quantiles: [(name: String, p: Double)] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)]

    private func key(_ label: String) -> RandomKey { RandomKey(seed: seed, label: "benchmark/coverage/\(label)") }

    /// How a summary is resampled, by streams of its own in every repetition.
    private func plan(_ label: String, _ repetition: Int, replicates: Int = 9_999) -> ResamplingPlan {
        ResamplingPlan(replicates: replicates, key: key("\(label)/bootstrap/\(repetition)"))
    }

    // MARK: Independent requests

    /// Lognormal, σ = 1: the default methods, and the percentile bootstrap beside them.
    func independent() -> [CoverageRow] {
        [(20, 4.0), (50, 4.0), (200, 4.0), (1_000, 1.5)].flatMap { size, share in
            independent(size, Repetitions(count: Int(share * Double(repetitions)), threads: threads))
        }
    }

    private func independent(_ size: Int, _ times: Repetitions) -> [CoverageRow] {
        let label = "independent/\(size)"
        let methods = ["default", "percentile bootstrap"]
        let width = 1 + Self.quantiles.count
        let normalQuantiles = [0, 1.2815515655446004, 2.3263478740408408]
        let counts = times.tally(methods.count * width) { repetition, counts in
            var stream = NormalStream(key(label), replicate: repetition)
            let values = (0..<size).map { _ in stream.lognormal(sigma: 1) }
            let summary = SampleSummary(
                Arm(values: values, prompts: Array(0..<size), rounds: [Int](repeating: 0, count: size)),
                probabilities: Self.quantiles.map(\.p),
                confidence: Self.confidence,
                plan: plan(label, repetition)
            )
            counts[0].take(summary.mean.interval, truth: exp(0.5))
            let sample = Sample(values)
            let percentile = ExactMeanBootstrap(values)?.percentile(confidence: Self.confidence)
            counts[width].take(percentile, truth: exp(0.5))
            for (index, quantile) in Self.quantiles.enumerated() {
                let truth = exp(normalQuantiles[index])
                counts[1 + index].take(summary.quantiles[index].estimate.interval, truth: truth)
                let law = ExactQuantileBootstrap(sorted: sample.sorted, p: quantile.p)
                counts[width + 1 + index].take(law?.percentile(confidence: Self.confidence), truth: truth)
            }
        }
        return methods.indices.flatMap { method in
            (0..<width).map { index in
                let name = index == 0 ? "mean" : Self.quantiles[index - 1].name
                let own = index == 0 ? "bootstrap-t" : "Nyblom"
                return CoverageRow(
                    scenario: "n = \(size)",
                    statistic: name,
                    method: method == 0 ? "default (\(own))" : methods[method],
                    count: counts[method * width + index]
                )
            }
        }
    }

    // MARK: Prompts and time

    private struct Scenario {
        var model: RecordingModel
        var isFixed: Bool
        /// What docs/statistics.md's reference simulation (1,000 repetitions, two decimals) found: mean, p50, p90.
        var expected: [Double]

        var name: String {
            "\(isFixed ? "these prompts" : "prompts like these"), \(model.prompts) × \(model.rounds), ρ = \(model.correlation)"
        }
    }

    private static let scenarios = [
        Scenario(model: RecordingModel(prompts: 8, rounds: 48), isFixed: false, expected: [0.94, 0.97, 0.97]),
        Scenario(model: RecordingModel(prompts: 30, rounds: 48), isFixed: false, expected: [0.94, 0.96, 0.97]),
        Scenario(model: RecordingModel(prompts: 30, rounds: 288), isFixed: false, expected: [0.98, 0.99, 0.98]),
        Scenario(model: RecordingModel(prompts: 10, rounds: 96), isFixed: true, expected: [0.88, 0.88, 0.9]),
        Scenario(model: RecordingModel(prompts: 10, rounds: 288), isFixed: true, expected: [0.92, 0.92, 0.92]),
        Scenario(
            model: RecordingModel(prompts: 10, rounds: 96, correlation: 0.5),
            isFixed: true,
            expected: [0.95, 0.95, 0.94]
        ),
        Scenario(
            model: RecordingModel(prompts: 10, rounds: 288, correlation: 0.5),
            isFixed: true,
            expected: [0.94, 0.94, 0.94]
        ),
    ]

    /// The default under its target against requests taken as independent.
    func dependent() -> [CoverageRow] {
        Self.scenarios.flatMap { scenario in
            let width = 1 + Self.quantiles.count
            let times = Repetitions(count: repetitions, threads: threads)
            let counts = times.tally(2 * width) { repetition, counts in
                var draw = scenario.model.draw(key("dependent/\(scenario.name)"), repetition)
                let arm = scenario.model.arm(&draw)
                let layout = RecordingLayout(prompts: arm.prompts, rounds: arm.rounds)
                let fixed = scenario.isFixed ? draw.prompts : nil
                let target = scenario.isFixed ? InferenceTarget.thesePrompts : .promptsLikeThese
                let mean = scenario.model.mean(fixedPrompts: fixed)
                let ours = Clustered.mean(arm.values, layout: layout, target: target, confidence: Self.confidence)
                let naive = ExactMeanBootstrap(arm.values)?.percentile(confidence: Self.confidence)
                counts[0].take(ours.estimate.interval, truth: mean)
                counts[width].take(naive, truth: mean)
                let sample = Sample(arm.values)
                for (index, quantile) in Self.quantiles.enumerated() {
                    let truth = scenario.model.quantile(quantile.p, fixedPrompts: fixed)
                    let ours = Clustered.quantile(
                        arm.values,
                        p: quantile.p,
                        layout: layout,
                        target: target,
                        confidence: Self.confidence
                    )
                    let naive = QuantileInterval.estimate(of: sample, p: quantile.p, confidence: Self.confidence)
                    counts[1 + index].take(ours.estimate.interval, truth: truth)
                    counts[width + 1 + index].take(naive.interval, truth: truth)
                }
            }
            return (0..<2).flatMap { method in
                (0..<width).map { index in
                    var row = CoverageRow(
                        scenario: scenario.name,
                        statistic: index == 0 ? "mean" : Self.quantiles[index - 1].name,
                        method: method == 0 ? "default" : "naive",
                        count: counts[method * width + index]
                    )
                    if method == 0, index < scenario.expected.count {
                        let share = scenario.expected[index]
                        // Its repetitions, and its rounding to two decimals.
                        row.expected = (share, (share * (1 - share) / 1_000 + 1e-4 / 12).squareRoot())
                    }
                    return row
                }
            }
        }
    }

    // MARK: Pooled gaps

    /// Gaps whose pace is the request's own, pooled: the request as the unit against gaps taken as independent.
    func pooled() -> [CoverageRow] {
        let model = RecordingModel(prompts: 30, rounds: 48, correlation: 0.5)
        let gapCount = 40
        let gapDeviation = 0.5
        let width = 3
        let times = Repetitions(count: max(repetitions / 2, 1), threads: threads)
        let mean = 20e6 * model.mean() * exp(gapDeviation * gapDeviation / 2)
        // A gap is lognormal over everything that varies: the request's pace and its own noise.
        var whole = model
        whole.noiseDeviation = (model.noiseDeviation * model.noiseDeviation + gapDeviation * gapDeviation).squareRoot()
        let truths = [mean / 1e6, 20 * whole.quantile(0.5), 20 * whole.quantile(0.9)]
        let counts = times.tally(2 * width) { repetition, counts in
            var draw = model.draw(key("pooled"), repetition)
            let pace = model.arm(&draw)
            let lists = pace.values.map { pace in
                GapList(
                    nanoseconds: (0..<gapCount).map { _ in
                        Int64((20e6 * pace * draw.stream.lognormal(sigma: gapDeviation)).rounded())
                    }
                )
            }
            let summary = SampleSummary(
                pooling: lists,
                prompts: pace.prompts,
                rounds: pace.rounds,
                probabilities: [0.5, 0.9],
                confidence: Self.confidence,
                plan: plan("pooled", repetition)
            )
            let gaps = lists.flatMap(\.milliseconds)
            let sample = Sample(gaps)
            counts[0].take(summary.mean.interval, truth: truths[0])
            counts[width].take(ExactMeanBootstrap(gaps)?.percentile(confidence: Self.confidence), truth: truths[0])
            for (index, p) in [0.5, 0.9].enumerated() {
                counts[1 + index].take(summary.quantiles[index].estimate.interval, truth: truths[1 + index])
                let naive = QuantileInterval.estimate(of: sample, p: p, confidence: Self.confidence)
                counts[width + 1 + index].take(naive.interval, truth: truths[1 + index])
            }
        }
        return (0..<2).flatMap { method in
            (0..<width).map { index in
                CoverageRow(
                    scenario: "\(gapCount) gaps a request, prompts like these, 30 × 48, ρ = 0.5",
                    statistic: ["mean", "p50", "p90"][index],
                    method: method == 0 ? "default" : "naive",
                    count: counts[method * width + index]
                )
            }
        }
    }
}
