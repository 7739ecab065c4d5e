// The exact bootstrap law of a difference or ratio of two independent samples' quantiles: both laws atom by atom, convolved
// (docs/statistics.md).

extension ExactQuantileBootstrap {
    /// All values that the resampled quantile takes with a probability that a double can tell from zero.
    func discrete() -> DiscreteLaw {
        var atoms: [(value: Double, mass: Double)] = []
        forEachAtom { value, mass in
            if mass > 1e-17, value.isFinite { atoms.append((value, mass)) }
        }
        return DiscreteLaw(estimate: estimate, atoms: atoms)
    }
}

/// The bootstrap law of x's quantile against y's quantile.
package struct ExactQuantileContrast: BootstrapLaw {
    /// What is computed of the two quantiles.
    package enum Kind: Sendable {
        /// x − y.
        case difference
        /// x / y, for quantiles above zero.
        case ratio

        @inline(__always)
        func callAsFunction(_ x: Double, _ y: Double) -> Double {
            switch self {
            case .difference: x - y
            case .ratio: x / y
            }
        }
    }

    package let estimate: Double
    /// scipy's several-sample acceleration; `nil` where it is undefined.
    package let acceleration: Double?
    private let kind: Kind
    private let first: DiscreteLaw
    private let second: DiscreteLaw

    /// Prepares both laws; `nil` for an empty sample, a censored quantile, or a ratio of values that are not all above zero.
    package init?(_ x: [Double], over y: [Double], p: Double, kind: Kind) {
        guard
            let lawX = ExactQuantileBootstrap(sorted: x, p: p), let lawY = ExactQuantileBootstrap(sorted: y, p: p),
            x.last?.isFinite == true, y.last?.isFinite == true
        else { return nil }
        if kind == .ratio, (x.first ?? 0) <= 0 || (y.first ?? 0) <= 0 { return nil }
        self.kind = kind
        first = lawX.discrete()
        second = lawY.discrete()
        estimate = kind(lawX.estimate, lawY.estimate)
        acceleration = BCa.acceleration(jackknifeOfSamples: [
            BCa.jackknifeOfQuantile(sorted: x, p: p).map {
                BCa.JackknifeValue(value: kind($0.value, lawY.estimate), count: $0.count)
            },
            BCa.jackknifeOfQuantile(sorted: y, p: p).map {
                BCa.JackknifeValue(value: kind(lawX.estimate, $0.value), count: $0.count)
            },
        ])
    }

    package var isDegenerate: Bool { first.isDegenerate && second.isDegenerate }

    package var probabilityBelowEstimate: Double {
        let scale = max(abs(estimate), kind == .difference ? abs(first.estimate) : 0)
        let slack = 8 * scale.ulp
        return (cumulative(estimate - slack) + cumulative(estimate + slack)) / 2
    }

    /// P(θ* ≤ t).
    func cumulative(_ t: Double) -> Double {
        var sum = 0.0
        var before = 0.0
        // As x rises, the smallest y that brings the contrast down to t rises too.
        var j = 0
        for i in first.values.indices {
            let mass = first.cumulative[i] - before
            before = first.cumulative[i]
            while j < second.values.count, kind(first.values[i], second.values[j]) > t { j += 1 }
            if j == second.values.count { break }
            sum += mass * (1 - (j == 0 ? 0 : second.cumulative[j - 1]))
        }
        return sum
    }

    package func quantile(level: Double) -> Double? {
        guard
            let lowX = first.values.first, let highX = first.values.last,
            let lowY = second.values.first, let highY = second.values.last
        else { return nil }
        let target = level - 1e-12
        var low = kind(lowX, highY)
        var high = kind(highX, lowY)
        if cumulative(low) >= target { return low }
        while high - low > 4 * max(abs(low), abs(high)).ulp {
            let middle = low + (high - low) / 2
            if middle <= low || middle >= high { break }
            if cumulative(middle) >= target { high = middle } else { low = middle }
        }
        // The smallest attainable value above `low`.
        var answer = kind(highX, lowY)
        var j = 0
        for x in first.values {
            while j < second.values.count, kind(x, second.values[j]) > low { j += 1 }
            if j > 0 { answer = min(answer, kind(x, second.values[j - 1])) }
        }
        return answer
    }
}
