// The bootstrap distribution of a sample quantile without resampling: its law follows from that of two neighbouring
// order statistics (Efron 1979, section 3; Hutson and Ernst 2000, "The exact bootstrap mean and variance of an L-estimator").

/// The law of the type-7 quantile of n draws with replacement from a sorted sample (docs/statistics.md).
///
/// With r the lower rank and g the fraction of the quantile's position, the resampled quantile is
/// x₍ᵢ₎ + g (x₍ⱼ₎ − x₍ᵢ₎), where i and j ≥ i are the sample ranks of the r-th and (r+1)-th smallest draw, and
///
///     P(i, j) = Aᵢ (Tⱼ₋₁ − Tⱼ)            for j > i,
///     P(i, i) = F(i) − F(i−1) − Aᵢ Tᵢ,    F(i) = P(Bin(n, i/n) ≥ r),
///
/// with Aᵢ = C(n, r) [(i/n)ʳ − ((i−1)/n)ʳ] and Tᵢ = ((n−i)/n)ⁿ⁻ʳ. Only some 9 √(n p (1−p)) ranks on either side matter.
package struct ExactQuantileBootstrap: BootstrapLaw {
    /// The sample quantile that is resampled.
    package let estimate: Double
    private let sorted: [Double]
    private let probability: Double
    private let fraction: Double
    /// One-based sample rank of the window's first entry.
    private let first: Int
    /// F(i) over the window.
    private let rankCDF: [Double]
    /// P(i, i) over the window.
    private let tied: [Double]
    /// Aᵢ Tᵢ over the window.
    private let apart: [Double]
    /// ln Tᵢ over the window, relative to the rank r.
    private let logTail: [Double]

    /// Prepares the window; `nil` for an empty sample or a `p` outside 0...1.
    ///
    /// - Parameters:
    ///   - sorted: Ascending values without NaN, +∞ for censored ones.
    ///   - p: The probability of the quantile.
    package init?(sorted: [Double], p: Double) {
        let n = sorted.count
        guard let estimate = Quantile.value(sorted: sorted, p: p) else { return nil }
        self.sorted = sorted
        self.estimate = estimate
        probability = p
        let position = Quantile.Position(count: n, p: p)
        let rank = position.rank
        fraction = position.fraction
        let upperRank = fraction == 0 ? rank : rank + 1

        func tail(_ i: Int, _ r: Int) -> (atLeast: Double, below: Double) {
            if i >= n { return (1, 0) }
            let parts = SpecialFunctions.incompleteBeta(
                Double(r),
                Double(n - r + 1),
                x: Double(i) / Double(n),
                y: Double(n - i) / Double(n)
            )
            return (parts.lower, parts.upper)
        }
        // The window leaves out less probability than a double can tell from zero.
        var low = 1
        var high = rank
        while low < high {
            let middle = (low + high) / 2
            if tail(middle, rank).atLeast > 1e-18 { high = middle } else { low = middle + 1 }
        }
        first = low
        low = upperRank
        high = n
        while low < high {
            let middle = (low + high) / 2
            if tail(middle, upperRank).below < 1e-18 { high = middle } else { low = middle + 1 }
        }
        let last = low

        var rankCDF: [Double] = []
        var tied: [Double] = []
        var apart: [Double] = []
        var logTail: [Double] = []
        let length = last - first + 1
        rankCDF.reserveCapacity(length)
        tied.reserveCapacity(length)
        apart.reserveCapacity(fraction == 0 ? 0 : length)
        logTail.reserveCapacity(fraction == 0 ? 0 : length)
        var previous = first == 1 ? 0 : tail(first - 1, rank).atLeast
        for i in first...last {
            let current = max(previous, tail(i, rank).atLeast)
            rankCDF.append(current)
            if fraction == 0 {
                tied.append(current - previous)
            } else {
                let split = Self.split(i, rank: rank, count: n)
                apart.append(split.apart)
                logTail.append(split.logTail)
                tied.append(max(0, current - previous - split.apart))
            }
            previous = current
        }
        self.rankCDF = rankCDF
        self.tied = tied
        self.apart = apart
        self.logTail = logTail
    }

    /// Aᵢ Tᵢ = C(n, r) (i/n)ʳ (1 − i/n)ⁿ⁻ʳ · [1 − (1 − 1/i)ʳ], and ln Tᵢ − ln T_r.
    private static func split(_ i: Int, rank: Int, count n: Int) -> (apart: Double, logTail: Double) {
        guard i < n else { return (0, -.infinity) }
        let logMass = SpecialFunctions.logBinomialMass(
            Double(rank),
            Double(n),
            p: Double(i) / Double(n),
            q: Double(n - i) / Double(n)
        )
        let step = i == 1 ? 1 : -Elementary.expm1(Double(rank) * Elementary.log1p(-1 / Double(i)))
        let logTail = Double(n - rank) * Elementary.log1p(-Double(i - rank) / Double(n - rank))
        return (Elementary.exp(logMass) * step, logTail)
    }

    // MARK: The distribution function and its inverse

    /// P(θ* ≤ t).
    package func cumulative(_ t: Double) -> Double {
        sorted.withUnsafeBufferPointer { cumulative(t, $0) }
    }

    private func cumulative(_ t: Double, _ x: UnsafeBufferPointer<Double>) -> Double {
        let count = tied.count
        if fraction == 0 {
            var below = 0
            var above = count
            while below < above {
                let middle = (below + above) / 2
                if x[first - 1 + middle] <= t { below = middle + 1 } else { above = middle }
            }
            return below == 0 ? 0 : rankCDF[below - 1]
        }
        // As i rises, the farthest j that keeps the blend at or below t falls: two pointers.
        var sum = 0.0
        var j = count - 1
        var i = 0
        while i < count {
            let lower = x[first - 1 + i]
            if !(lower <= t) { break }
            if j < i { j = i }
            while j > i, !(Quantile.interpolate(lower, x[first - 1 + j], fraction) <= t) { j -= 1 }
            sum += tied[i]
            if j > i { sum -= apart[i] * Elementary.expm1(logTail[j] - logTail[i]) }
            i += 1
        }
        return min(sum, 1)
    }

    /// inf{t : P(θ* ≤ t) ≥ level}; `nil` if that lies among censored values.
    package func quantile(level: Double) -> Double? {
        sorted.withUnsafeBufferPointer { quantile(level: level, $0) }
    }

    private func quantile(level: Double, _ x: UnsafeBufferPointer<Double>) -> Double? {
        let count = tied.count
        // Sums of many masses carry a rounding error that must not cost an atom.
        let target = min(max(level, 0), 1) - 1e-12
        // First the order statistics between which it lies, then a bisection between those two.
        var below = 0
        var above = count - 1
        while below < above {
            let middle = (below + above) / 2
            if cumulative(x[first - 1 + middle], x) >= target { above = middle } else { below = middle + 1 }
        }
        var high = x[first - 1 + below]
        guard high.isFinite else { return nil }
        guard fraction > 0, below > 0 else { return high }
        var low = x[first - 2 + below]
        guard low < high else { return high }
        while high - low > 4 * max(abs(low), abs(high)).ulp {
            let middle = low + (high - low) / 2
            if middle <= low || middle >= high { break }
            if cumulative(middle, x) >= target { high = middle } else { low = middle }
        }
        // The answer is the smallest value that the resampled quantile can take above `low`.
        var answer = x[first - 1 + below]
        var j = count - 1
        for i in 0..<count {
            let lower = x[first - 1 + i]
            if lower > low {
                answer = min(answer, lower)
                break
            }
            if j < i { j = i }
            while j > i, Quantile.interpolate(lower, x[first - 2 + j], fraction) > low { j -= 1 }
            let value = Quantile.interpolate(lower, x[first - 1 + j], fraction)
            if value > low { answer = min(answer, value) }
        }
        return answer.isFinite ? answer : nil
    }

    // MARK: Spread and bias

    /// The standard deviation of the law; `nil` if it reaches into censored values.
    package var standardError: Double? {
        let count = tied.count
        let center = estimate
        guard center.isFinite, sorted[first + count - 2].isFinite else { return nil }
        var total = 0.0
        var mean = 0.0
        var square = 0.0
        // Sums over j > i of (Tⱼ₋₁ − Tⱼ)/Tᵢ · xⱼ and · xⱼ², carried from the top down.
        var first1 = 0.0
        var first2 = 0.0
        for i in stride(from: count - 1, through: 0, by: -1) {
            let own = sorted[first - 1 + i] - center
            total += tied[i]
            mean += tied[i] * own
            square += tied[i] * own * own
            guard fraction > 0 else { continue }
            if i + 1 < count {
                let ratio = logTail[i + 1] == -.infinity ? 0 : Elementary.exp(logTail[i + 1] - logTail[i])
                let next = sorted[first + i] - center
                first1 = (1 - ratio) * next + ratio * first1
                first2 = (1 - ratio) * next * next + ratio * first2
            } else {
                first1 = own
                first2 = own * own
            }
            let keep = 1 - fraction
            total += apart[i]
            mean += apart[i] * (keep * own + fraction * first1)
            square +=
                apart[i] * (keep * keep * own * own + 2 * keep * fraction * own * first1 + fraction * fraction * first2)
        }
        guard total > 0 else { return nil }
        mean /= total
        return max(0, square / total - mean * mean).squareRoot()
    }

    /// Every pair of window ranks as a value with its probability; some √n² of them.
    func forEachAtom(_ body: (_ value: Double, _ mass: Double) -> Void) {
        for i in tied.indices {
            let lower = sorted[first - 1 + i]
            body(lower, tied[i])
            guard fraction > 0, apart[i] > 1e-18 else { continue }
            var before = 1.0
            for j in (i + 1)..<max(tied.count, i + 1) {
                let after = Elementary.exp(logTail[j] - logTail[i])
                body(Quantile.interpolate(lower, sorted[first - 1 + j], fraction), apart[i] * (before - after))
                before = after
                if after < 1e-18 { break }
            }
        }
    }

    /// P(θ* < θ) + ½ P(θ* = θ), where values that differ by rounding alone count as equal.
    package var probabilityBelowEstimate: Double {
        guard estimate.isFinite else { return 1 }
        let slack = 4 * estimate.ulp
        return (cumulative(estimate - slack) + cumulative(estimate + slack)) / 2
    }

    package var isDegenerate: Bool { sorted.first == sorted.last }

    /// The BCa interval with the jackknife's acceleration; the percentile interval, so flagged, where BCa does not exist.
    package func bca(confidence: Double) -> (interval: Interval, flags: [EstimateFlag]) {
        bca(acceleration: BCa.accelerationOfQuantile(sorted: sorted, p: probability), confidence: confidence)
    }
}
