// Two independent samples: rank tests, shift and probability of superiority (Mann and Whitney 1947; Hodges and Lehmann 1963;
// Cliff 1993; Vargha and Delaney 2000; Brunner and Munzel 2000).

/// How a p-value was found.
package enum TestMethod: String, Sendable {
    case exact = "exact"
    case permutation = "exact permutation"
    case normal = "normal with tie and continuity corrections"
    case allEqual = "all values equal"
    case notPossible = "too few values"
}

/// A two-sided p-value with its method.
package struct TestResult: Equatable, Sendable {
    /// Never exactly 0 unless it underflows.
    package let pValue: Double
    package let method: TestMethod
    /// The smallest p-value that any data of this size could give; a level below it cannot be reached.
    package let smallestPossible: Double
}

/// Comparisons of two samples of independent, finite observations.
package enum TwoSample {
    // MARK: Mann–Whitney

    /// The number of pairs with x above y, ties counting one half.
    package static func mannWhitneyU(_ x: [Double], _ y: [Double]) -> Double {
        let ranks = Ranks(of: x + y)
        return rankSum(ranks, x.count) - Double(x.count) * Double(x.count + 1) / 2
    }

    private static func rankSum(_ ranks: Ranks, _ count: Int) -> Double {
        ranks.values[0..<count].reduce(0, +)
    }

    /// The two-sided Mann–Whitney test: exact where it is cheap, else normal.
    package static func mannWhitney(_ x: [Double], _ y: [Double]) -> TestResult {
        let n = x.count
        let m = y.count
        guard n > 0, m > 0 else { return TestResult(pValue: 1, method: .notPossible, smallestPossible: 1) }
        let ranks = Ranks(of: x + y)
        let smallest = smallestMannWhitneyP(n, m)
        if ranks.values.allSatisfy({ $0 == ranks.values[0] }) {
            return TestResult(pValue: 1, method: .allEqual, smallestPossible: smallest)
        }
        let sum = rankSum(ranks, n)
        let u = sum - Double(n) * Double(n + 1) / 2
        if !ranks.hasTies, min(n, m) <= 50, let cumulative = RankNull.mannWhitney(n, m) {
            let tail = min(u, Double(n * m) - u)
            let p = min(1, 2 * cumulative[Int(tail)])
            return TestResult(pValue: p, method: .exact, smallestPossible: smallest)
        }
        if ranks.hasTies, n + m <= 80 {
            // The smaller arm makes the smaller table; both arms' sums determine each other.
            let useFirst = n <= m
            let observed = useFirst ? sum : ranks.values.reduce(0, +) - sum
            let p = RankNull.permutation(midranks: ranks.values, size: min(n, m), observed: observed)
            return TestResult(pValue: p, method: .permutation, smallestPossible: smallest)
        }
        let p = mannWhitneyNormalP(u: u, n, m, tieTerm: ranks.tieTerm, continuity: true)
        return TestResult(pValue: p, method: .normal, smallestPossible: smallest)
    }

    /// The normal approximation of the two-sided p-value; 1 where all values are equal.
    static func mannWhitneyNormalP(u: Double, _ n: Int, _ m: Int, tieTerm: Double, continuity: Bool) -> Double {
        let total = Double(n + m)
        let pairs = Double(n) * Double(m)
        let variance = pairs / 12 * (total + 1 - tieTerm / (total * max(total - 1, 1)))
        guard variance > 0 else { return 1 }
        let distance = max(0, max(u, pairs - u) - pairs / 2 - (continuity ? 0.5 : 0))
        return SpecialFunctions.normalTwoSidedP(distance / variance.squareRoot())
    }

    /// The p-value of complete separation: 2 / C(n + m, n).
    package static func smallestMannWhitneyP(_ n: Int, _ m: Int) -> Double {
        guard n > 0, m > 0 else { return 1 }
        return min(1, 2 * Elementary.exp(-SpecialFunctions.logBinomialCoefficient(Double(n + m), Double(n))))
    }

    // MARK: Hodges–Lehmann

    /// The median of all differences x − y with its interval from the ranks of U.
    ///
    /// - Parameters:
    ///   - x: The first sample.
    ///   - y: The second sample.
    ///   - confidence: The two-sided level.
    /// - Returns: The shift; an end is `nil` where even the extreme difference bounds nothing at this level.
    package static func hodgesLehmann(_ x: [Double], _ y: [Double], confidence: Double) -> Estimate {
        let n = x.count
        let m = y.count
        guard n > 0, m > 0 else { return Estimate(value: nil, count: n + m, flags: [.noData]) }
        let first = FloatSort.ascending(x)
        let second = FloatSort.ascending(y)
        let pairs = n * m
        func select(_ rank: Int) -> Double { PairwiseSelection.difference(first, second, rank: rank) }
        var result = Estimate(value: PairwiseSelection.median(count: pairs, select), count: n + m)
        result.method = .hodgesLehmann
        let rank = intervalRank(n, m, ties: Ranks(of: x + y), alpha: (1 - confidence) / 2)
        guard rank >= 1 else {
            result.interval = Interval(low: nil, high: nil, confidence: confidence)
            result.flags.append(.endNotIdentified)
            return result
        }
        result.interval = Interval(low: select(rank), high: select(pairs + 1 - rank), confidence: confidence)
        if first.first == first.last, second.first == second.last { result.flags.append(.degenerate) }
        return result
    }

    /// The largest rank c with P(U ≤ c − 1) ≤ alpha, the place of the lower end among the differences; 0 if there is none.
    private static func intervalRank(_ n: Int, _ m: Int, ties: Ranks, alpha: Double) -> Int {
        if !ties.hasTies, min(n, m) <= 50, let cumulative = RankNull.mannWhitney(n, m) {
            let first = cumulative.firstIndexSorted { $0 > alpha * (1 + 1e-12) }
            return first
        }
        let pairs = Double(n) * Double(m)
        let total = Double(n + m)
        let variance = pairs / 12 * (total + 1 - ties.tieTerm / (total * (total - 1)))
        let z = -SpecialFunctions.normalQuantile(alpha)
        return Int((pairs / 2 + 0.5 - z * max(variance, 0).squareRoot()).rounded(.down))
    }

    // MARK: Probability of superiority

    /// P(X > Y) + ½ P(X = Y), Cliff's delta, and an interval for both.
    package struct Superiority: Equatable, Sendable {
        /// A12 = P(X > Y) + ½ P(X = Y).
        package let probability: Double
        /// Cliff's delta, 2 A12 − 1.
        package let delta: Double
        /// The interval of A12 on the logit scale; one-sided where the samples are separated.
        package let interval: Interval?
        /// Cliff's unbiased variance of delta; `nil` below two values in an arm.
        package let deltaVariance: Double?
        /// Brunner and Munzel's statistic; `nil` where it has no variance.
        package let brunnerMunzel: Double?
        /// Its two-sided p-value by Student's t with Satterthwaite's degrees.
        package let pValue: Double?
    }

    /// How often a value of the first sample lies above one of the second; `nil` where a sample is empty.
    package static func superiority(_ x: [Double], _ y: [Double], confidence: Double) -> Superiority? {
        let n = Double(x.count)
        let m = Double(y.count)
        guard n > 0, m > 0 else { return nil }
        let all = Ranks(of: x + y)
        let placementsX = zip(all.values.prefix(x.count), Ranks(of: x).values).map { $0 - $1 }
        let placementsY = zip(all.values.suffix(y.count), Ranks(of: y).values).map { $0 - $1 }
        // A placement is the number of values of the other arm below, ties one half.
        let probability = placementsX.reduce(0, +) / (n * m)
        let delta = 2 * probability - 1
        guard x.count > 1, y.count > 1 else {
            return Superiority(
                probability: probability,
                delta: delta,
                interval: separatedInterval(probability, 1, confidence),
                deltaVariance: nil,
                brunnerMunzel: nil,
                pValue: nil
            )
        }
        let squaresX = Moments.squaredDeviations(placementsX, about: probability * m)
        let squaresY = Moments.squaredDeviations(placementsY, about: (1 - probability) * n)
        let tiedPairs = countTiedPairs(x, y)
        let within = n * m - tiedPairs - n * m * delta * delta
        let deltaVariance = (4 * squaresX + 4 * squaresY - within) / (n * m * (n - 1) * (m - 1))
        let partX = n * squaresX / (n - 1)
        let partY = m * squaresY / (m - 1)
        let error = (partX + partY).squareRoot() / (n * m)
        guard error > 0, probability > 0, probability < 1 else {
            return Superiority(
                probability: probability,
                delta: delta,
                interval: separatedInterval(probability, Int(min(n, m)), confidence),
                deltaVariance: max(deltaVariance, 0),
                brunnerMunzel: nil,
                pValue: nil
            )
        }
        let degrees = (partX + partY) * (partX + partY) / (partX * partX / (n - 1) + partY * partY / (m - 1))
        let statistic = (0.5 - probability) / error
        let center = Elementary.log(probability / (1 - probability))
        let t = -SpecialFunctions.studentQuantile((1 - confidence) / 2, degrees: degrees)
        let reach = t * error / (probability * (1 - probability))
        func expit(_ value: Double) -> Double { 1 / (1 + Elementary.exp(-value)) }
        return Superiority(
            probability: probability,
            delta: delta,
            interval: Interval(low: expit(center - reach), high: expit(center + reach), confidence: confidence),
            deltaVariance: max(deltaVariance, 0),
            brunnerMunzel: statistic,
            pValue: SpecialFunctions.studentTwoSidedP(statistic, degrees: degrees)
        )
    }

    /// What separated samples still tell: as many disjoint pairs as the smaller arm has all point one way (Clopper and Pearson 1934).
    private static func separatedInterval(_ probability: Double, _ pairs: Int, _ confidence: Double) -> Interval? {
        guard probability == 0 || probability == 1 else { return nil }
        let bound = Elementary.pow((1 - confidence) / 2, 1 / Double(pairs))
        return probability == 1
            ? Interval(low: bound, high: 1, confidence: confidence)
            : Interval(low: 0, high: 1 - bound, confidence: confidence)
    }

    private static func countTiedPairs(_ x: [Double], _ y: [Double]) -> Double {
        var counts: [Double: Double] = [:]
        for value in x { counts[value, default: 0] += 1 }
        return y.reduce(0) { $0 + (counts[$1] ?? 0) }
    }

    // MARK: Welch and Kolmogorov–Smirnov

    /// The difference of means, x − y, with Welch's interval.
    package static func welch(_ x: [Double], _ y: [Double], confidence: Double) -> (estimate: Estimate, pValue: Double?)
    {
        guard let meanX = Moments.mean(x), let meanY = Moments.mean(y) else {
            return (Estimate(value: nil, count: x.count + y.count, flags: [.noData]), nil)
        }
        var result = Estimate(value: meanX - meanY, method: .student, count: x.count + y.count)
        guard let varianceX = Moments.variance(x), let varianceY = Moments.variance(y) else {
            result.flags = [.singleObservation]
            return (result, nil)
        }
        let partX = varianceX / Double(x.count)
        let partY = varianceY / Double(y.count)
        let error = (partX + partY).squareRoot()
        result.standardError = error
        guard error > 0 else {
            result.interval = Interval(low: meanX - meanY, high: meanX - meanY, confidence: confidence)
            result.flags = [.degenerate]
            return (result, nil)
        }
        let degrees =
            (partX + partY) * (partX + partY)
            / (partX * partX / Double(x.count - 1) + partY * partY / Double(y.count - 1))
        let reach = -SpecialFunctions.studentQuantile((1 - confidence) / 2, degrees: degrees) * error
        result.interval = Interval(low: meanX - meanY - reach, high: meanX - meanY + reach, confidence: confidence)
        return (result, SpecialFunctions.studentTwoSidedP((meanX - meanY) / error, degrees: degrees))
    }

    /// The largest distance between the two empirical distribution functions.
    package static func kolmogorovDistance(_ x: [Double], _ y: [Double]) -> Double {
        guard !x.isEmpty, !y.isEmpty else { return 0 }
        let first = FloatSort.ascending(x)
        let second = FloatSort.ascending(y)
        var i = 0
        var j = 0
        var distance = 0.0
        while i < first.count, j < second.count {
            let value = min(first[i], second[j])
            while i < first.count, first[i] <= value { i += 1 }
            while j < second.count, second[j] <= value { j += 1 }
            distance = max(distance, abs(Double(i) / Double(first.count) - Double(j) / Double(second.count)))
        }
        return distance
    }
}
