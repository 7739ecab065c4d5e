// A against B where the arms share neither prompts nor rounds: each arm brings its own error
// (docs/statistics.md; Welch 1947 for the degrees of freedom).

/// The outcome of an unpaired comparison; ratios and differences are candidate against baseline.
package struct UnpairedComparison: Sendable {
    /// The ratio of geometric means; no value where an observation is not above 0.
    package let ratio: Estimate
    /// The difference of means, in the metric's unit.
    package let difference: Estimate
    /// The two-sided p-value of the log ratio, or of the difference where no ratio exists.
    package let pValue: Double?
    /// The median difference of all pairs, which takes requests as independent.
    package let shift: Estimate
    /// The rank test, which takes requests as independent.
    package let rankTest: TestResult
    /// How often a candidate's value exceeds a baseline's.
    package let superiority: TwoSample.Superiority?
    /// Each asked quantile of both arms, each arm resampled by its own design.
    package let quantiles: [QuantileContrast]
}

extension Comparison {
    /// Compares arms without pairs.
    ///
    /// - Parameters:
    ///   - baseline: The arm to compare with.
    ///   - candidate: The arm to judge.
    ///   - target: What to speak about.
    ///   - confidence: The two-sided level.
    ///   - quantiles: Probabilities of the quantiles to compare.
    ///   - plan: Replicates and streams for the quantiles.
    /// - Returns: Ratio, difference, rank statistics and p-value; estimates without a value where an arm is empty.
    package static func unpaired(
        baseline: Arm,
        candidate: Arm,
        target: InferenceTarget = .promptsLikeThese,
        confidence: Double,
        quantiles: [Double] = [0.5, 0.9, 0.99],
        plan: ResamplingPlan
    ) -> UnpairedComparison {
        let below = baseline.finite
        let above = candidate.finite
        let layouts = (
            RecordingLayout(prompts: below.prompts, rounds: below.rounds),
            RecordingLayout(prompts: above.prompts, rounds: above.rounds)
        )
        func contrast(_ transform: (Double) -> Double) -> (estimate: Estimate, pValue: Double?) {
            subtract(
                Clustered.mean(above.values.map(transform), layout: layouts.1, target: target, confidence: confidence),
                Clustered.mean(below.values.map(transform), layout: layouts.0, target: target, confidence: confidence),
                confidence: confidence
            )
        }
        let hasRatio =
            !below.values.isEmpty && !above.values.isEmpty && (below.values + above.values).allSatisfy { $0 > 0 }
        let difference = contrast { $0 }
        let logRatio = hasRatio ? contrast { Elementary.log($0) } : nil
        let isEmpty = below.values.isEmpty || above.values.isEmpty
        var ratio = Estimate(
            value: nil,
            count: below.values.count + above.values.count,
            flags: [isEmpty ? .noData : .ratioRefused]
        )
        if let logRatio {
            ratio = logRatio.estimate
            ratio.value = ratio.value.map { Elementary.exp($0) }
            ratio.interval = ratio.interval?.mapped { Elementary.exp($0) }
            ratio.standardError = ratio.standardError.flatMap { error in ratio.value.map { $0 * error } }
        }
        return UnpairedComparison(
            ratio: ratio,
            difference: difference.estimate,
            pValue: hasRatio ? logRatio?.pValue : difference.pValue,
            shift: TwoSample.hodgesLehmann(above.values, below.values, confidence: confidence),
            rankTest: TwoSample.mannWhitney(above.values, below.values),
            superiority: TwoSample.superiority(above.values, below.values, confidence: confidence),
            quantiles: contrasts(below, above, layouts, target, confidence, quantiles, plan)
        )
    }

    /// The difference of two independent estimates with Welch and Satterthwaite's degrees of freedom.
    private static func subtract(
        _ above: ClusteredEstimate,
        _ below: ClusteredEstimate,
        confidence: Double
    ) -> (estimate: Estimate, pValue: Double?) {
        let count = above.estimate.count + below.estimate.count
        guard let first = above.estimate.value, let second = below.estimate.value else {
            return (Estimate(value: nil, count: count, flags: [.noData]), nil)
        }
        var result = Estimate(value: first - second, count: count, flags: above.estimate.flags)
        result.flags += below.estimate.flags.filter { !result.flags.contains($0) }
        guard let errorOfFirst = above.estimate.standardError, let errorOfSecond = below.estimate.standardError else {
            return (result, nil)
        }
        let partOfFirst = errorOfFirst * errorOfFirst
        let partOfSecond = errorOfSecond * errorOfSecond
        let error = (partOfFirst + partOfSecond).squareRoot()
        result.standardError = error
        result.method = above.estimate.method
        guard error > 0 else {
            result.interval = Interval(low: first - second, high: first - second, confidence: confidence)
            return (result, nil)
        }
        let share =
            partOfFirst * partOfFirst / (above.degrees ?? .infinity) + partOfSecond * partOfSecond
            / (below.degrees ?? .infinity)
        let degrees = (partOfFirst + partOfSecond) * (partOfFirst + partOfSecond) / share
        let reach = -SpecialFunctions.studentQuantile((1 - confidence) / 2, degrees: degrees) * error
        result.interval = Interval(low: first - second - reach, high: first - second + reach, confidence: confidence)
        return (result, SpecialFunctions.studentTwoSidedP((first - second) / error, degrees: degrees))
    }

    private static func contrasts(
        _ baseline: Arm,
        _ candidate: Arm,
        _ layouts: (RecordingLayout, RecordingLayout),
        _ target: InferenceTarget,
        _ confidence: Double,
        _ quantiles: [Double],
        _ plan: ResamplingPlan
    ) -> [QuantileContrast] {
        guard !baseline.values.isEmpty, !candidate.values.isEmpty else { return [] }
        let statistics = quantiles.map { ResampledStatistic.quantile($0) }
        let own: [@Sendable ([Double]) -> Double] = [{ Elementary.log($0[0]) }, { $0[0] }]
        func draw(
            _ arm: Arm,
            _ layout: RecordingLayout,
            _ name: String
        )
            -> (method: IntervalMethod, found: [(variances: [DesignVariance], isMoving: Bool)])?
        {
            // Other streams for each arm: they are independent.
            var streams = plan
            streams.key = plan.key.appending(name)
            let periods = layout.effectivePeriods(of: arm.values)
            return DesignResampling(layout, target: target, periods: periods, plan: streams).map {
                ($0.method, $0.variances(of: [arm.values], statistics, own))
            }
        }
        let below = draw(baseline, layouts.0, "baseline")
        let above = draw(candidate, layouts.1, "candidate")
        let sorted = (FloatSort.ascending(baseline.values), FloatSort.ascending(candidate.values))
        return quantiles.indices.compactMap { index in
            var errors: QuantileContrast.Errors?
            if let below, let above {
                let pair = (below.found[index], above.found[index])
                errors = QuantileContrast.Errors(
                    logRatio: pair.0.variances[0] + pair.1.variances[0],
                    difference: pair.0.variances[1] + pair.1.variances[1],
                    isMoving: pair.0.isMoving || pair.1.isMoving,
                    method: below.method,
                    replicates: plan.replicates
                )
            }
            return QuantileContrast(
                p: quantiles[index],
                baseline: sorted.0,
                candidate: sorted.1,
                errors: errors,
                confidence: confidence
            )
        }
    }
}
