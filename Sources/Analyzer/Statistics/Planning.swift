// How many more measurements: half-widths, detectable effects, power, and repeats per prompt
// (Kalibera and Jones 2013, "Rigorous benchmarking in reasonable time", with the corrected Tᵢ² of their library; Donner 1979 for ICC).

/// Sample sizes for a wish, and what a sample could have shown.
package enum Planning {
    /// The Pitman efficiency that rank tests keep against the t-test for any distribution (Hodges and Lehmann 1956).
    package static let worstRankEfficiency = 0.864

    /// How many units give a half-width of `halfWidth`, in the unit that replicates (rounds or prompts, not requests).
    ///
    /// - Parameters:
    ///   - count: The units that gave the standard error.
    ///   - standardError: The standard error that they gave.
    ///   - halfWidth: The wished half of the interval, in the same unit, above 0.
    ///   - confidence: The two-sided level.
    /// - Returns: ⌈n (z SE / h)²⌉, at least 1; `nil` for a half-width that is not above 0 or a number beyond 2⁵³.
    package static func sampleSize(
        count: Int,
        standardError: Double,
        halfWidth: Double,
        confidence: Double
    ) -> Int? {
        guard halfWidth > 0 else { return nil }
        let z = -SpecialFunctions.normalQuantile((1 - confidence) / 2)
        let ratio = z * standardError / halfWidth
        return whole(Double(count) * ratio * ratio)
    }

    /// The smallest effect that a standard error lets through with `power`: (z₁₋α⸝₂ + z_power) SE.
    package static func minimumDetectableEffect(
        standardError: Double,
        confidence: Double = 0.95,
        power: Double = 0.8
    ) -> Double {
        sumOfQuantiles(confidence, power) * standardError
    }

    /// What a comparison needs to find a shift of `effect` standard deviations.
    package struct ArmSize: Equatable, Sendable {
        /// Observations per arm, normal data.
        package let perArm: Int
        /// Observations per arm for a rank test on the worst distribution.
        package let perArmRanks: Int
        /// Pairs, where `effect` counts standard deviations of the differences.
        package let pairs: Int
    }

    /// The sizes for a two-sided test; `nil` for an effect of 0 or sizes beyond 2⁵³.
    package static func armSize(effect: Double, confidence: Double = 0.95, power: Double = 0.8) -> ArmSize? {
        guard effect != 0, effect.isFinite else { return nil }
        let ratio = sumOfQuantiles(confidence, power) / effect
        let pairs = ratio * ratio
        guard
            let perArm = whole(2 * pairs), let perArmRanks = whole(2 * pairs / worstRankEfficiency),
            let pairCount = whole(pairs)
        else { return nil }
        return ArmSize(perArm: perArm, perArmRanks: perArmRanks, pairs: pairCount)
    }

    private static func sumOfQuantiles(_ confidence: Double, _ power: Double) -> Double {
        SpecialFunctions.normalQuantile(power) - SpecialFunctions.normalQuantile((1 - confidence) / 2)
    }

    private static func whole(_ size: Double) -> Int? {
        guard size.isFinite, size < 0x1p53 else { return nil }
        return max(1, Int(size.rounded(.up)))
    }

    // MARK: Levels of variation

    /// How observations of one prompt resemble one another.
    package struct IntraclassCorrelation: Equatable, Sendable {
        /// ICC(1) from the one-way analysis of variance, within −1/(m − 1)...1.
        package let correlation: Double
        /// 1 + (m − 1) ICC: how much the variance of the mean exceeds that of as many independent requests.
        package let designEffect: Double
        /// The average group size m₀ that the formulas use; the group size where all are equal.
        package let groupSize: Double
    }

    /// The ICC of observations in groups; `nil` with fewer than two groups, no repeats or no variance.
    package static func intraclassCorrelation(_ values: [Double], groups: [Int]) -> IntraclassCorrelation? {
        let table = group(values, groups)
        let total = Double(values.count)
        guard values.count == groups.count, table.count > 1, values.count > table.count else { return nil }
        guard let grandMean = Moments.mean(values), grandMean.isFinite else { return nil }
        var between = 0.0
        var within = 0.0
        var squaredSizes = 0.0
        for members in table {
            guard let mean = Moments.mean(members) else { continue }
            let size = Double(members.count)
            between += size * (mean - grandMean) * (mean - grandMean)
            within += Moments.squaredDeviations(members, about: mean)
            squaredSizes += size * size
        }
        let count = Double(table.count)
        let meanBetween = between / (count - 1)
        let meanWithin = within / (total - count)
        let groupSize = (total - squaredSizes / total) / (count - 1)
        let denominator = meanBetween + (groupSize - 1) * meanWithin
        guard denominator > 0 else { return nil }
        let correlation = (meanBetween - meanWithin) / denominator
        return IntraclassCorrelation(
            correlation: correlation,
            designEffect: 1 + (groupSize - 1) * correlation,
            groupSize: groupSize
        )
    }

    /// How many repeats per prompt give the most precision for the time: √(c₂/c₁ · T₁²/T₂²), at least 1.
    ///
    /// - Parameters:
    ///   - values: Observations.
    ///   - groups: The prompt of each.
    ///   - repeatCost: What one more repeat costs.
    ///   - promptCost: What one more prompt costs beyond its repeats, in the same unit.
    /// - Returns: The number of repeats; `nil` where prompts don't differ or nothing repeats, so that no optimum exists.
    package static func repeatsPerPrompt(
        _ values: [Double],
        groups: [Int],
        repeatCost: Double,
        promptCost: Double
    ) -> Int? {
        let table = group(values, groups)
        guard values.count == groups.count, table.count > 1, repeatCost > 0, promptCost >= 0 else { return nil }
        let repeated = table.filter { $0.count > 1 }
        let within = Moments.mean(repeated.compactMap { Moments.variance($0) })
        guard let within, let ofMeans = Moments.variance(table.compactMap { Moments.mean($0) }) else { return nil }
        // The variance of the means holds a share of the variance within; what is left is the prompts' own.
        let inverseSize = table.reduce(0) { $0 + 1 / Double($1.count) } / Double(table.count)
        let between = ofMeans - within * inverseSize
        guard between > 0 else { return nil }
        return whole((promptCost / repeatCost * within / between).squareRoot())
    }

    private static func group(_ values: [Double], _ groups: [Int]) -> [[Double]] {
        var table: [Int: [Double]] = [:]
        for (value, group) in zip(values, groups) { table[group, default: []].append(value) }
        return table.keys.sorted().compactMap { table[$0] }
    }
}
