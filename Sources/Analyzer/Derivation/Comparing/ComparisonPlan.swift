// What is compared with what, and how sure the claims must be (`compare`, docs/statistics.md).

/// The choices of a comparison.
package struct ComparisonPlan: Sendable {
    /// How observations of two arms are put together.
    package enum Pairing: String, Sendable, CaseIterable {
        /// The same prompt asked for the same time, where enough requests have such a partner.
        case prompt
        case none
    }

    /// How p-values are adjusted for the number of verdicts in a report.
    package enum Adjustment: String, Sendable, CaseIterable {
        /// The chance of any false claim stays below 1 − confidence.
        case holm
        /// The share of false claims does: q-values, for screening.
        case benjaminiHochberg = "bh"

        func adjust(_ pValues: [Double]) -> [Double] {
            switch self {
            case .holm: MultipleComparisons.holm(pValues)
            case .benjaminiHochberg: MultipleComparisons.benjaminiHochberg(pValues)
            }
        }
    }

    /// What tells the arms apart.
    package var key = GroupKey.model
    /// The arm that the others are compared with; the first by name unless stated.
    package var baseline: String?
    package var pairing = Pairing.prompt
    package var metrics = ["ttft_ms", "otps"]
    /// What the claims speak about.
    package var target = InferenceTarget.promptsLikeThese
    package var adjustment = Adjustment.holm
    /// Whether the intervals of a report hold together with the confidence (Bonferroni).
    package var isSimultaneous = false
    /// Whether arms that were recorded one after the other may differ all the same.
    package var acceptsConfounding = false
    package var lens = Lens.standard
    /// Ratios within 1/(1 + margin) and 1 + margin make no difference that matters.
    package var margin = 0.03
    package var confidence = 0.95
    package var resamples = 9_999
    package var seed: UInt64 = 1
    package var threads = 1

    /// The defaults of the command line.
    package init() {}

    /// The columns that can be compared: those of which it is known whether less or more is better.
    package static func comparable(_ lens: Lens) -> [MetricColumn] {
        lens.columns.filter { direction(of: $0.name) != nil }
    }

    /// Which side of 1 is better.
    static func direction(of metric: String) -> MetricDirection? {
        metric == "otps" ? .higherIsBetter : metric.hasSuffix("_ms") ? .lowerIsBetter : nil
    }

    /// The quantiles that are compared beside the mean.
    static let quantiles: [(name: String, probability: Double)] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)]
}
