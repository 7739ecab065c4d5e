// Arms of a recording against each other: one verdict a metric, pair of arms and statistic, adjusted for their number.

import Core

/// One verdict, with all that it rests on; every ratio is candidate / baseline.
package struct ComparedStatistic: Sendable {
    package var metric: String
    /// `geometric_mean` (`mean` where a value is not above 0), `p50`, `p90` or `p99`.
    package var statistic: String
    package var baseline: String
    package var candidate: String
    package var baselineValue: Double?
    package var candidateValue: Double?
    package var difference: Estimate
    package var ratio: Estimate
    package var pValue: Double?
    /// By the plan's adjustment, over every statistic of the report that has a p-value.
    package var adjustedPValue: Double?
    /// The change of the ratio that so many observations would find in 80 of 100 recordings; `nil` without an error.
    package var detectableChange: Double?
    /// What needs no mean: stands beside the first statistic of each metric.
    package var robust: RobustComparison?
    package var isPaired: Bool
    /// Pairs, or the observations of both arms.
    package var count: Int
    package var verdict: Verdict
    package var isConfoundedWithTime: Bool

    /// Whether the difference is beyond chance, all verdicts of the report taken together.
    package func isSignificant(confidence: Double) -> Bool {
        adjustedPValue.map { $0 < 1 - confidence } ?? false
    }
}

/// Effects that few wild values cannot move.
package enum RobustComparison: Sendable {
    /// The median of the pairs' ratios, and the signed-rank test of the log ratios with the pairs that don't differ.
    case paired(medianRatio: Estimate, signedRank: Paired.SignedRank?)
    /// The median difference, the rank test and how often a candidate's value exceeds a baseline's; all take requests as
    /// independent.
    case unpaired(shift: Estimate, rankTest: TestResult, superiority: TwoSample.Superiority?)
}

/// What `compare` says.
package struct ComparisonReport: Sendable {
    /// An arm and its requests.
    package struct ArmCount: Sendable {
        package var name: String
        package var total: Int
        package var ok: Int
    }

    package var plan: ComparisonPlan
    package var baseline: String
    package var arms: [ArmCount]
    package var statistics: [ComparedStatistic]
    /// The level of each interval: the plan's, or a stricter one where all are to hold together.
    package var confidenceOfEach: Double
}

/// Why arms cannot be compared.
package enum ComparisonError: Error, Equatable, CustomStringConvertible {
    case oneArm(key: String, value: String?)
    case unknownBaseline(String, known: [String])
    case unknownMetric(String, known: [String])

    package var description: String {
        switch self {
        case .oneArm(let key, let value):
            value.map { "--by \(key): every request has the one value '\($0)', there is nothing to compare" }
                ?? "--by \(key): there is no request to compare"
        case .unknownBaseline(let name, let known):
            "--baseline: '\(name)' is none of \(known.joined(separator: ", "))"
        case .unknownMetric(let name, let known):
            "--metrics: '\(name)' cannot be compared; expected some of \(known.joined(separator: ", "))"
        }
    }
}

extension ComparisonReport {
    /// Compares every arm with the baseline.
    package init(_ rows: [RequestRow], plan: ComparisonPlan) throws(ComparisonError) {
        let known = ComparisonPlan.comparable(plan.lens)
        var columns: [MetricColumn] = []
        for name in plan.metrics {
            guard let column = known.first(where: { $0.name == name }) else {
                throw .unknownMetric(name, known: known.map(\.name))
            }
            columns.append(column)
        }
        let measured = rows.filter { !$0.isWarmup }
        let groups = Grouping.groups(measured, by: [plan.key])
        let names = groups.map { $0.key[0] ?? "-" }
        guard groups.count > 1 else { throw .oneArm(key: plan.key.description, value: names.first) }
        let baseline = plan.baseline ?? names[0]
        guard let base = groups.indices.first(where: { names[$0] == baseline }) else {
            throw .unknownBaseline(baseline, known: names)
        }
        // One verdict a metric, statistic and candidate: the geometric mean and the quantiles.
        let family = columns.count * (groups.count - 1) * (1 + ComparisonPlan.quantiles.count)
        let confidence =
            plan.isSimultaneous
            ? MultipleComparisons.simultaneousConfidence(plan.confidence, count: family) : plan.confidence
        var statistics: [ComparedStatistic] = []
        for index in groups.indices where index != base {
            let pair = ArmPair(
                baseline: (baseline, groups[base].rows),
                candidate: (names[index], groups[index].rows),
                plan: plan,
                confidence: confidence
            )
            for column in columns { statistics += pair.compare(column) }
        }
        let adjusted = plan.adjustment.adjust(statistics.map { $0.pValue ?? .nan })
        for index in statistics.indices where statistics[index].pValue != nil {
            statistics[index].adjustedPValue = adjusted[index]
            // A claim must stand among all the claims of the report.
            let claims = [Verdict.faster, .slower].contains(statistics[index].verdict)
            if claims, !statistics[index].isSignificant(confidence: plan.confidence) {
                statistics[index].verdict = .uncertain
            }
        }
        self.init(
            plan: plan,
            baseline: baseline,
            arms: zip(names, groups).map { name, group in
                ArmCount(name: name, total: group.rows.count, ok: group.rows.count(where: { $0.outcome == .ok }))
            },
            statistics: statistics,
            confidenceOfEach: confidence
        )
    }
}

