// Midranks, tie counts and null distributions of rank sums (Mann and Whitney 1947; Streitberg and Röhmel 1986, shift algorithm).

/// Ranks of values among one another; tied values share the mean of their places.
struct Ranks {
    /// The midrank of each value, from 1.
    let values: [Double]
    /// Σ (t³ − t) over groups of t tied values.
    let tieTerm: Double
    /// Whether any two values are equal.
    let hasTies: Bool

    init(of values: [Double]) {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var term = 0.0
        var tied = false
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            let size = Double(end - start)
            for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
            term += size * size * size - size
            if end - start > 1 { tied = true }
            start = end
        }
        self.values = ranks
        tieTerm = term
        hasTies = tied
    }
}

/// Exact distributions of rank statistics under exchangeability.
enum RankNull {
    /// The most coefficients that an exact distribution of U may have; beyond, the normal approximation is exact enough.
    static let largestTable = 500_000

    /// P(U ≤ u) for u = 0, 1, …, ⌊nm/2⌋ without ties; `nil` where the table would be too large.
    ///
    /// The counts are the coefficients of the Gaussian binomial Π (1 − qᵐ⁺ⁱ)/(1 − qⁱ), built one factor at a time.
    static func mannWhitney(_ n: Int, _ m: Int) -> [Double]? {
        let small = min(n, m)
        let large = max(n, m)
        guard small > 0, small * large / 2 < largestTable else { return nil }
        let half = small * large / 2
        var counts = [Double](repeating: 0, count: half + 1)
        counts[0] = 1
        for i in 1...small {
            var k = half
            while k >= large + i {
                counts[k] -= counts[k - large - i]
                k -= 1
            }
            k = i
            while k <= half {
                counts[k] += counts[k - i]
                k += 1
            }
            // Scaled by the number of arrangements, so that counts of large samples stay in range.
            let scale = Double(i) / Double(large + i)
            for k in 0...half { counts[k] *= scale }
        }
        var sum = 0.0
        return counts.map { count in
            sum += count
            return sum
        }
    }

    /// Two-sided P(|T − E T| ≥ |t − E T|) of the rank sum of `size` of the given midranks, ties and all.
    static func permutation(midranks: [Double], size: Int, observed: Double) -> Double {
        let scores = midranks.map { Int(($0 * 2).rounded()) }
        let total = scores.reduce(0, +)
        // ways[k][s]: share of the subsets of k scores with sum s, scaled by C(N, k) at the end.
        var ways = [[Double]](repeating: [Double](repeating: 0, count: total + 1), count: size + 1)
        ways[0][0] = 1
        var reached = 0
        for (index, score) in scores.enumerated() {
            reached += score
            var k = min(size, index + 1)
            while k >= 1 {
                var s = reached
                while s >= score {
                    ways[k][s] += ways[k - 1][s - score]
                    s -= 1
                }
                k -= 1
            }
        }
        let all = ways[size].reduce(0, +)
        guard all > 0 else { return 1 }
        let expected = Double(total) * Double(size) / Double(scores.count)
        let distance = abs(observed * 2 - expected) - 1e-9 * Double(max(total, 1))
        var extreme = 0.0
        for s in 0...total where abs(Double(s) - expected) >= distance { extreme += ways[size][s] }
        return min(1, extreme / all)
    }

    /// P(V ≤ v) of the sum of the positive ranks, for doubled sums 0, 1, …: each midrank has either sign with probability ½.
    static func signedRank(midranks: [Double]) -> [Double] {
        let scores = midranks.map { Int(($0 * 2).rounded()) }
        let total = scores.reduce(0, +)
        var mass = [Double](repeating: 0, count: total + 1)
        mass[0] = 1
        var reached = 0
        for score in scores {
            reached += score
            var s = reached
            while s >= 0 {
                mass[s] = (mass[s] + (s >= score ? mass[s - score] : 0)) / 2
                s -= 1
            }
        }
        var sum = 0.0
        return mass.map { value in
            sum += value
            return sum
        }
    }
}

/// Order statistics of all pairwise differences or averages without listing them (selection by counting, Johnson and Mizoguchi 1978).
enum PairwiseSelection {
    /// The k-th smallest x − y over all pairs, k from 1; both arrays ascending and finite.
    static func difference(_ x: [Double], _ y: [Double], rank k: Int) -> Double {
        select(rank: k) { bound in
            // As x rises, the largest y that is too small rises with it.
            var count = 0
            var first = 0
            for value in x {
                while first < y.count, value - y[first] > bound { first += 1 }
                count += y.count - first
            }
            return count
        }
    }

    /// The k-th smallest Walsh average (xᵢ + xⱼ)/2 over i ≤ j, k from 1; the array ascending and finite.
    static func walshAverage(_ x: [Double], rank k: Int) -> Double {
        select(rank: k) { bound in
            var count = 0
            var last = x.count
            for i in x.indices {
                while last > 0, x[i] / 2 + x[last - 1] / 2 > bound { last -= 1 }
                if last <= i { break }
                count += last - i
            }
            return count
        }
    }

    /// The median of `count` ordered values given their selection.
    static func median(count: Int, _ select: (Int) -> Double) -> Double {
        let low = select((count + 1) / 2)
        return count.isMultiple(of: 2) ? (low + select(count / 2 + 1)) / 2 : low
    }

    /// The smallest number v with at least k values ≤ v, by bisection over the ordered bit patterns of doubles.
    private static func select(rank k: Int, _ countUpTo: (Double) -> Int) -> Double {
        var low = orderedBits(-Double.greatestFiniteMagnitude)
        var high = orderedBits(Double.greatestFiniteMagnitude)
        while low < high {
            let middle = low + (high - low) / 2
            if countUpTo(number(middle)) >= k { high = middle } else { low = middle + 1 }
        }
        return number(low)
    }

    private static func orderedBits(_ value: Double) -> UInt64 {
        let bits = value.bitPattern
        return bits >> 63 == 1 ? ~bits : bits | (1 << 63)
    }

    private static func number(_ key: UInt64) -> Double {
        Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
    }
}
