// A difference that a build must not have (`--fail-on 'ttft_ms.p50 > +5%'`).

/// A limit on the change of one statistic of one metric.
package struct FailCondition: Sendable {
    package let text: String
    package let metric: String
    private let statistic: String
    private let isAbove: Bool
    /// A share of the baseline, or an amount in the metric's unit.
    private let limit: Double
    private let isShare: Bool

    /// Reads a condition such as `ttft_ms.p50 > +5%` or `e2e_ms.p90 > 20`.
    package init(_ text: String) throws(FilterError) {
        self.text = text
        guard let sign = text.firstIndex(where: { $0 == "<" || $0 == ">" }) else {
            throw FilterError(position: 1, reason: "expected a condition such as ttft_ms.p50 > +5%")
        }
        isAbove = text[sign] == ">"
        let name = text[..<sign].filter { $0 != " " }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let known = ["mean"] + ComparisonPlan.quantiles.map(\.name)
        guard parts.count == 2, !parts[0].isEmpty, known.contains(parts[1]) else {
            throw FilterError(
                position: 1,
                reason: "'\(name)' is no metric with one of .\(known.joined(separator: ", .")), as in ttft_ms.p50"
            )
        }
        metric = parts[0]
        statistic = parts[1]
        var amount = text[text.index(after: sign)...].filter { $0 != " " }
        isShare = amount.hasSuffix("%")
        if isShare { amount.removeLast() }
        guard let value = Double(amount), value.isFinite else {
            throw FilterError(
                position: text.distance(from: text.startIndex, to: sign) + 2,
                reason: "'\(amount)' is not an amount such as +5% or 20"
            )
        }
        limit = isShare ? value / 100 : value
    }

    /// What a statistic of a report is to the condition.
    package enum Finding: Equatable, Sendable {
        /// Another metric or statistic.
        case notMeant
        case kept
        /// The estimate is beyond the limit, and beyond chance.
        case failed
        /// The estimate is beyond the limit, but chance or time could have done it.
        case undecided
    }

    /// Judges a statistic.
    package func judge(_ compared: ComparedStatistic, confidence: Double, acceptsConfounding: Bool = false) -> Finding {
        let isMean = compared.statistic == "mean" || compared.statistic == "geometric_mean"
        guard compared.metric == metric, statistic == "mean" ? isMean : compared.statistic == statistic else {
            return .notMeant
        }
        let change = isShare ? compared.ratio.value.map { $0 - 1 } : compared.difference.value
        guard let change else { return .undecided }
        guard isAbove ? change > limit : change < limit else { return .kept }
        let isConfounded = compared.isConfoundedWithTime && !acceptsConfounding
        return compared.isSignificant(confidence: confidence) && !isConfounded ? .failed : .undecided
    }
}
