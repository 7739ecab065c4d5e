// Bias-corrected and accelerated bootstrap levels (Efron 1987, "Better bootstrap confidence intervals", eq. 2.3 and 3.2).

/// The two corrections and the levels that they lead to.
package enum BCa {
    /// Levels of the bootstrap distribution at which the interval ends.
    struct Levels: Equatable {
        let low: Double
        let high: Double
    }

    /// The corrected levels; `nil` where a correction does not exist.
    ///
    /// - Parameters:
    ///   - belowEstimate: P(θ* < θ) + ½ P(θ* = θ).
    ///   - acceleration: The skewness term; `nil` or NaN where it is undefined.
    ///   - confidence: The two-sided level.
    /// - Returns: The levels at which to read the bootstrap distribution.
    static func levels(belowEstimate: Double, acceleration: Double?, confidence: Double) -> Levels? {
        guard let a = acceleration, a.isFinite, belowEstimate > 0, belowEstimate < 1 else { return nil }
        let bias = SpecialFunctions.normalQuantile(belowEstimate)
        let alpha = (1 - confidence) / 2
        func level(_ z: Double) -> Double? {
            let shifted = bias + z
            let denominator = 1 - a * shifted
            guard denominator > 0 else { return nil }
            return SpecialFunctions.normalCDF(bias + shifted / denominator)
        }
        guard
            let low = level(SpecialFunctions.normalQuantile(alpha)),
            let high = level(-SpecialFunctions.normalQuantile(alpha))
        else { return nil }
        return Levels(low: low, high: high)
    }

    /// Acceleration from the influence or jackknife values of one sample: Σu³ / (6 (Σu²)^1.5); `nil` if they are all zero.
    package static func acceleration(influence: [Double]) -> Double? {
        let largest = influence.reduce(0) { max($0, abs($1)) }
        guard largest > 0, largest.isFinite else { return nil }
        var squares = 0.0
        var cubes = 0.0
        for value in influence {
            let scaled = value / largest
            squares += scaled * scaled
            cubes += scaled * scaled * scaled
        }
        return cubes / (6 * squares * squares.squareRoot())
    }

    /// A value of the statistic with one observation left out, and for how many observations it is that value.
    package struct JackknifeValue: Sendable {
        package let value: Double
        package let count: Int

        package init(value: Double, count: Int = 1) {
            self.value = value
            self.count = count
        }
    }

    /// Acceleration of a statistic of several independent samples, each with its jackknife values θ₍₋ᵢ₎.
    ///
    /// This is the formula of scipy's `bootstrap`: Σⱼ Σᵢ uᵢⱼ³/nⱼ³ over 6 (Σⱼ Σᵢ uᵢⱼ²/nⱼ²)^1.5 with uᵢⱼ = (nⱼ − 1)(mean − θ₍₋ᵢ₎).
    package static func acceleration(jackknifeOfSamples samples: [[JackknifeValue]]) -> Double? {
        var squares = 0.0
        var cubes = 0.0
        for jackknife in samples {
            guard let reference = jackknife.first?.value else { return nil }
            let size = Double(jackknife.reduce(0) { $0 + $1.count })
            // Differences from one of the values, so that equal ones give exactly zero.
            let shift = jackknife.reduce(0) { $0 + Double($1.count) * ($1.value - reference) } / size
            for entry in jackknife {
                let u = (size - 1) * (shift - (entry.value - reference)) / size
                squares += Double(entry.count) * u * u
                cubes += Double(entry.count) * u * u * u
            }
        }
        guard squares > 0 else { return nil }
        let a = cubes / (6 * squares * squares.squareRoot())
        return a.isFinite ? a : nil
    }

    /// Acceleration of the mean, which needs no jackknife; `nil` for constant or empty values.
    package static func accelerationOfMean(_ values: [Double]) -> Double? {
        guard let mean = Moments.mean(values) else { return nil }
        return acceleration(influence: values.map { $0 - mean })
    }

    /// The jackknife of the type-7 quantile, which takes only three different values; empty below two observations.
    package static func jackknifeOfQuantile(sorted: [Double], p: Double) -> [JackknifeValue] {
        let n = sorted.count
        guard n >= 2, p >= 0, p <= 1 else { return [] }
        // With one value removed, the quantile is made of the order statistics `rank` and `rank` + 1 of the rest.
        let position = Quantile.Position(count: n - 1, p: p)
        func without(_ removed: Int) -> Double {
            position.value { rank in sorted[rank < removed ? rank - 1 : min(rank, n - 1)] }
        }
        return [
            JackknifeValue(value: without(1), count: position.rank),
            JackknifeValue(value: without(position.rank + 1), count: 1),
            JackknifeValue(value: without(n), count: n - position.rank - 1),
        ]
    }

    /// Acceleration of the type-7 quantile; `nil` where the jackknife has no spread.
    package static func accelerationOfQuantile(sorted: [Double], p: Double) -> Double? {
        acceleration(jackknifeOfSamples: [jackknifeOfQuantile(sorted: sorted, p: p)])
    }

    /// The acceleration that a quantile has for any distribution: (2p − 1) / (6 √(n p (1 − p))).
    package static func analyticAccelerationOfQuantile(count n: Int, p: Double) -> Double? {
        guard n > 0, p > 0, p < 1 else { return nil }
        return (2 * p - 1) / (6 * (Double(n) * p * (1 - p)).squareRoot())
    }
}
