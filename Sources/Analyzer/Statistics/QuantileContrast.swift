// One quantile of two arms against each other: ratio and difference with the design-aware error of resampled quantiles
// (docs/statistics.md; Cameron, Gelbach and Miller 2011, with bootstrap variances in place of sums of squares).

/// A variance with the degrees of freedom that it is known to.
struct DesignVariance: Equatable, Sendable {
    var variance: Double
    var degrees: Double

    /// The variance of a difference of independent estimates, with Welch and Satterthwaite's degrees of freedom.
    static func + (lhs: DesignVariance, rhs: DesignVariance) -> DesignVariance {
        let sum = lhs.variance + rhs.variance
        let share = lhs.variance * lhs.variance / lhs.degrees + rhs.variance * rhs.variance / rhs.degrees
        return DesignVariance(variance: sum, degrees: share > 0 ? sum * sum / share : min(lhs.degrees, rhs.degrees))
    }
}

/// A quantile of the candidate against the same quantile of the baseline.
package struct QuantileContrast: Sendable {
    /// The errors of one contrast; `nil` where the design leaves nothing to resample.
    struct Errors: Sendable {
        /// Of log candidate − log baseline.
        var logRatio: DesignVariance
        /// Of candidate − baseline.
        var difference: DesignVariance
        /// Whether any replicate of either arm differed from another.
        var isMoving: Bool
        var method: IntervalMethod
        /// The number of replicates, which bounds p-values from below.
        var replicates: Int
    }

    /// The probability.
    package let p: Double
    /// The baseline's quantile.
    package let baseline: Double
    /// The candidate's quantile.
    package let candidate: Double
    /// candidate / baseline; no value unless both are above 0.
    package let ratio: Estimate
    /// candidate − baseline, in the metric's unit.
    package let difference: Estimate
    /// The two-sided p-value of no difference, at least 1/(B + 1); `nil` without an interval.
    package let pValue: Double?

    /// Contrasts the quantiles; `nil` for an empty or censored arm.
    ///
    /// - Parameters:
    ///   - p: The probability.
    ///   - baseline: The baseline's values, ascending.
    ///   - candidate: The candidate's values, ascending.
    ///   - errors: What resampling the design says.
    ///   - confidence: The two-sided level.
    init?(p: Double, baseline: [Double], candidate: [Double], errors: Errors?, confidence: Double) {
        guard
            let below = Quantile.value(sorted: baseline, p: p), below.isFinite,
            let above = Quantile.value(sorted: candidate, p: p), above.isFinite
        else { return nil }
        let count = baseline.count + candidate.count
        let fewest = min(baseline.count, candidate.count)
        var flags = QuantileInterval.sizeFlags(count: fewest, p: p)
        // Where one arm's own interval would be open, resampling would only pretend to know the end.
        let needed = QuantileInterval.minimumSampleSize(p: p, confidence: confidence)
        let isConstant = baseline.first == baseline.last && candidate.first == candidate.last
        let known = errors.flatMap { fewest >= needed && ($0.isMoving || isConstant) ? $0 : nil }
        if known == nil { flags.append(.endNotIdentified) }
        if isConstant { flags.append(.degenerate) }
        let open = Interval(
            low: nil,
            high: nil,
            confidence: confidence,
            requiredSampleSize: fewest < needed ? needed : nil
        )
        func contrast(_ value: Double, _ error: DesignVariance?) -> Estimate {
            var result = Estimate(
                value: value,
                interval: open,
                method: known?.method ?? .none,
                count: count,
                flags: flags
            )
            guard let error else { return result }
            let standardError = error.variance.squareRoot()
            let reach = -SpecialFunctions.studentQuantile((1 - confidence) / 2, degrees: error.degrees) * standardError
            result.interval = Interval(low: value - reach, high: value + reach, confidence: confidence)
            result.standardError = standardError
            return result
        }
        self.p = p
        self.baseline = below
        self.candidate = above
        difference = contrast(above - below, known?.difference)
        let isPositive = (baseline.first ?? 0) > 0 && (candidate.first ?? 0) > 0
        let logRatio = isPositive ? contrast(Elementary.log(above) - Elementary.log(below), known?.logRatio) : nil
        if let logRatio {
            var found = logRatio
            found.value = above / below
            found.interval = logRatio.interval?.mapped { Elementary.exp($0) }
            // The error of the log is, to first order, the relative error of the ratio.
            found.standardError = logRatio.standardError.map { $0 * above / below }
            ratio = found
        } else {
            ratio = Estimate(value: nil, count: count, flags: [.ratioRefused])
        }
        guard let known, !isConstant else {
            pValue = nil
            return
        }
        let tested = logRatio ?? difference
        let degrees = logRatio == nil ? known.difference.degrees : known.logRatio.degrees
        pValue = Self.pValue(tested, degrees: degrees, replicates: known.replicates)
    }

    private static func pValue(_ estimate: Estimate, degrees: Double, replicates: Int) -> Double {
        guard let value = estimate.value, value != 0 else { return 1 }
        let least = 1 / Double(replicates + 1)
        guard let error = estimate.standardError, error > 0 else { return least }
        return min(1, max(SpecialFunctions.studentTwoSidedP(value / error, degrees: degrees), least))
    }
}

