// Paired observations: signed ranks, signs, and the median of Walsh averages (Wilcoxon 1945; Pratt 1959; Hodges and Lehmann 1963).

/// Tests and estimates on paired differences, all finite.
package enum Paired {
    /// What happens to pairs without a difference.
    package enum Zeros: Sendable {
        /// They are dropped before ranking (Wilcoxon).
        case dropped
        /// They are ranked with the others, then their ranks are dropped (Pratt).
        case ranked
    }

    /// The signed-rank test of a set of differences.
    package struct SignedRank: Equatable, Sendable {
        /// The sum of the ranks of positive differences.
        package let positiveSum: Double
        /// The sum of the ranks of negative differences.
        package let negativeSum: Double
        /// How many differences were zero.
        package let zeroCount: Int
        package let test: TestResult
    }

    /// The two-sided signed-rank test: exact by the shift algorithm up to 200 differences, else normal with corrections.
    package static func signedRank(_ differences: [Double], zeros: Zeros = .dropped) -> SignedRank {
        let signed = SignedRanks(differences, zeros)
        let smallest = min(1, Elementary.pow(2, 1 - Double(signed.ranks.count)))
        let result: TestResult
        if signed.ranks.isEmpty {
            result = TestResult(pValue: 1, method: .allEqual, smallestPossible: 1)
        } else if signed.ranks.count <= 200 {
            let cumulative = RankNull.signedRank(midranks: signed.ranks)
            let tail = Int((min(signed.positive, signed.negative) * 2).rounded())
            let method: TestMethod = signed.isPlain ? .exact : .permutation
            result = TestResult(pValue: min(1, 2 * cumulative[tail]), method: method, smallestPossible: smallest)
        } else {
            result = TestResult(
                pValue: signed.normalP(continuity: true),
                method: .normal,
                smallestPossible: smallest
            )
        }
        return SignedRank(
            positiveSum: signed.positive,
            negativeSum: signed.negative,
            zeroCount: signed.zeroCount,
            test: result
        )
    }

    /// The ranks of the absolute differences with their signs applied.
    struct SignedRanks {
        let ranks: [Double]
        let positive: Double
        let negative: Double
        let zeroCount: Int
        /// Neither ties nor zeros: the textbook distribution.
        let isPlain: Bool

        init(_ differences: [Double], _ zeros: Zeros) {
            let kept = zeros == .dropped ? differences.filter { $0 != 0 } : differences
            let all = Ranks(of: kept.map { abs($0) })
            var ranks: [Double] = []
            var positive = 0.0
            var negative = 0.0
            for (difference, rank) in zip(kept, all.values) where difference != 0 {
                ranks.append(rank)
                if difference > 0 { positive += rank } else { negative += rank }
            }
            self.ranks = ranks
            self.positive = positive
            self.negative = negative
            zeroCount = differences.count(where: { $0 == 0 })
            isPlain = !all.hasTies && zeroCount == 0
        }

        /// The normal approximation with the variance Σ rank² / 4, which covers ties and zeros alike.
        func normalP(continuity: Bool) -> Double {
            let variance = ranks.reduce(0) { $0 + $1 * $1 } / 4
            guard variance > 0 else { return 1 }
            let distance = max(0, abs(positive - negative) / 2 - (continuity ? 0.5 : 0))
            return SpecialFunctions.normalTwoSidedP(distance / variance.squareRoot())
        }
    }

    /// The two-sided sign test; zeros are dropped.
    package static func signTest(_ differences: [Double]) -> Double {
        let positive = differences.count(where: { $0 > 0 })
        let negative = differences.count(where: { $0 < 0 })
        guard positive + negative > 0 else { return 1 }
        let tail = SpecialFunctions.binomialTail(positive + negative, p: 0.5, atLeast: max(positive, negative)).atLeast
        return min(1, 2 * tail)
    }

    /// The median of all Walsh averages, zeros kept, with its signed-rank interval.
    package static func pseudomedian(_ differences: [Double], confidence: Double) -> Estimate {
        let n = differences.count
        guard n > 0 else { return Estimate(value: nil, count: 0, flags: [.noData]) }
        let sorted = FloatSort.ascending(differences)
        let pairs = n * (n + 1) / 2
        func select(_ rank: Int) -> Double { PairwiseSelection.walshAverage(sorted, rank: rank) }
        var result = Estimate(value: PairwiseSelection.median(count: pairs, select), count: n)
        result.method = .hodgesLehmann
        let alpha = (1 - confidence) / 2
        let rank: Int
        if n <= 200 {
            let cumulative = RankNull.signedRank(midranks: (1...n).map { Double($0) })
            // Doubled sums: the entry 2v is P(V ≤ v).
            rank = (0...(pairs / 2)).first { cumulative[2 * $0] > alpha * (1 + 1e-12) } ?? 0
        } else {
            let size = Double(n)
            let spread = (size * (size + 1) * (2 * size + 1) / 24).squareRoot()
            rank = Int((Double(pairs) / 2 + 0.5 + SpecialFunctions.normalQuantile(alpha) * spread).rounded(.down))
        }
        guard rank >= 1 else {
            result.interval = Interval(low: nil, high: nil, confidence: confidence)
            result.flags.append(.endNotIdentified)
            return result
        }
        result.interval = Interval(low: select(rank), high: select(pairs + 1 - rank), confidence: confidence)
        if sorted.first == sorted.last { result.flags.append(.degenerate) }
        return result
    }

    /// The mean difference with Student's interval and p-value.
    package static func student(_ differences: [Double], confidence: Double) -> (estimate: Estimate, pValue: Double?) {
        guard let mean = Moments.mean(differences) else {
            return (Estimate(value: nil, count: 0, flags: [.noData]), nil)
        }
        var result = Estimate(value: mean, method: .student, count: differences.count)
        guard let deviation = Moments.standardDeviation(differences) else {
            result.flags = [.singleObservation]
            return (result, nil)
        }
        let error = deviation / Double(differences.count).squareRoot()
        result.standardError = error
        result.interval = MeanInterval.student(
            mean: mean,
            error: error,
            count: differences.count,
            confidence: confidence
        )
        guard error > 0 else {
            result.flags = [.degenerate]
            return (result, nil)
        }
        return (result, SpecialFunctions.studentTwoSidedP(mean / error, degrees: Double(differences.count - 1)))
    }
}
