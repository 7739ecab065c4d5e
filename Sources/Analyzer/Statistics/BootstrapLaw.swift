// How intervals are read off a bootstrap distribution, whether that is exact or made of replicates
// (Efron and Tibshirani 1993, chapters 13 and 14; Davison and Hinkley 1997, chapter 5).

/// The distribution of a resampled statistic.
package protocol BootstrapLaw: Sendable {
    /// The statistic of the sample itself.
    var estimate: Double { get }
    /// P(θ* < θ) + ½ P(θ* = θ).
    var probabilityBelowEstimate: Double { get }
    /// Whether the statistic cannot vary, because all observations are equal.
    var isDegenerate: Bool { get }
    /// The quantile of the distribution; `nil` where it is not finite.
    func quantile(level: Double) -> Double?
}

extension BootstrapLaw {
    /// The percentile interval.
    package func percentile(confidence: Double) -> Interval {
        let alpha = (1 - confidence) / 2
        return Interval(low: quantile(level: alpha), high: quantile(level: 1 - alpha), confidence: confidence)
    }

    /// The basic interval: the percentile interval reflected about the estimate.
    package func basic(confidence: Double) -> Interval {
        let direct = percentile(confidence: confidence)
        return Interval(
            low: direct.high.map { 2 * estimate - $0 },
            high: direct.low.map { 2 * estimate - $0 },
            confidence: confidence
        )
    }

    /// The BCa interval; the percentile interval, so flagged, where BCa does not exist.
    package func bca(acceleration: Double?, confidence: Double) -> (interval: Interval, flags: [EstimateFlag]) {
        if isDegenerate {
            return (Interval(low: estimate, high: estimate, confidence: confidence), [.degenerate])
        }
        let levels = BCa.levels(
            belowEstimate: probabilityBelowEstimate,
            acceleration: acceleration,
            confidence: confidence
        )
        guard let levels else { return (percentile(confidence: confidence), [.bcaUndefined]) }
        return (
            Interval(low: quantile(level: levels.low), high: quantile(level: levels.high), confidence: confidence), []
        )
    }
}

/// A bootstrap distribution that is known atom by atom.
package struct DiscreteLaw: BootstrapLaw {
    package let estimate: Double
    /// The values in ascending order, no two equal.
    let values: [Double]
    /// P(θ* ≤ values[i]).
    let cumulative: [Double]

    /// Orders the atoms and joins equal ones.
    init(estimate: Double, atoms: [(value: Double, mass: Double)]) {
        var values: [Double] = []
        var cumulative: [Double] = []
        var sum = 0.0
        for atom in atoms.sorted(by: { $0.value < $1.value }) {
            sum += atom.mass
            if let last = values.last, atom.value - last <= 4 * abs(last).ulp {
                cumulative[cumulative.count - 1] = sum
            } else {
                values.append(atom.value)
                cumulative.append(sum)
            }
        }
        self.estimate = estimate
        self.values = values
        self.cumulative = cumulative.map { $0 / sum }
    }

    package var isDegenerate: Bool { values.count == 1 }

    package var probabilityBelowEstimate: Double {
        let slack = 4 * estimate.ulp
        return (probability(upTo: estimate - slack) + probability(upTo: estimate + slack)) / 2
    }

    /// P(θ* ≤ t).
    func probability(upTo t: Double) -> Double {
        let count = values.firstIndexSorted { $0 > t }
        return count == 0 ? 0 : cumulative[count - 1]
    }

    package func quantile(level: Double) -> Double? {
        guard let last = values.last else { return nil }
        let index = cumulative.firstIndexSorted { $0 >= level - 1e-12 }
        return index < values.count ? values[index] : last
    }
}

extension Array {
    /// The first index from which on `predicate` holds, in an array ordered by it.
    func firstIndexSorted(where predicate: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