/// Two arms, their observations laid out so that partners meet.
private struct ArmPair {
    private let baseline: (name: String, rows: [RequestRow])
    private let candidate: (name: String, rows: [RequestRow])
    private let plan: ComparisonPlan
    /// The level of each interval.
    private let confidence: Double
    /// Layouts that may pair, the strictest first: the same prompt under the same settings, then the same prompt.
    private let designs: [(baseline: RecordingDesign, candidate: RecordingDesign)]
    private let isConfounded: Bool

    init(
        baseline: (name: String, rows: [RequestRow]),
        candidate: (name: String, rows: [RequestRow]),
        plan: ComparisonPlan,
        confidence: Double
    ) {
        self.baseline = baseline
        self.candidate = candidate
        self.plan = plan
        self.confidence = confidence
        let settings: [GroupKey] = [.model, .region, .latency, .tier, .operation].filter { $0 != plan.key }
        let units: [(RequestRow) -> String] = [
            { row in ([row.promptID] + settings.map { $0.value(of: row) ?? "" }).joined(separator: "\u{0}") },
            { $0.promptID },
        ]
        designs = units.map { unit in
            var numbers: [String: Int] = [:]
            return (
                RecordingDesign(RowSelection(baseline.rows), numbers: &numbers, unit: unit),
                RecordingDesign(RowSelection(candidate.rows), numbers: &numbers, unit: unit)
            )
        }
        isConfounded = Comparison.isConfoundedWithTime(Self.instants(baseline.rows), Self.instants(candidate.rows))
    }

    /// Dispatches of successes, in seconds since 1970: microseconds are left, which is enough to order requests.
    private static func instants(_ rows: [RequestRow]) -> [Double] {
        rows.filter { $0.outcome == .ok }.map { Double($0.dispatched.nanosecondsSinceEpoch) / 1e9 }
    }

    /// The verdicts on one metric.
    func compare(_ column: MetricColumn) -> [ComparedStatistic] {
        let key = RandomKey(
            seed: plan.seed,
            label: AccountNumbers.blanked(
                "compare/\(column.name)/\(plan.key)/\(baseline.name)/\(candidate.name)"
            )
        )
        let resampling = ResamplingPlan(replicates: plan.resamples, key: key, threads: plan.threads)
        let quantiles = ComparisonPlan.quantiles.map(\.probability)
        let arms = designs.map { (arm($0.baseline, baseline.rows, column), arm($0.candidate, candidate.rows, column)) }
        if plan.pairing == .prompt {
            for (base, other) in arms {
                let sample = PairedSample(baseline: base, candidate: other)
                // With fewer, the pairs would speak for a part of the recording only.
                guard sample.baseline.count >= 2,
                    2 * sample.baseline.count >= min(base.values.count, other.values.count)
                else { continue }
                let result = Comparison.paired(
                    sample,
                    target: plan.target,
                    confidence: confidence,
                    quantiles: quantiles,
                    plan: resampling
                )
                return statistics(
                    column.name,
                    Outcome(
                        ratio: result.ratio.estimate,
                        difference: result.difference.estimate,
                        pValue: result.pValue,
                        quantiles: result.quantiles,
                        values: (sample.baseline, sample.candidate),
                        isPaired: true,
                        count: sample.baseline.count,
                        robust: .paired(
                            medianRatio: result.medianRatio.estimate,
                            signedRank: Self.signedRank(sample)
                        )
                    )
                )
            }
        }
        let (base, other) = arms[arms.count - 1]
        let result = Comparison.unpaired(
            baseline: base,
            candidate: other,
            target: plan.target,
            confidence: confidence,
            quantiles: quantiles,
            plan: resampling
        )
        return statistics(
            column.name,
            Outcome(
                ratio: result.ratio,
                difference: result.difference,
                pValue: result.pValue,
                quantiles: result.quantiles,
                values: (base.values, other.values),
                isPaired: false,
                count: base.values.count + other.values.count,
                robust: .unpaired(
                    shift: result.shift,
                    rankTest: result.rankTest,
                    superiority: result.superiority
                )
            )
        )
    }

