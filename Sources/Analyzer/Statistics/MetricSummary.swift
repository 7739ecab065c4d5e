// Everything that a table says about one metric of one group (docs/metrics.md, "Aggregates of a group").

/// What all statistics of one report share; the defaults are those of docs/statistics.md.
package struct StatisticsOptions: Sendable {
    /// The two-sided level of every interval.
    package var confidence: Double
    /// Replicates where something is resampled.
    package var resamples: Int
    /// The seed that the report prints.
    package var seed: UInt64
    /// Threads for resampling; no result depends on it.
    package var threads: Int
    /// What intervals speak about.
    package var target: InferenceTarget
    /// The definition of point quantiles; intervals always belong to type 7.
    package var quantileDefinition: QuantileDefinition

    package init(
        confidence: Double = 0.95,
        resamples: Int = 9_999,
        seed: UInt64 = 42,
        threads: Int = 1,
        target: InferenceTarget = .promptsLikeThese,
        quantileDefinition: QuantileDefinition = .type7
    ) {
        self.confidence = confidence
        self.resamples = resamples
        self.seed = seed
        self.threads = threads
        self.target = target
        self.quantileDefinition = quantileDefinition
    }

    /// The plan for one use of random numbers, such as `ci/mean/ttft_ms/<group>`.
    package func plan(label: String) -> ResamplingPlan {
        ResamplingPlan(replicates: resamples, key: RandomKey(seed: seed, label: label), threads: threads)
    }
}

/// One metric of one group of requests.
package struct MetricSummary: Sendable {
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

    /// Summarizes observations whose prompt and round are known.
    ///
    /// - Parameters:
    ///   - arm: Values with prompt and round; NaN where a request has no such metric.
    ///   - infinityIsCensored: Whether +∞ stands for a value cut off by a timeout instead of a fault in the data.
    ///   - probabilities: The wanted quantiles.
    ///   - label: What the random stream of the mean's interval is for.
    ///   - options: Level, resamples, seed, threads, target.
    package init(
        _ arm: Arm,
        infinityIsCensored: Bool = false,
        probabilities: [Double] = [0.5, 0.9, 0.95, 0.99],
        label: String,
        options: StatisticsOptions
    ) {
        let kept = arm.filtered { $0.isFinite || (infinityIsCensored && $0 == .infinity) }
        let finite = kept.finite
        let censored = kept.values.count - finite.values.count
        let sample = Sample(finite.values, censored: censored)
        let layout = RecordingLayout(prompts: kept.prompts, rounds: kept.rounds)
        let isIndependent = options.target == .independent || layout.isIndependent
        count = sample.count
        missingCount = arm.values.count(where: { $0.isNaN })
        infiniteCount = arm.values.count - kept.values.count - missingCount
        censoredCount = censored
        standardDeviation = censored > 0 ? nil : Moments.standardDeviation(finite.values)
        minimum = sample.sorted.first.flatMap { $0.isFinite ? $0 : nil }
        maximum = sample.sorted.last.flatMap { $0.isFinite ? $0 : nil }

        var speaksAbout = isIndependent ? InferenceTarget.independent : options.target
        if isIndependent || censored > 0 {
            var estimate = MeanInterval.estimate(
                of: sample,
                confidence: options.confidence,
                plan: options.plan(label: label)
            )
            if estimate.interval != nil { estimate.flags.append(.independentRequests) }
            mean = estimate
        } else {
            let clustered = Clustered.mean(
                finite.values,
                layout: layout,
                target: options.target,
                confidence: options.confidence
            )
            mean = clustered.estimate
            speaksAbout = clustered.target
        }
        target = speaksAbout
        quantiles = probabilities.map { p in
            var estimate = Clustered.quantile(
                kept.values,
                sorted: sample.sorted,
                p: p,
                layout: layout,
                target: options.target,
                confidence: options.confidence
            ).estimate
            if options.quantileDefinition != .type7 {
                estimate.value = Quantile.value(sorted: sample.sorted, p: p, definition: options.quantileDefinition)
                    .flatMap { $0.isFinite ? $0 : nil }
            }
            return (p, estimate)
        }
    }
}
