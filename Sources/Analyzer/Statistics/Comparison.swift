// A against B: pairs by prompt and round, the ratio first, and a verdict that names both significance and size
// (statistics.md S9; Schuirmann 1987 for equivalence from an interval).

/// Whether less or more of a metric is better.
package enum MetricDirection: Sendable {
    /// Latencies.
    case lowerIsBetter
    /// Throughputs.
    case higherIsBetter
}

/// What may be claimed about the candidate.
package enum Verdict: String, Sendable {
    case faster = "faster"
    case slower = "slower"
    case practicallyEqual = "practically equal"
    case uncertain = "uncertain"
}

/// How an interval of the ratio candidate / baseline becomes a verdict.
package struct VerdictRule: Sendable {
    /// Ratios within 1/(1 + margin) and 1 + margin make no difference that matters.
    package var margin: Double

    package init(margin: Double = 0.03) {
        self.margin = margin
    }

    /// Equal if the interval lies within the margin, else faster or slower if it excludes 1, else uncertain.
    ///
    /// - Parameters:
    ///   - ratio: The interval; an end that is not identified excludes nothing.
    ///   - direction: Which side of 1 is better.
    ///   - confounded: Whether the arms were recorded at different times, which caps the verdict at uncertain.
    /// - Returns: The verdict, and whether the interval excludes 1.
    package func verdict(
        ratio: Interval?,
        direction: MetricDirection,
        confoundedWithTime confounded: Bool = false
    ) -> (verdict: Verdict, isSignificant: Bool) {
        guard let ratio else { return (.uncertain, false) }
        let low = ratio.low ?? 0
        let high = ratio.high ?? .infinity
        let isSignificant = low > 1 || high < 1
        if confounded { return (.uncertain, isSignificant) }
        if low >= 1 / (1 + margin), high <= 1 + margin { return (.practicallyEqual, isSignificant) }
        guard isSignificant else { return (.uncertain, false) }
        let isHigher = low > 1
        return ((direction == .higherIsBetter) == isHigher ? .faster : .slower, true)
    }
}

/// One arm of a comparison: values with the prompt and the round of each.
package struct Arm: Sendable {
    package var values: [Double]
    package var prompts: [Int]
    package var rounds: [Int]

    package init(values: [Double], prompts: [Int], rounds: [Int]) {
        let count = min(values.count, prompts.count, rounds.count)
        self.values = Array(values.prefix(count))
        self.prompts = Array(prompts.prefix(count))
        self.rounds = Array(rounds.prefix(count))
    }
}

/// Observations of two arms with the same prompt in the same round.
package struct PairedSample: Sendable {
    package let baseline: [Double]
    package let candidate: [Double]
    /// The layout that both share.
    package let layout: RecordingLayout
    /// Observations of either arm that found no partner.
    package let unpairedCount: Int

    /// Pairs the k-th observation of a prompt in a round with the other arm's k-th, in order of prompts and rounds.
    package init(baseline: Arm, candidate: Arm) {
        struct Cell: Hashable {
            let prompt: Int
            let round: Int
        }
        var waiting: [Cell: [Double]] = [:]
        for i in candidate.values.indices where candidate.values[i].isFinite {
            waiting[Cell(prompt: candidate.prompts[i], round: candidate.rounds[i]), default: []].append(
                candidate.values[i]
            )
        }
        var used: [Cell: Int] = [:]
        var pairs: [(cell: Cell, baseline: Double, candidate: Double)] = []
        for i in baseline.values.indices where baseline.values[i].isFinite {
            let cell = Cell(prompt: baseline.prompts[i], round: baseline.rounds[i])
            let next = used[cell, default: 0]
            guard let partners = waiting[cell], next < partners.count else { continue }
            used[cell] = next + 1
            pairs.append((cell, baseline.values[i], partners[next]))
        }
        self.baseline = pairs.map(\.baseline)
        self.candidate = pairs.map(\.candidate)
        layout = RecordingLayout(prompts: pairs.map(\.cell.prompt), rounds: pairs.map(\.cell.round))
        unpairedCount = baseline.values.count + candidate.values.count - 2 * pairs.count
    }
}

/// The outcome of a paired comparison; every ratio is candidate / baseline.
package struct PairedComparison: Sendable {
    /// The ratio of geometric means; `nil` value where an observation is not above 0.
    package let ratio: ClusteredEstimate
    /// The median of the pairs' ratios.
    package let medianRatio: ClusteredEstimate
    /// The mean difference candidate − baseline, in the metric's unit.
    package let difference: ClusteredEstimate
    /// The two-sided p-value of the log ratio, or of the difference where no ratio exists.
    package let pValue: Double?
    /// The ratio of each asked quantile, both arms resampled alike.
    package let quantileRatios: [(p: Double, estimate: Estimate)]
}