    /// The signed ranks of log ratios, or of differences where a value is not above 0; `nil` without pairs.
    private static func signedRank(_ sample: PairedSample) -> Paired.SignedRank? {
        let pairs = zip(sample.candidate, sample.baseline)
        guard !sample.baseline.isEmpty else { return nil }
        let hasRatio = pairs.allSatisfy { $0 > 0 && $1 > 0 }
        return Paired.signedRank(pairs.map { hasRatio ? Elementary.log($0) - Elementary.log($1) : $0 - $1 })
    }

    private func arm(_ design: RecordingDesign, _ rows: [RequestRow], _ column: MetricColumn) -> Arm {
        design.arm(
            rows.enumerated().compactMap { index, row in
                row.outcome == .ok ? column.read(row.metrics).map { (index, $0) } : nil
            }
        )
    }

    private struct Outcome {
        var ratio: Estimate
        var difference: Estimate
        var pValue: Double?
        var quantiles: [QuantileContrast]
        var values: (baseline: [Double], candidate: [Double])
        var isPaired: Bool
        var count: Int
        var robust: RobustComparison
    }

    /// (z + z) · SE of the log ratio, as a share of the baseline; of a ratio of its relative error.
    private func detectable(_ ratio: Estimate) -> Double? {
        guard let value = ratio.value, value > 0, let error = ratio.standardError, error > 0 else { return nil }
        let effect = Planning.minimumDetectableEffect(standardError: error / value, confidence: confidence)
        return Elementary.exp(effect) - 1
    }

    private func statistics(_ metric: String, _ outcome: Outcome) -> [ComparedStatistic] {
        let rule = VerdictRule(margin: plan.margin)
        let direction = ComparisonPlan.direction(of: metric) ?? .lowerIsBetter
        func compared(
            _ statistic: String,
            _ values: (Double?, Double?),
            _ difference: Estimate,
            _ ratio: Estimate,
            _ pValue: Double?
        ) -> ComparedStatistic {
            ComparedStatistic(
                metric: metric,
                statistic: statistic,
                baseline: baseline.name,
                candidate: candidate.name,
                baselineValue: values.0,
                candidateValue: values.1,
                difference: difference,
                ratio: ratio,
                pValue: pValue,
                adjustedPValue: nil,
                detectableChange: detectable(ratio),
                robust: nil,
                isPaired: outcome.isPaired,
                count: outcome.count,
                verdict: rule.verdict(
                    ratio: ratio.interval,
                    direction: direction,
                    confoundedWithTime: isConfounded && !plan.acceptsConfounding
                ).verdict,
                isConfoundedWithTime: isConfounded
            )
        }
        let hasRatio = outcome.ratio.value != nil
        func center(_ values: [Double]) -> Double? {
            hasRatio ? Moments.geometricMean(values) : Moments.mean(values)
        }
        let mean = compared(
            hasRatio ? "geometric_mean" : "mean",
            (center(outcome.values.baseline), center(outcome.values.candidate)),
            outcome.difference,
            outcome.ratio,
            outcome.pValue
        )
        var all = [mean]
        all[0].robust = outcome.robust
        for contrast in outcome.quantiles {
            let known = ComparisonPlan.quantiles.first { $0.probability == contrast.p }
            all.append(
                compared(
                    known?.name ?? "p",
                    (contrast.baseline, contrast.candidate),
                    contrast.difference,
                    contrast.ratio,
                    contrast.pValue
                )
            )
        }
        return all
    }
}
