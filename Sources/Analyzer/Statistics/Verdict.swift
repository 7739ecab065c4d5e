// From the interval of a ratio to a claim that names both significance and size
// (docs/statistics.md; Schuirmann 1987 for equivalence from an interval).

/// Whether less or more of a metric is better.
package enum MetricDirection: Sendable {
    /// Latencies.
    case lowerIsBetter
    /// Throughputs.
    case higherIsBetter
}

/// What may be claimed about the candidate.
package enum Verdict: String, Sendable {
    case faster = "faster"
    case slower = "slower"
    case practicallyEqual = "practically equal"
    case uncertain = "uncertain"
}

/// How an interval of the ratio candidate / baseline becomes a verdict.
package struct VerdictRule: Sendable {
    /// Ratios within 1/(1 + margin) and 1 + margin make no difference that matters.
    package var margin: Double

    package init(margin: Double = 0.03) {
        self.margin = margin
    }

    /// Equal if the interval lies within the margin, else faster or slower if it excludes 1, else uncertain.
    ///
    /// - Parameters:
    ///   - ratio: The interval; an end that is not identified excludes nothing.
    ///   - direction: Which side of 1 is better.
    ///   - confounded: Whether the arms were recorded at different times, which caps the verdict at uncertain.
    /// - Returns: The verdict, and whether the interval excludes 1.
    package func verdict(
        ratio: Interval?,
        direction: MetricDirection,
        confoundedWithTime confounded: Bool = false
    ) -> (verdict: Verdict, isSignificant: Bool) {
        guard let ratio else { return (.uncertain, false) }
        let low = ratio.low ?? 0
        let high = ratio.high ?? .infinity
        let isSignificant = low > 1 || high < 1
        if confounded { return (.uncertain, isSignificant) }
        if low >= 1 / (1 + margin), high <= 1 + margin { return (.practicallyEqual, isSignificant) }
        guard isSignificant else { return (.uncertain, false) }
        let isHigher = low > 1
        return ((direction == .higherIsBetter) == isHigher ? .faster : .slower, true)
    }
}