/// Draws whole prompts, whole time sections and whole cells of both, so that the error of any statistic gets the parts that the
/// design-aware error of a mean has.
///
/// Drawing prompts and sections at once (the pigeonhole bootstrap) counts the noise of single requests up to three times; of
/// pairs, where noise is all that is left, that hides real differences.
struct DesignResampling: Sendable {
    private enum Part: String, Sendable {
        case prompts
        case sections
        case cells
    }

    private let parts: [(part: Part, layout: RecordingLayout)]
    private let plan: ResamplingPlan
    let degrees: Double
    let method: IntervalMethod

    /// Plans the draws; `nil` where one prompt and a few rounds leave nothing to draw from.
    init?(_ layout: RecordingLayout, target: InferenceTarget, periods: Double, plan: ResamplingPlan) {
        func units(_ numbers: [Int]) -> RecordingLayout {
            RecordingLayout(prompts: numbers, rounds: [Int](repeating: 0, count: numbers.count))
        }
        let manyPrompts = layout.promptCount >= 2
        let prompts = (Part.prompts, units(layout.prompts))
        var own = plan
        guard layout.roundCount >= DesignError.fewestRounds else {
            guard manyPrompts else { return nil }
            parts = [prompts]
            degrees = Double(layout.promptCount - 1)
            method = .promptBootstrapT
            self.plan = own
            return
        }
        let count = DesignError.sectionCount(periods, layout.roundCount)
        let section = layout.sections(count)
        let sections = (Part.sections, units(section))
        if manyPrompts, target == .promptsLikeThese {
            let cells = zip(layout.prompts, section).map { $0 * count + $1 }
            parts = [prompts, sections, (.cells, units(cells))]
            degrees = Double(min(layout.promptCount, count) - 1)
            method = .twoWayBootstrapT
            // Three draws for the price of one: an error needs fewer replicates than a tail does.
            own.replicates = (plan.replicates + 2) / 3
        } else {
            parts = [sections]
            degrees = Double(count - 1)
            method = .sectionBootstrapT
        }
        self.plan = own
    }

    /// The design-aware variances of functions of arms that are drawn alike.
    ///
    /// - Parameters:
    ///   - arms: The observations of each arm, parallel to the layout.
    ///   - statistics: What is computed of each arm's draws.
    ///   - contrasts: What is made of each statistic of all arms.
    /// - Returns: For each statistic the variance of each contrast, and whether any replicate of any arm moved.
    func variances(
        of arms: [[Double]],
        _ statistics: [ResampledStatistic],
        _ contrasts: [@Sendable ([Double]) -> Double]
    ) -> [(variances: [DesignVariance], isMoving: Bool)] {
        var found = statistics.map { _ in [Part: [Double]]() }
        var isMoving = statistics.map { _ in false }
        for (part, layout) in parts {
            var drawn = plan
            drawn.key = plan.key.appending(part.rawValue)
            let bootstrap = DesignBootstrap(layout: layout, scheme: .promptClusters, plan: drawn)
            let replicates = arms.map { bootstrap.replicates(of: $0, statistics) }
            // Drawing M units gives (M − 1)/M of their variance.
            let units = Double(layout.promptCount)
            for index in statistics.indices {
                isMoving[index] =
                    isMoving[index] || replicates.contains { arm in arm[index].contains { $0 != arm[index][0] } }
                found[index][part] = contrasts.map { contrast in
                    let values = (0..<drawn.replicates).map { number in contrast(replicates.map { $0[index][number] }) }
                    return (Moments.variance(values.filter { $0.isFinite }) ?? 0) * units / max(units - 1, 1)
                }
            }
        }
        return statistics.indices.map { index in
            let variances = contrasts.indices.map { contrast in
                let prompt = found[index][.prompts]?[contrast] ?? 0
                let section = found[index][.sections]?[contrast] ?? 0
                let cell = found[index][.cells]?[contrast] ?? 0
                return DesignVariance(variance: max(prompt + section - cell, prompt, section), degrees: degrees)
            }
            return (variances, isMoving[index])
        }
    }
}
