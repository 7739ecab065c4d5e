// A against B: paired by prompt and round where the recording interleaved them, the ratio first (docs/statistics.md).

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

    /// The observations whose value satisfies a condition.
    package func filtered(_ isKept: (Double) -> Bool) -> Arm {
        let kept = values.indices.filter { isKept(values[$0]) }
        return Arm(
            values: kept.map { values[$0] },
            prompts: kept.map { prompts[$0] },
            rounds: kept.map { rounds[$0] }
        )
    }

    /// The observations that are numbers.
    package var finite: Arm { filtered { $0.isFinite } }
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
    /// Each asked quantile of both arms, resampled alike.
    package let quantiles: [QuantileContrast]
}

/// Comparisons that follow the design of the recording.
package enum Comparison {
    /// Compares paired arms.
    ///
    /// - Parameters:
    ///   - sample: The pairs.
    ///   - target: What to speak about.
    ///   - confidence: The two-sided level.
    ///   - quantiles: Probabilities of the quantiles to compare.
    ///   - plan: Replicates and streams for the quantiles.
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
        let isRefused = !hasRatio && layout.count > 0
        return PairedComparison(
            ratio: isRefused ? refused(mean, count: layout.count) : exponential(mean),
            medianRatio: isRefused ? refused(median, count: layout.count) : exponential(median),
            difference: difference,
            pValue: hasRatio ? mean.pValue() : difference.pValue(),
            quantiles: contrasts(
                sample,
                target: target,
                periods: layout.effectivePeriods(of: hasRatio ? logs : differences),
                confidence: confidence,
                quantiles: quantiles,
                plan: plan
            )
        )
    }

    private static func refused(_ empty: ClusteredEstimate, count: Int) -> ClusteredEstimate {
        var result = empty
        result.estimate = Estimate(value: nil, count: count, flags: [.ratioRefused])
        return result
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

    /// What is made of a quantile of each arm, baseline first.
    static let pairContrasts: [@Sendable ([Double]) -> Double] = [
        { Elementary.log($0[1]) - Elementary.log($0[0]) }, { $0[1] - $0[0] },
    ]

    private static func contrasts(
        _ sample: PairedSample,
        target: InferenceTarget,
        periods: Double,
        confidence: Double,
        quantiles: [Double],
        plan: ResamplingPlan
    ) -> [QuantileContrast] {
        guard !sample.baseline.isEmpty else { return [] }
        let resampling = DesignResampling(sample.layout, target: target, periods: periods, plan: plan)
        let found = resampling?.variances(
            of: [sample.baseline, sample.candidate],
            quantiles.map { .quantile($0) },
            pairContrasts
        )
        let sorted = (FloatSort.ascending(sample.baseline), FloatSort.ascending(sample.candidate))
        return quantiles.indices.compactMap { index in
            var errors: QuantileContrast.Errors?
            if let resampling, let found {
                errors = QuantileContrast.Errors(
                    logRatio: found[index].variances[0],
                    difference: found[index].variances[1],
                    isMoving: found[index].isMoving,
                    method: resampling.method,
                    replicates: plan.replicates
                )
            }
            return QuantileContrast(
                p: quantiles[index],
                baseline: sorted.0,
                candidate: sorted.1,
                errors: errors,
                confidence: confidence
            )
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
