// The statistics of one metric in one group; the one place that chooses which interval goes with which statistic.

/// A metric over a group's successful requests.
package struct MetricSummary: Sendable {
    package var name: String
    /// How many values entered.
    package var count: Int
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

    /// Every metric of the rows: those that are one number a request, and the pooled gaps.
    static func all(of rows: [RequestRow], plan: SummaryPlan, label: String) -> [MetricSummary] {
        let design = RecordingDesign(rows)
        return plan.lens.metrics.map { metric in
            MetricSummary(
                metric.name,
                of: design.arm(metric.values(of: rows, plan.timeouts)),
                plan: plan,
                label: label
            )
        }
    }

    private init(_ name: String, of arm: Arm, plan: SummaryPlan, label: String) {
        let key = RandomKey(seed: plan.seed, label: "ci/mean/\(name)/\(label)")
        let rule = plan.lens.percentiles
        let sample = SampleSummary(
            arm,
            infinityIsCensored: plan.timeouts == .censored,
            probabilities: Self.probabilities.map(\.probability),
            definition: rule.definition,
            confidence: plan.confidence,
            plan: ResamplingPlan(replicates: plan.resamples, key: key, threads: plan.threads)
        )
        self.name = name
        count = sample.count
        mean = sample.mean
        quantiles = zip(Self.probabilities, sample.quantiles).map { asked, found in
            var estimate = found.estimate
            if rule.isOwn, estimate.value != nil, sample.censoredCount == 0 {
                estimate.value = rule.value(sorted: arm.finite.values.sorted(), p: asked.probability)
            }
            return QuantileEstimate(name: asked.name, probability: asked.probability, estimate: estimate)
        }
        standardDeviation = sample.standardDeviation
        minimum = sample.minimum
        maximum = sample.maximum
    }
}

/// A metric as summaries see it: one number a request, or many numbers pooled with the request as their cluster.
struct SummaryMetric: Sendable {
    var name: String
    /// The values of one request.
    var read: @Sendable (RequestRow) -> [Double]

    init(name: String, read: @escaping @Sendable (RequestRow) -> [Double]) {
        self.name = name
        self.read = read
    }

    /// A metric with one number a request.
    init(_ column: MetricColumn) {
        let read = column.read
        self.init(name: column.name) { row in read(row.metrics).map { [$0] } ?? [] }
    }

    /// The values of rows, each with the index of its row.
    func values(of rows: [RequestRow], _ timeouts: TimeoutPolicy = .excluded) -> [(index: Int, value: Double)] {
        rows.enumerated().flatMap { index, row in timeouts.values(of: self, in: row).map { (index, $0) } }
    }

    /// Every metric in the order of the documentation.
    static let all: [SummaryMetric] = MetricColumn.all.flatMap { column in
        let single = SummaryMetric(column)
        return column.name == "tpot_ms" ? [single, .interTokenLatency] : [single]
    }

    /// The gaps of all requests.
    static let interTokenLatency = SummaryMetric(name: "itl_ms") { $0.metrics.interTokenLatencies }
}
