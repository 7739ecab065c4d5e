// Whether a series of round medians stood still: autocorrelation, stationarity, trend, one change, warm-up
// (Ljung and Box 1978; Kwiatkowski et al. 1992; Mann 1945 and Kendall; Pettitt 1979; White 1997, MSER-5).

/// Tests on a series in time order, all values finite; every function returns `nil` where the series is too short or constant.
package enum Drift {
    /// The autocorrelation test.
    package struct LjungBox: Equatable, Sendable {
        package let statistic: Double
        package let lag: Int
        package let pValue: Double
    }

    /// Whether the first autocorrelations are jointly zero.
    package static func ljungBox(_ series: [Double], lag wanted: Int = 10) -> LjungBox? {
        let n = series.count
        let lag = min(wanted, n / 2)
        guard lag >= 1, let deviations = centered(series) else { return nil }
        let variance = deviations.reduce(0) { $0 + $1 * $1 }
        var sum = 0.0
        for k in 1...lag {
            var product = 0.0
            for i in k..<n { product += deviations[i] * deviations[i - k] }
            let correlation = product / variance
            sum += correlation * correlation / Double(n - k)
        }
        let statistic = Double(n) * Double(n + 2) * sum
        return LjungBox(
            statistic: statistic,
            lag: lag,
            pValue: SpecialFunctions.chiSquareUpperTail(statistic, degrees: Double(lag))
        )
    }

    /// The level-stationarity test.
    package struct KPSS: Equatable, Sendable {
        package let statistic: Double
        package let lag: Int
        /// The 5 % critical value.
        package static let criticalValue = 0.463
        /// Whether a constant level is rejected at 5 %.
        package var rejectsLevel: Bool { statistic > Self.criticalValue }
    }

    /// Whether the series wanders about more than a constant level explains; Bartlett window of ⌊4 (n/100)^¼⌋ lags.
    package static func kpss(_ series: [Double]) -> KPSS? {
        let n = series.count
        guard n >= 3, let deviations = centered(series) else { return nil }
        let lag = min(Int(4 * Elementary.pow(Double(n) / 100, 0.25)), n - 1)
        var longRun = deviations.reduce(0) { $0 + $1 * $1 } / Double(n)
        for k in 1...max(lag, 1) where k <= lag {
            var product = 0.0
            for i in k..<n { product += deviations[i] * deviations[i - k] }
            longRun += 2 / Double(n) * (1 - Double(k) / Double(lag + 1)) * product
        }
        guard longRun > 0 else { return nil }
        var partial = 0.0
        var squares = 0.0
        for deviation in deviations {
            partial += deviation
            squares += partial * partial
        }
        return KPSS(statistic: squares / (Double(n) * Double(n) * longRun), lag: lag)
    }

    /// The trend test.
    package struct MannKendall: Equatable, Sendable {
        /// Rising pairs minus falling pairs.
        package let statistic: Double
        package let variance: Double
        /// The standard score as if rounds were independent.
        package let unscaledZ: Double
        /// The standard score scaled by √(effective size / n), so that memory alone makes no trend.
        package let z: Double
        package let pValue: Double
        package let effectiveSampleSize: Double
        /// The p-value as if rounds were independent.
        package var unscaledPValue: Double { SpecialFunctions.normalTwoSidedP(unscaledZ) }
    }

    /// Whether later values tend to be larger or smaller.
    package static func mannKendall(_ series: [Double]) -> MannKendall? {
        let n = series.count
        guard n >= 3, series.allSatisfy({ $0.isFinite }), let dependence = SeriesDependence(series) else { return nil }
        let ranks = Ranks(of: series)
        let size = Double(n)
        // Ties by rank: Σ t (t − 1)(2t + 5) over tied groups.
        var groups: [Double: Double] = [:]
        for rank in ranks.values { groups[rank, default: 0] += 1 }
        let ties = groups.values.reduce(0) { $0 + $1 * ($1 - 1) * (2 * $1 + 5) }
        let variance = (size * (size - 1) * (2 * size + 5) - ties) / 18
        guard variance > 0 else { return nil }
        let statistic = risingMinusFalling(ranks.values)
        let corrected = statistic > 0 ? statistic - 1 : statistic < 0 ? statistic + 1 : 0
        let unscaled = corrected / variance.squareRoot()
        let z = unscaled * (dependence.effectiveSampleSize / size).squareRoot()
        return MannKendall(
            statistic: statistic,
            variance: variance,
            unscaledZ: unscaled,
            z: z,
            pValue: SpecialFunctions.normalTwoSidedP(z),
            effectiveSampleSize: dependence.effectiveSampleSize
        )
    }

    /// Σ sign(xⱼ − xᵢ) over i < j, by a Fenwick tree over doubled midranks.
    private static func risingMinusFalling(_ ranks: [Double]) -> Double {
        let size = 2 * ranks.count + 1
        var tree = [Int](repeating: 0, count: size + 1)
        func countUpTo(_ position: Int) -> Int {
            var sum = 0
            var i = position
            while i > 0 {
                sum += tree[i]
                i -= i & -i
            }
            return sum
        }
        var score = 0
        for (seen, rank) in ranks.enumerated() {
            let position = Int(rank * 2)
            score += countUpTo(position - 1) - (seen - countUpTo(position))
            var i = position
            while i <= size {
                tree[i] += 1
                i += i & -i
            }
        }
        return Double(score)
    }

    /// The most likely single change.
    package struct Pettitt: Equatable, Sendable {
        package let statistic: Double
        /// How many values lie before the change.
        package let splitAfter: Int
        /// The approximate p-value for independent values: far too small for a series with memory, so never used alone.
        package let pValue: Double
        /// P(a value after the change exceeds one before).
        package let superiority: Double
        /// The ratio of the medians, after over before; `nil` where one is not above 0.
        package let medianRatio: Double?

        /// The p-value with the statistic scaled by √(effective size / n) of what is left when the change is taken out.
        ///
        /// Scaling by the memory of the series itself would hide every real change, since a change is memory too.
        package func pValue(scaledFor series: [Double]) -> Double {
            let parts = [series[..<splitAfter], series[splitAfter...]]
            let rest = parts.flatMap { part in
                let mean = Moments.mean(Array(part)) ?? 0
                return part.map { $0 - mean }
            }
            let size = Double(series.count)
            let effective = SeriesDependence(rest)?.effectiveSampleSize ?? size
            let scaled = statistic * statistic * effective / size
            return min(1, 2 * Elementary.exp(-6 * scaled / (size * size * size + size * size)))
        }

        /// Whether the change is large in both senses: A12 beyond ¾ or ¼, and the medians further apart than the margin.
        package func isSubstantial(margin: Double = 0.03) -> Bool {
            guard superiority >= 0.75 || superiority <= 0.25, let medianRatio else { return false }
            return abs(Elementary.log(medianRatio)) >= Elementary.log1p(margin)
        }
    }

    /// Where the series changed, if it changed once.
    package static func pettitt(_ series: [Double]) -> Pettitt? {
        let n = series.count
        guard n >= 4, series.allSatisfy({ $0.isFinite }), series.contains(where: { $0 != series[0] }) else {
            return nil
        }
        let ranks = Ranks(of: series).values
        var sum = 0.0
        var largest = -1.0
        var split = 1
        for t in 1..<n {
            sum += ranks[t - 1]
            let distance = abs(2 * sum - Double(t) * Double(n + 1))
            if distance > largest {
                largest = distance
                split = t
            }
        }
        let before = Array(series[..<split])
        let after = Array(series[split...])
        let size = Double(n)
        let u = TwoSample.mannWhitneyU(after, before)
        let medians = (
            Quantile.value(sorted: FloatSort.ascending(before), p: 0.5) ?? 0,
            Quantile.value(sorted: FloatSort.ascending(after), p: 0.5) ?? 0
        )
        return Pettitt(
            statistic: largest,
            splitAfter: split,
            pValue: min(1, 2 * Elementary.exp(-6 * largest * largest / (size * size * size + size * size))),
            superiority: u / (Double(before.count) * Double(after.count)),
            medianRatio: medians.0 > 0 && medians.1 > 0 ? medians.1 / medians.0 : nil
        )
    }

    /// How many leading values MSER-5 would leave out: a suggestion, never applied by itself; `nil` below ten values.
    package static func suggestedWarmUp(_ series: [Double]) -> Int? {
        let batches = series.count / 5
        guard batches >= 2, series.allSatisfy({ $0.isFinite }) else { return nil }
        let means = (0..<batches).compactMap { Moments.mean(Array(series[($0 * 5)..<($0 * 5 + 5)])) }
        var best = Double.infinity
        var truncation = 0
        for dropped in 0...(batches / 2) {
            let rest = Array(means[dropped...])
            guard let mean = Moments.mean(rest) else { break }
            let score = Moments.squaredDeviations(rest, about: mean) / (Double(rest.count) * Double(rest.count))
            if score < best {
                best = score
                truncation = dropped
            }
        }
        return truncation * 5
    }

    private static func centered(_ series: [Double]) -> [Double]? {
        guard let mean = Moments.mean(series), mean.isFinite, series.contains(where: { $0 != series[0] }) else {
            return nil
        }
        return series.map { $0 - mean }
    }
}
