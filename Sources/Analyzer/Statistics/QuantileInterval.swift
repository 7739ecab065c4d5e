// Distribution-free confidence intervals for a quantile from order statistics
// (Nyblom 1992 for the interpolated ends; Hettmansperger and Sheather 1986 for the median; Conover 1999, section 3.2).

/// Intervals for a quantile of independent observations.
package enum QuantileInterval {
    /// The ranks of the conservative interval and how often it covers; a `nil` rank is an end that does not exist.
    package struct Ranks: Equatable, Sendable {
        /// One-based rank of the lower end.
        package let low: Int?
        /// One-based rank of the upper end.
        package let high: Int?
        /// The exact coverage for a continuous distribution.
        package let coverage: Double
    }

    /// The rank and blend of an interpolated end: (1 − λ) x₍ᵣ₎ + λ x₍ᵣ₊₁₎.
    private struct End {
        let rank: Int
        let weight: Double
    }

    /// The conservative ranks at two-sided level `confidence`.
    package static func ranks(count n: Int, p: Double, confidence: Double) -> Ranks {
        guard n > 0, p > 0, p < 1, confidence > 0, confidence < 1 else {
            return Ranks(low: nil, high: nil, coverage: 1)
        }
        let level = 1 - (1 - confidence) / 2
        let low = lowerRank(n, p: p, level: level)
        let mirrored = lowerRank(n, p: 1 - p, level: level)
        let high = mirrored == 0 ? n + 1 : n + 1 - mirrored
        // Each miss has its own tail, so that neither is lost in the other's rounding.
        let missBelow = SpecialFunctions.binomialTail(n, p: p, atLeast: low).below
        let missAbove = high > n ? 0 : SpecialFunctions.binomialTail(n, p: p, atLeast: high).atLeast
        return Ranks(
            low: low == 0 ? nil : low,
            high: high > n ? nil : high,
            coverage: 1 - (low == 0 ? 0 : missBelow) - missAbove
        )
    }

    /// The interpolated interval; an end that does not exist is `nil`, and the interval then names the sample size it needs.
    ///
    /// - Parameters:
    ///   - sorted: Ascending values without NaN, +∞ for censored ones.
    ///   - p: The probability of the quantile, 0 < p < 1.
    ///   - confidence: The two-sided level.
    /// - Returns: The interval, in the values' own unit.
    package static func nyblom(sorted: [Double], p: Double, confidence: Double) -> Interval {
        let n = sorted.count
        guard n > 0, p > 0, p < 1, confidence > 0, confidence < 1 else {
            return Interval(low: nil, high: nil, confidence: confidence)
        }
        let level = 1 - (1 - confidence) / 2
        let low = interpolatedEnd(n, p: p, level: level).map { end in
            blend(sorted[end.rank - 1], sorted[min(end.rank, n - 1)], end.weight)
        }
        let high = interpolatedEnd(n, p: 1 - p, level: level).map { end in
            blend(sorted[n - end.rank], sorted[max(n - 1 - end.rank, 0)], end.weight)
        }
        let interval = Interval(low: low, high: high, confidence: confidence)
        guard !interval.isComplete else { return interval }
        let needed = minimumSampleSize(p: p, confidence: confidence)
        var incomplete = interval
        incomplete.requiredSampleSize = needed > n ? needed : nil
        return incomplete
    }

    /// The smallest sample in which both ends of the two-sided, equal-tailed interval exist.
    package static func minimumSampleSize(p: Double, confidence: Double) -> Int {
        smallestPower(base: max(p, 1 - p), atMost: (1 - confidence) / 2)
    }

    /// The smallest sample in which an upper confidence bound exists.
    package static func minimumSampleSizeForUpperBound(p: Double, confidence: Double) -> Int {
        smallestPower(base: p, atMost: 1 - confidence)
    }

    /// The smallest n ≥ 1 with baseⁿ ≤ limit, for 0 < base < 1.
    private static func smallestPower(base: Double, atMost limit: Double) -> Int {
        guard base > 0, base < 1, limit > 0, limit < 1 else { return base >= 1 ? .max : 1 }
        let exact = Elementary.log(limit) / Elementary.log(base)
        guard exact < 1e15 else { return .max }
        // (1 − c)/2 of a decimal c is not exact: a hair's breadth must not cost one more observation.
        return max(1, Int((exact - 1e-9).rounded(.up)))
    }

    /// max{r : P(Bin(n, p) ≥ r) ≥ level}; 0 when even the minimum is no lower bound.
    private static func lowerRank(_ n: Int, p: Double, level: Double) -> Int {
        var low = 0
        var high = n
        while low < high {
            let middle = low + (high - low + 1) / 2
            if SpecialFunctions.binomialTail(n, p: p, atLeast: middle).atLeast >= level - 1e-13 {
                low = middle
            } else {
                high = middle - 1
            }
        }
        return low
    }

    private static func interpolatedEnd(_ n: Int, p: Double, level: Double) -> End? {
        let r = lowerRank(n, p: p, level: level)
        guard r > 0 else { return nil }
        guard r < n else { return End(rank: n, weight: 0) }
        let tail = SpecialFunctions.binomialTail(n, p: p, atLeast: r).atLeast
        let next = SpecialFunctions.binomialTail(n, p: p, atLeast: r + 1).atLeast
        let excess = tail - level
        guard excess > 1e-13 else { return End(rank: r, weight: 0) }
        let odds = Double(r) * (1 - p) * (level - next) / (Double(n - r) * p * excess)
        return End(rank: r, weight: 1 / (1 + odds))
    }

    private static func blend(_ outer: Double, _ inner: Double, _ weight: Double) -> Double {
        weight == 0 || outer == inner ? outer : (1 - weight) * outer + weight * inner
    }
}
