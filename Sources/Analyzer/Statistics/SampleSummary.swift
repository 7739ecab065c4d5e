// All that a table says about one sample of a recording: which interval goes with which statistic under which design
// (docs/metrics.md, "Aggregates of a group").

/// Statistics of observations whose prompt and round are known.
package struct SampleSummary: Sendable {
    /// The observations that quantiles see: finite ones and, where announced, censored ones.
    package let count: Int
    /// Observations that were NaN, such as a metric that a request does not have.
    package let missingCount: Int
    /// Observations that were infinite and not announced as censored.
    package let infiniteCount: Int
    /// Observations known only to lie above all others.
    package let censoredCount: Int
    package let mean: Estimate
    /// The sample standard deviation; `nil` below two values or with censored ones.
    package let standardDeviation: Double?
    package let minimum: Double?
    /// The largest value; `nil` with censored ones, which lie above it.
    package let maximum: Double?
    /// The asked quantiles in the asked order.
    package let quantiles: [(p: Double, estimate: Estimate)]
    /// What the intervals speak about, after the design had its say.
    package let target: InferenceTarget
}

extension SampleSummary {
    /// Summarizes observations; each statistic gets the interval that the design allows.
    ///
    /// - Parameters:
    ///   - arm: Values with prompt and round; NaN where a request has no such metric.
    ///   - infinityIsCensored: Whether +∞ stands for a value cut off by a timeout instead of a fault in the data.
    ///   - probabilities: The wanted quantiles.
    ///   - choice: Which intervals to make.
    ///   - definition: The definition of point quantiles; intervals always belong to type 7.
    ///   - confidence: The two-sided level.
    ///   - plan: Replicates and streams for the intervals that are resampled.
    package init(
        _ arm: Arm,
        infinityIsCensored: Bool = false,
        probabilities: [Double] = [0.5, 0.9, 0.95, 0.99],
        intervals choice: IntervalChoice = .promptsLikeThese,
        definition: QuantileDefinition = .type7,
        confidence: Double,
        plan: ResamplingPlan
    ) {
        let kept = arm.filtered { $0.isFinite || (infinityIsCensored && $0 == .infinity) }
        let finite = kept.finite
        let censored = kept.values.count - finite.values.count
        let sample = Sample(finite.values, censored: censored)
        let layout = RecordingLayout(prompts: kept.prompts, rounds: kept.rounds)
        count = sample.count
        missingCount = arm.values.count(where: { $0.isNaN })
        infiniteCount = arm.values.count - kept.values.count - missingCount
        censoredCount = censored
        standardDeviation = censored > 0 ? nil : Moments.standardDeviation(finite.values)
        minimum = sample.sorted.first.flatMap { $0.isFinite ? $0 : nil }
        maximum = sample.sorted.last.flatMap { $0.isFinite ? $0 : nil }

        let chosen = ChosenIntervals(
            choice: choice,
            kept: kept,
            sample: sample,
            layout: layout,
            confidence: confidence,
            plan: plan
        )
        let found = chosen.estimates(probabilities)
        mean = found.mean
        target = found.target
        quantiles = zip(probabilities, found.quantiles).map { p, quantile in
            var estimate = quantile
            if definition != .type7 {
                estimate.value = Quantile.value(sorted: sample.sorted, p: p, definition: definition)
                    .flatMap { $0.isFinite ? $0 : nil }
            }
            return (p, estimate)
        }
    }
}
