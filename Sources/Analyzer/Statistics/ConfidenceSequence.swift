// An interval for a quantile that stays valid however often one looks (Robbins 1970, mixture martingale with a beta prior;
// Howard and Ramdas 2022, "Sequential estimation of quantiles").

/// Always-valid rank bounds: what a recording that stops on its own result must use.
package enum ConfidenceSequence {
    /// The smallest and largest number of observations at or below the quantile that are still credible.
    package struct Ranks: Equatable, Sendable {
        package let smallest: Int
        package let largest: Int
    }

    /// ln of the mixture likelihood ratio after `k` of `n` observations at or below the p-quantile.
    static func logMartingale(k: Int, n: Int, p: Double, concentration: Double) -> Double {
        let a = concentration * p
        let b = concentration * (1 - p)
        let hits = Double(k)
        let misses = Double(n - k)
        return logBeta(a + hits, b + misses) - logBeta(a, b) - hits * Elementary.log(p)
            - misses * Elementary.log1p(-p)
    }

    private static func logBeta(_ a: Double, _ b: Double) -> Double {
        SpecialFunctions.logGamma(a) + SpecialFunctions.logGamma(b) - SpecialFunctions.logGamma(a + b)
    }

    /// The counts whose martingale stays below 1/(1 − confidence), at any number of looks.
    ///
    /// - Parameters:
    ///   - n: The observations so far.
    ///   - p: The probability of the quantile, 0 < p < 1.
    ///   - confidence: The two-sided level over all looks together.
    ///   - concentration: The prior's weight ρ: bounds are tightest near n ≈ ρ.
    /// - Returns: The credible counts; `nil` for a level or probability outside its range.
    package static func ranks(count n: Int, p: Double, confidence: Double, concentration: Double = 100) -> Ranks? {
        guard n >= 0, p > 0, p < 1, confidence > 0, confidence < 1, concentration > 0 else { return nil }
        let limit = -Elementary.log(1 - confidence)
        func isCredible(_ k: Int) -> Bool {
            logMartingale(k: k, n: n, p: p, concentration: concentration) < limit
        }
        // The martingale is smallest near k = n p and rises on both sides.
        let center = min(max(Int((Double(n) * p).rounded()), 0), n)
        guard isCredible(center) else { return Ranks(smallest: center, largest: center) }
        var low = 0
        var high = center
        while low < high {
            let middle = (low + high) / 2
            if isCredible(middle) { high = middle } else { low = middle + 1 }
        }
        let smallest = low
        low = center
        high = n
        while low < high {
            let middle = (low + high + 1) / 2
            if isCredible(middle) { low = middle } else { high = middle - 1 }
        }
        return Ranks(smallest: smallest, largest: low)
    }

    /// The type-7 quantile with its always-valid interval.
    ///
    /// - Parameters:
    ///   - sample: The observations so far, independent of one another.
    ///   - p: The probability.
    ///   - confidence: The two-sided level over all looks together.
    ///   - concentration: The prior's weight.
    /// - Returns: The interval [x₍smallest₎, x₍largest + 1₎]; an end without a rank is not identified.
    package static func estimate(
        of sample: Sample,
        p: Double,
        confidence: Double,
        concentration: Double = 100
    ) -> Estimate {
        let sorted = sample.sorted
        guard
            let value = Quantile.value(sorted: sorted, p: p),
            let ranks = ranks(count: sorted.count, p: p, confidence: confidence, concentration: concentration)
        else { return Estimate(value: nil, count: sorted.count, flags: [.noData]) }
        let interval = Interval(
            low: ranks.smallest >= 1 ? sorted[ranks.smallest - 1] : nil,
            high: ranks.largest < sorted.count ? sorted[ranks.largest] : nil,
            confidence: confidence
        )
        var flags = QuantileInterval.sizeFlags(count: sorted.count, p: p)
        if value == .infinity { flags.insert(.beyondCensoring, at: 0) }
        if !interval.isComplete { flags.append(.endNotIdentified) }
        return Estimate(value: value, interval: interval, method: .alwaysValid, count: sorted.count, flags: flags)
    }
}
