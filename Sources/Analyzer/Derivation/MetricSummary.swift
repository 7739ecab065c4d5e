// The statistics of one metric in one group; the one place that chooses which interval goes with which statistic.

/// A metric over a group's successful requests.
package struct MetricSummary: Sendable {
    package var name: String
    /// How many values entered.
    package var count: Int
    /// Requests without this metric.
    package var missing: Int
    /// What the intervals speak about.
    package var target: InferenceTarget
    package var mean: Estimate
    package var quantiles: [QuantileEstimate]
    package var standardDeviation: Double?
    package var minimum: Double?
    package var maximum: Double?

    /// A quantile with its interval.
    package struct QuantileEstimate: Sendable {
        package var name: String
        package var probability: Double
        package var estimate: Estimate
    }

    /// The quantiles that every summary states.
    package static let probabilities: [(name: String, probability: Double)] = [
        ("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99),
    ]

    /// The quantile of that name.
    package func quantile(_ name: String) -> Estimate? {
        quantiles.first { $0.name == name }?.estimate
    }

    /// One metric of rows whose design is known.
    init(_ metric: SummaryMetric, of rows: RowSelection, design: RecordingDesign, plan: SummaryPlan, label: String) {
        let key = RandomKey(seed: plan.seed, label: "ci/mean/\(metric.name)/\(label)")
        let resampling = ResamplingPlan(replicates: plan.resamples, key: key, threads: plan.threads)
        let probabilities = Self.probabilities.map(\.probability)
        let rule = plan.lens.percentiles
        let sample: SampleSummary
        var own: [Double?] = []
        switch metric.values {
        case .single(let column):
            // A row without the metric counts as missing.
            let arm = Arm(
                values: rows.map { plan.timeouts.value(of: column, in: $0) ?? .nan },
                prompts: design.prompts,
                rounds: design.repeats
            )
            sample = SampleSummary(
                arm,
                infinityIsCensored: plan.timeouts == .censored,
                probabilities: probabilities,
                intervals: plan.intervals,
                definition: rule.definition,
                confidence: plan.confidence,
                plan: resampling
            )
            if rule.isOwn, sample.censoredCount == 0 {
                let sorted = FloatSort.ascending(arm.finite.values)
                own = probabilities.map { rule.value(sorted: sorted, p: $0) }
            }
        case .pooledGaps:
            sample = SampleSummary(
                pooling: rows.map { $0.outcome == .ok ? $0.metrics.interTokenGaps : GapList() },
                prompts: design.prompts,
                rounds: design.repeats,
                probabilities: probabilities,
                intervals: plan.intervals,
                definition: rule.definition,
                confidence: plan.confidence,
                plan: resampling
            )
        }
        name = metric.name
        count = sample.count
        missing = sample.missingCount
        target = sample.target
        mean = sample.mean
        quantiles = Self.probabilities.indices.map { index in
            var estimate = sample.quantiles[index].estimate
            if index < own.count, estimate.value != nil { estimate.value = own[index] }
            let asked = Self.probabilities[index]
            return QuantileEstimate(name: asked.name, probability: asked.probability, estimate: estimate)
        }
        standardDeviation = sample.standardDeviation
        minimum = sample.minimum
        maximum = sample.maximum
    }
}

/// A metric as summaries see it.
struct SummaryMetric: Sendable {
    enum Values: Sendable {
        /// One number a request.
        case single(MetricColumn)
        /// The gaps of all requests, with the request as their cluster.
        case pooledGaps
    }

    var name: String
    var values: Values

    init(_ column: MetricColumn) {
        name = column.name
        values = .single(column)
    }

    private init(name: String, values: Values) {
        self.name = name
        self.values = values
    }

    /// The values that rows have, in the rows' order; gaps of all rows together.
    func values(in rows: RowSelection) -> [Double] {
        var numbers: [Double] = []
        switch values {
        case .single(let column): rows.forEach { if let value = column.read($0.metrics) { numbers.append(value) } }
        case .pooledGaps:
            rows.forEach { row in
                row.metrics.interTokenGaps.forEach { numbers.append(GapList.milliseconds($0)) }
            }
        }
        return numbers
    }

    /// Every metric in the order of the documentation.
    static let all: [SummaryMetric] = MetricColumn.all.flatMap { column in
        let single = SummaryMetric(column)
        return column.name == "tpot_ms" ? [single, .interTokenLatency] : [single]
    }

    /// The gaps of all requests.
    static let interTokenLatency = SummaryMetric(name: "itl_ms", values: .pooledGaps)
}
