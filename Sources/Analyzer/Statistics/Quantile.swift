// Sample quantiles: the nine definitions of Hyndman and Fan 1996, and the weighted mean of Harrell and Davis 1982.

/// The definitions of Hyndman and Fan, by their numbers.
package enum QuantileDefinition: Int, Sendable, CaseIterable {
    /// The inverse of the empirical distribution function.
    case type1 = 1
    /// The same with averaging at its jumps.
    case type2
    /// The nearest even order statistic, SAS's definition.
    case type3
    /// Linear interpolation of the empirical distribution function.
    case type4
    /// Hydrology's definition: knots at (k − ½)/n.
    case type5
    /// Knots at k/(n + 1): Python's `statistics.quantiles` in its exclusive default.
    case type6
    /// Knots at (k − 1)/(n − 1): the default here, in numpy, pandas and R; never extrapolates.
    case type7
    /// Median-unbiased for any distribution.
    case type8
    /// Unbiased for the normal.
    case type9
}

/// Quantiles of a sorted sample, whose tail may hold +∞ for censored values.
package enum Quantile {
    /// The sample quantile at `p`; `nil` for an empty sample or a `p` outside 0...1.
    ///
    /// - Parameters:
    ///   - sorted: Ascending values without NaN.
    ///   - p: The probability.
    ///   - definition: Which of the nine definitions; type 7 unless stated.
    /// - Returns: The quantile, +∞ where it lies among censored values.
    package static func value(
        sorted: [Double],
        p: Double,
        definition: QuantileDefinition = .type7
    ) -> Double? {
        value(count: sorted.count, p: p, definition: definition) { sorted[$0 - 1] }
    }

    /// The same where only single order statistics are known.
    ///
    /// - Parameters:
    ///   - n: The number of values.
    ///   - p: The probability.
    ///   - definition: Which of the nine definitions.
    ///   - statistic: The value of a one-based rank; asked for at most two ranks.
    /// - Returns: The quantile; `nil` for an empty sample or a `p` outside 0...1.
    static func value(
        count n: Int,
        p: Double,
        definition: QuantileDefinition = .type7,
        statistic: (_ rank: Int) -> Double
    ) -> Double? {
        guard n > 0, p >= 0, p <= 1 else { return nil }
        func order(_ k: Int) -> Double { statistic(min(max(k, 1), n)) }
        if definition == .type7 { return Position(count: n, p: p).value(statistic) }
        let size = Double(n)
        let fuzz = 4 * Double.ulpOfOne
        let knot: Double
        switch definition {
        case .type1, .type2: knot = size * p
        case .type3: knot = size * p - 0.5
        case .type4: knot = size * p
        case .type5: knot = size * p + 0.5
        case .type6: knot = (size + 1) * p
        case .type7: knot = (size - 1) * p + 1
        case .type8: knot = 1.0 / 3 + p * (size + 1.0 / 3)
        case .type9: knot = 0.375 + p * (size + 0.25)
        }
        let slack = fuzz * max(1, abs(knot))
        let below = (knot + slack).rounded(.down)
        let rank = Int(below)
        let rest = knot - below
        let atKnot = abs(rest) <= slack
        switch definition {
        case .type1: return atKnot ? order(rank) : order(rank + 1)
        case .type2: return atKnot ? (order(rank) + order(rank + 1)) / 2 : order(rank + 1)
        case .type3: return atKnot && rank.isMultiple(of: 2) ? order(rank) : order(rank + 1)
        default: return atKnot ? order(rank) : interpolate(order(rank), order(rank + 1), rest)
        }
    }

    /// Where the type-7 quantile lies: between order statistics `rank` and `rank` + 1.
    struct Position: Equatable {
        /// The one-based rank of the lower of the two order statistics.
        let rank: Int
        /// The weight of the upper one; exactly 0 when the quantile is an order statistic.
        let fraction: Double

        init(count n: Int, p: Double) {
            let height = Double(n - 1) * p
            var below = height.rounded(.down)
            var rest = height - below
            // Rounding must not decide between an order statistic and a blend of two.
            if rest > 1 - 1e-9 {
                below += 1
                rest = 0
            } else if rest < 1e-9 {
                rest = 0
            }
            rank = Int(below) + 1
            fraction = rest
        }

        func value(_ order: (Int) -> Double) -> Double {
            fraction == 0 ? order(rank) : Quantile.interpolate(order(rank), order(rank + 1), fraction)
        }
    }

    /// a + g (b − a), which stays +∞ where only the upper neighbour or both are.
    @inline(__always)
    static func interpolate(_ a: Double, _ b: Double, _ g: Double) -> Double {
        a == b ? a : a + g * (b - a)
    }

    /// The Harrell–Davis estimate at 0 < `p` < 1: the expected order statistic under a beta law; `nil` where undefined.
    package static func harrellDavis(sorted: [Double], p: Double) -> Double? {
        guard !sorted.isEmpty, p > 0, p < 1 else { return nil }
        let n = sorted.count
        let a = Double(n + 1) * p
        let b = Double(n + 1) * (1 - p)
        // Beyond these ranks the weights are below the last digit of the sum.
        let reach = 40 * (p * (1 - p) * Double(n)).squareRoot() + 40
        let first = max(0, Int(Double(n) * p - reach))
        let last = min(n, Int((Double(n) * p + reach).rounded(.up)))
        var below = 0.0
        var sum = 0.0
        for i in first..<last {
            let x = Double(i + 1) / Double(n)
            let upTo =
                i + 1 == n ? 1 : SpecialFunctions.incompleteBeta(a, b, x: x, y: Double(n - i - 1) / Double(n)).lower
            let weight = upTo - below
            if weight > 0 { sum += weight * sorted[i] }
            below = upTo
        }
        return sum
    }
}
