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
        let design = Design(rows)
        var summaries = MetricColumn.all.map { column in
            let values = rows.enumerated().compactMap { index, row in column.read(row.metrics).map { (index, $0) } }
            return summary(column.name, values, design: design, plan: plan, label: label)
        }
        let gaps = rows.enumerated().flatMap { index, row in row.metrics.interTokenLatencies.map { (index, $0) } }
        let pooled = summary("itl_ms", gaps, design: design, plan: plan, label: label)
        summaries.insert(pooled, at: summaries.firstIndex { $0.name == "tpot_ms" }.map { $0 + 1 } ?? 0)
        return summaries
    }

    /// Which prompt each request belongs to, and the how-manieth time it was asked: what intervals must respect.
    private struct Design {
        let prompts: [Int]
        let rounds: [Int]

        init(_ rows: [RequestRow]) {
            var numbers: [String: Int] = [:]
            var seen: [Int: Int] = [:]
            var rounds = [Int](repeating: 0, count: rows.count)
            var prompts: [Int] = []
            for row in rows {
                let number = numbers[row.promptID] ?? numbers.count
                numbers[row.promptID] = number
                prompts.append(number)
            }
            for index in rows.indices.sorted(by: { rows[$0].dispatched < rows[$1].dispatched }) {
                rounds[index] = seen[prompts[index], default: 0]
                seen[prompts[index], default: 0] += 1
            }
            self.prompts = prompts
            self.rounds = rounds
        }

        func layout(_ indexes: [Int]) -> RecordingLayout {
            RecordingLayout(prompts: indexes.map { prompts[$0] }, rounds: indexes.map { rounds[$0] })
        }
    }

    private static func summary(
        _ name: String,
        _ values: [(index: Int, value: Double)],
        design: Design,
        plan: SummaryPlan,
        label: String
    ) -> MetricSummary {
        let numbers = values.map(\.value)
        let layout = design.layout(values.map(\.index))
        return MetricSummary(
            name: name,
            count: numbers.count,
            mean: mean(numbers, layout, name: name, plan: plan, label: label),
            quantiles: probabilities.map { one in
                QuantileEstimate(
                    name: one.name,
                    probability: one.probability,
                    estimate: Clustered.quantile(
                        numbers,
                        p: one.probability,
                        layout: layout,
                        confidence: plan.confidence
                    ).estimate
                )
            },
            standardDeviation: Moments.standardDeviation(numbers),
            minimum: numbers.min(),
            maximum: numbers.max()
        )
    }

    /// The design's interval where prompts or rounds repeat, the studentized bootstrap where requests are independent.
    private static func mean(
        _ values: [Double],
        _ layout: RecordingLayout,
        name: String,
        plan: SummaryPlan,
        label: String
    ) -> Estimate {
        guard layout.isIndependent else {
            return Clustered.mean(values, layout: layout, confidence: plan.confidence).estimate
        }
        let key = RandomKey(seed: plan.seed, label: "ci/mean/\(name)/\(label)")
        return MeanInterval.estimate(
            of: Sample(values),
            confidence: plan.confidence,
            plan: ResamplingPlan(replicates: plan.resamples, key: key, threads: plan.threads)
        )
    }
}