/// Comparisons that follow the design of the recording.
package enum Comparison {
    /// Compares paired arms.
    ///
    /// - Parameters:
    ///   - sample: The pairs.
    ///   - target: What to speak about.
    ///   - confidence: The two-sided level.
    ///   - quantiles: Probabilities whose ratio is wanted.
    ///   - plan: Replicates and streams for the ratios of quantiles.
    /// - Returns: Ratio, difference and p-value; estimates without a value where there is nothing to compare.
    package static func paired(
        _ sample: PairedSample,
        target: InferenceTarget = .promptsLikeThese,
        confidence: Double,
        quantiles: [Double] = [0.5, 0.9, 0.99],
        plan: ResamplingPlan
    ) -> PairedComparison {
        let layout = sample.layout
        let differences = zip(sample.candidate, sample.baseline).map { $0 - $1 }
        let difference = Clustered.mean(differences, layout: layout, target: target, confidence: confidence)
        let hasRatio = (sample.baseline + sample.candidate).allSatisfy { $0 > 0 }
        let logs =
            hasRatio ? zip(sample.candidate, sample.baseline).map { Elementary.log($0) - Elementary.log($1) } : []
        let logLayout = hasRatio ? layout : RecordingLayout(prompts: [], rounds: [])
        let mean = Clustered.mean(logs, layout: logLayout, target: target, confidence: confidence)
        let median = Clustered.quantile(logs, p: 0.5, layout: logLayout, target: target, confidence: confidence)
        return PairedComparison(
            ratio: exponential(mean),
            medianRatio: exponential(median),
            difference: difference,
            pValue: hasRatio ? mean.pValue() : difference.pValue(),
            quantileRatios: hasRatio
                ? quantileRatios(sample, target, confidence: confidence, quantiles: quantiles, plan: plan) : []
        )
    }

    private static func exponential(_ logRatio: ClusteredEstimate) -> ClusteredEstimate {
        var result = logRatio
        result.estimate.value = logRatio.estimate.value.map { Elementary.exp($0) }
        result.estimate.interval = logRatio.estimate.interval?.mapped { Elementary.exp($0) }
        // The error of the log is, to first order, the relative error of the ratio.
        result.estimate.standardError = logRatio.estimate.standardError.flatMap { error in
            result.estimate.value.map { $0 * error }
        }
        result.probabilityInterval = nil
        return result
    }

    /// The bootstrap over prompts and rounds that suits a target and a layout, with the block length of the log ratio's rounds.
    package static func scheme(
        for series: [Double],
        layout: RecordingLayout,
        target: InferenceTarget
    ) -> ResamplingScheme {
        var sums = [Double](repeating: 0, count: layout.roundCount)
        var counts = [Double](repeating: 0, count: layout.roundCount)
        for (value, round) in zip(series, layout.rounds) {
            sums[round] += value
            counts[round] += 1
        }
        let means = zip(sums, counts).map { $0 / max($1, 1) }
        let length = SeriesDependence(means)?.circularBlockLength(rounds: layout.roundCount) ?? 1
        if layout.promptCount < 2 || target == .thesePrompts { return .circularBlocks(length: length) }
        return layout.roundCount < DesignError.fewestRounds ? .promptClusters : .pigeonhole(length: length)
    }

    private static func quantileRatios(
        _ sample: PairedSample,
        _ target: InferenceTarget,
        confidence: Double,
        quantiles: [Double],
        plan: ResamplingPlan
    ) -> [(p: Double, estimate: Estimate)] {
        guard sample.baseline.count > 1, !quantiles.isEmpty else { return [] }
        let logs = zip(sample.candidate, sample.baseline).map { Elementary.log($0) - Elementary.log($1) }
        let scheme = scheme(for: logs, layout: sample.layout, target: target)
        let bootstrap = DesignBootstrap(layout: sample.layout, scheme: scheme, plan: plan)
        let statistics = quantiles.map { ResampledStatistic.quantile($0) }
        let baseline = bootstrap.replicates(of: sample.baseline, statistics)
        let candidate = bootstrap.replicates(of: sample.candidate, statistics)
        let sortedBaseline = FloatSort.ascending(sample.baseline)
        let sortedCandidate = FloatSort.ascending(sample.candidate)
        return quantiles.enumerated().map { index, p in
            let count = sample.baseline.count
            guard
                let below = Quantile.value(sorted: sortedBaseline, p: p),
                let above = Quantile.value(sorted: sortedCandidate, p: p)
            else { return (p, Estimate(value: nil, count: count, flags: [.noData])) }
            let ratios = zip(candidate[index], baseline[index]).map { $0 / $1 }
            let law = BootstrapDistribution(estimate: above / below, replicates: ratios)
            var estimate = Estimate(
                value: above / below,
                interval: law.percentile(confidence: confidence),
                method: scheme.method,
                standardError: law.standardError,
                count: count,
                flags: QuantileInterval.sizeFlags(count: count, p: p)
            )
            if law.sorted.count < ratios.count {
                estimate.flags.append(.droppedReplicates(ratios.count - law.sorted.count))
            }
            return (p, estimate)
        }
    }

    /// Whether two arms were recorded at different times: their instants' distributions are more than a quarter apart.
    ///
    /// Arms that alternate are at most one observation of the smaller arm apart; A before B is 1 apart.
    package static func isConfoundedWithTime(_ baselineInstants: [Double], _ candidateInstants: [Double]) -> Bool {
        let fewest = min(baselineInstants.count, candidateInstants.count)
        guard fewest > 0 else { return true }
        let alternation = 1.5 / Double(fewest)
        return TwoSample.kolmogorovDistance(baselineInstants, candidateInstants) > max(0.25, alternation)
    }
}
