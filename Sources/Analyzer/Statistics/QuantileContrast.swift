// One quantile of two arms against each other: ratio and difference from joint replicates (docs/statistics.md).

/// A quantile of the candidate against the same quantile of the baseline.
package struct QuantileContrast: Sendable {
    /// The probability.
    package let p: Double
    /// The baseline's quantile.
    package let baseline: Double
    /// The candidate's quantile.
    package let candidate: Double
    /// candidate / baseline; no value unless both are above 0.
    package let ratio: Estimate
    /// candidate − baseline, in the metric's unit.
    package let difference: Estimate
    /// The two-sided bootstrap p-value of no difference, at least 1/(B + 1); `nil` without an interval.
    package let pValue: Double?

    /// Contrasts the quantiles; `nil` for an empty or censored arm.
    ///
    /// - Parameters:
    ///   - p: The probability.
    ///   - baseline: The baseline's values, ascending.
    ///   - candidate: The candidate's values, ascending.
    ///   - replicates: Both arms' quantiles in each replicate; empty where the design carries no resampling.
    ///   - confidence: The two-sided level.
    ///   - method: What made the replicates.
    init?(
        p: Double,
        baseline: [Double],
        candidate: [Double],
        replicates: [(baseline: Double, candidate: Double)],
        confidence: Double,
        method: IntervalMethod
    ) {
        guard
            let below = Quantile.value(sorted: baseline, p: p), below.isFinite,
            let above = Quantile.value(sorted: candidate, p: p), above.isFinite
        else { return nil }
        let fewest = min(baseline.count, candidate.count)
        let usable = replicates.filter { !$0.baseline.isNaN && !$0.candidate.isNaN }
        var flags = QuantileInterval.sizeFlags(count: fewest, p: p)
        if usable.count < replicates.count { flags.append(.droppedReplicates(replicates.count - usable.count)) }
        // Where one arm's own interval would be open, resampling would only pretend to know the end.
        let needed = QuantileInterval.minimumSampleSize(p: p, confidence: confidence)
        let isConstant = baseline.first == baseline.last && candidate.first == candidate.last
        let isMoving = usable.contains { $0.baseline != usable[0].baseline || $0.candidate != usable[0].candidate }
        let isIdentified = fewest >= needed && !usable.isEmpty && (isMoving || isConstant)
        if !isIdentified { flags.append(.endNotIdentified) }
        if isConstant { flags.append(.degenerate) }
        self.p = p
        self.baseline = below
        self.candidate = above

        func contrast(_ combine: (Double, Double) -> Double) -> Estimate {
            let law = BootstrapDistribution(
                estimate: combine(above, below),
                replicates: usable.map { combine($0.candidate, $0.baseline) }
            )
            let open = Interval(
                low: nil,
                high: nil,
                confidence: confidence,
                requiredSampleSize: fewest < needed ? needed : nil
            )
            return Estimate(
                value: law.estimate,
                interval: isIdentified ? law.percentile(confidence: confidence) : open,
                method: method,
                standardError: isIdentified ? law.standardError : nil,
                count: baseline.count + candidate.count,
                flags: flags
            )
        }
        difference = contrast { $0 - $1 }
        let isPositive = (baseline.first ?? 0) > 0 && (candidate.first ?? 0) > 0
        ratio =
            isPositive
            ? contrast { $0 / $1 }
            : Estimate(value: nil, count: baseline.count + candidate.count, flags: [.ratioRefused])
        guard isIdentified, !isConstant else {
            pValue = nil
            return
        }
        let notAbove = usable.count(where: { $0.candidate <= $0.baseline })
        let notBelow = usable.count(where: { $0.candidate >= $0.baseline })
        let share = 2 * Double(min(notAbove, notBelow)) / Double(usable.count)
        pValue = min(1, max(share, 1 / Double(usable.count + 1)))
    }
}

extension Comparison {
    /// The bootstrap that suits a target and a layout, its blocks as long as the series of round means remembers.
    ///
    /// - Parameters:
    ///   - series: One value per observation, parallel to the layout.
    ///   - layout: Prompt and round of each.
    ///   - target: What to speak about.
    /// - Returns: `nil` where one prompt and a few rounds leave nothing to resample.
    package static func scheme(
        for series: [Double],
        layout: RecordingLayout,
        target: InferenceTarget
    ) -> ResamplingScheme? {
        guard layout.roundCount >= DesignError.fewestRounds else {
            return layout.promptCount >= 2 ? .promptClusters : nil
        }
        var sums = [Double](repeating: 0, count: layout.roundCount)
        var counts = [Double](repeating: 0, count: layout.roundCount)
        for (value, round) in zip(series, layout.rounds) {
            sums[round] += value
            counts[round] += 1
        }
        let means = zip(sums, counts).map { $0 / max($1, 1) }
        let length = SeriesDependence(means)?.circularBlockLength(rounds: layout.roundCount) ?? 1
        return layout.promptCount < 2 || target == .thesePrompts
            ? .circularBlocks(length: length) : .pigeonhole(length: length)
    }
}
