// Intervals that follow the design of the recording: prompts crossed with time sections
// (Cameron, Gelbach and Miller 2011 for two-way clusters; Woodruff 1952 for quantiles; Ibragimov and Müller 2010 for sections).

/// What the interval speaks about.
package enum InferenceTarget: String, Sendable, CaseIterable {
    /// Requests taken as independent: right only where neither prompts nor rounds repeat.
    case independent = "independent requests"
    /// The recorded prompts at other times.
    case thesePrompts = "these prompts"
    /// Other prompts of the same kind at other times.
    case promptsLikeThese = "prompts like these"
}

/// The parts of a design-aware standard error.
package struct ClusterVariance: Equatable, Sendable {
    /// The prompt term.
    package let prompt: Double
    /// The time-section term.
    package let time: Double
    /// The term of prompt-by-section cells.
    package let cell: Double
    /// The number of time sections.
    package let sections: Int
    /// How many independent rounds the recording is worth.
    package let effectivePeriods: Double

    /// max(prompt + time − cell, prompt, time).
    package var twoWay: Double { max(prompt + time - cell, prompt, time) }

    fileprivate func scaled(by factor: Double) -> ClusterVariance {
        ClusterVariance(
            prompt: prompt * factor,
            time: time * factor,
            cell: cell * factor,
            sections: sections,
            effectivePeriods: effectivePeriods
        )
    }
}

/// An estimate with the design that its interval used.
package struct ClusteredEstimate: Equatable, Sendable {
    /// The value, its interval and its warnings.
    package var estimate: Estimate
    /// What the interval speaks about, after the design had its say.
    package var target: InferenceTarget
    /// The parts of the standard error; for a quantile on the probability scale.
    package var variance: ClusterVariance?
    /// The interval of the probability, for a quantile.
    package var probabilityInterval: Interval?
    /// The degrees of freedom of the interval; `nil` where it is not Student's.
    package var degrees: Double?

    /// The two-sided p-value of the value being `null`; `nil` where there is no standard error above 0.
    package func pValue(against null: Double = 0) -> Double? {
        guard let value = estimate.value, let error = estimate.standardError, error > 0, let degrees else { return nil }
        return SpecialFunctions.studentTwoSidedP((value - null) / error, degrees: degrees)
    }
}

/// Design-aware estimates; deterministic, one pass over the observations after sorting.
package enum Clustered {
    /// The mean of the observations.
    ///
    /// - Parameters:
    ///   - values: Finite observations, parallel to the layout.
    ///   - layout: Prompt and round of each.
    ///   - target: What to speak about; a design that cannot carry it falls back, so flagged.
    ///   - confidence: The two-sided level.
    ///   - sections: The number of time sections, where the automatic one is not wanted.
    ///   - periods: How many independent rounds the recording is worth, where that is known already.
    /// - Returns: Estimate ± t · SE.
    package static func mean(
        _ values: [Double],
        layout: RecordingLayout,
        target: InferenceTarget = .promptsLikeThese,
        confidence: Double,
        sections: Int? = nil,
        periods: Double? = nil
    ) -> ClusteredEstimate {
        guard values.count == layout.count, values.allSatisfy({ $0.isFinite }), let mean = Moments.mean(values) else {
            return none(target, count: values.count)
        }
        let influence = values.map { $0 - mean }
        return linear(mean, influence, layout, target, confidence, sections, periods)
    }

    /// A ratio of sums, such as all tokens over all seconds, with its linearized standard error.
    ///
    /// - Parameters:
    ///   - numerators: Finite observations, parallel to the layout.
    ///   - denominators: Their finite counterparts; the sum must be above 0.
    ///   - layout: Prompt and round of each.
    ///   - target: What to speak about.
    ///   - confidence: The two-sided level.
    ///   - sections: The number of time sections, where the automatic one is not wanted.
    /// - Returns: Estimate ± t · SE.
    package static func ratioOfSums(
        _ numerators: [Double],
        over denominators: [Double],
        layout: RecordingLayout,
        target: InferenceTarget = .promptsLikeThese,
        confidence: Double,
        sections: Int? = nil
    ) -> ClusteredEstimate {
        let total = Moments.sum(denominators)
        let ratio = Moments.sum(numerators) / total
        guard
            numerators.count == layout.count, denominators.count == layout.count, total > 0, ratio.isFinite
        else { return none(target, count: numerators.count) }
        let scale = Double(layout.count) / total
        let influence = zip(numerators, denominators).map { ($0 - ratio * $1) * scale }
        return linear(ratio, influence, layout, target, confidence, sections, nil)
    }

    /// The type-7 quantile of the observations.
    ///
    /// - Parameters:
    ///   - values: Observations without NaN, parallel to the layout; +∞ for censored ones.
    ///   - p: The probability.
    ///   - layout: Prompt and round of each.
    ///   - target: What to speak about.
    ///   - confidence: The two-sided level.
    ///   - sections: The number of time sections, where the automatic one is not wanted.
    /// - Returns: The quantile with Woodruff's interval: p ± t · SE, read off the sample; a clipped end is not identified.
    package static func quantile(
        _ values: [Double],
        p: Double,
        layout: RecordingLayout,
        target: InferenceTarget = .promptsLikeThese,
        confidence: Double,
        sections: Int? = nil
    ) -> ClusteredEstimate {
        guard values.allSatisfy({ !$0.isNaN }) else { return none(target, count: values.count) }
        return quantile(
            values,
            sorted: FloatSort.ascending(values),
            p: p,
            layout: layout,
            target: target,
            confidence: confidence,
            sections: sections
        )
    }

    /// The same for values whose order is known, so that several quantiles share one sort.
    static func quantile(
        _ values: [Double],
        sorted: [Double],
        p: Double,
        layout: RecordingLayout,
        target: InferenceTarget,
        confidence: Double,
        sections: Int? = nil,
        periods: Double? = nil
    ) -> ClusteredEstimate {
        guard
            values.count == layout.count, values.count == sorted.count,
            let quantile = Quantile.value(sorted: sorted, p: p)
        else { return none(target, count: values.count) }
        var result = Estimate(value: quantile, count: values.count)
        if quantile == .infinity { result.flags.append(.beyondCensoring) }
        result.flags += QuantileInterval.sizeFlags(count: values.count, p: p)
        guard values.count > 1 else {
            result.flags.append(.singleObservation)
            return ClusteredEstimate(estimate: result, target: target)
        }
        if sorted.first == sorted.last {
            result.interval = Interval(low: quantile, high: quantile, confidence: confidence)
            result.flags.append(.degenerate)
            return ClusteredEstimate(estimate: result, target: target)
        }
        if target == .independent || layout.isIndependent {
            result.interval = QuantileInterval.nyblom(sorted: sorted, p: p, confidence: confidence)
            result.method = .nyblom
            result.flags.append(.independentRequests)
            if result.interval?.isComplete == false { result.flags.append(.endNotIdentified) }
            return ClusteredEstimate(estimate: result, target: .independent)
        }
        let share = Double(values.count(where: { $0 <= quantile })) / Double(values.count)
        let influence = values.map { ($0 <= quantile ? 1 : 0) - share }
        let periods = periods ?? layout.effectivePeriods(of: values, sorted: sorted)
        let design = DesignError(influence, layout, target, periods: periods, sections: sections)
        return finish(result, design, p: p, confidence: confidence) { Quantile.value(sorted: sorted, p: $0) }
    }

    /// Adds Woodruff's interval to a quantile; `value` reads the sample at a probability.
    static func finish(
        _ quantile: Estimate,
        _ design: DesignError,
        p: Double,
        confidence: Double,
        value: (Double) -> Double?
    ) -> ClusteredEstimate {
        var outcome = ClusteredEstimate(estimate: quantile, target: design.target, variance: design.variance)
        outcome.estimate.flags += design.flags
        outcome.estimate.method = design.method
        guard design.standardError != nil else { return outcome }
        guard let span = design.probabilityInterval(p: p, confidence: confidence), let low = span.low,
            let high = span.high
        else {
            outcome.estimate.flags.append(.endNotIdentified)
            return outcome
        }
        outcome.probabilityInterval = span
        let interval = Interval(
            low: low > 0 ? value(low) : nil,
            high: high < 1 ? value(high) : nil,
            confidence: confidence
        )
        outcome.estimate.interval = interval
        if !interval.isComplete { outcome.estimate.flags.append(.endNotIdentified) }
        return outcome
    }

    private static func none(_ target: InferenceTarget, count: Int) -> ClusteredEstimate {
        ClusteredEstimate(estimate: Estimate(value: nil, count: count, flags: [.noData]), target: target)
    }

    private static func linear(
        _ value: Double,
        _ influence: [Double],
        _ layout: RecordingLayout,
        _ target: InferenceTarget,
        _ confidence: Double,
        _ sections: Int?,
        _ periods: Double?
    ) -> ClusteredEstimate {
        let count = influence.count
        var result = Estimate(value: value, count: count)
        guard count > 1 else {
            result.flags = [.singleObservation]
            return ClusteredEstimate(estimate: result, target: target)
        }
        if influence.allSatisfy({ $0 == influence[0] }) {
            result.interval = Interval(low: value, high: value, confidence: confidence)
            result.standardError = 0
            result.flags = [.degenerate]
            return ClusteredEstimate(estimate: result, target: target)
        }
        // Squares of very small or very large values leave the range, so scale those first.
        let largest = influence.reduce(0) { max($0, abs($1)) }
        let scale = largest > 1e-140 && largest < 1e140 ? 1 : largest
        if target == .independent || layout.isIndependent {
            let squares = influence.reduce(0) { $0 + ($1 / scale) * ($1 / scale) }
            let error = (squares / Double(count - 1) / Double(count)).squareRoot() * scale
            result.standardError = error
            result.interval = MeanInterval.student(mean: value, error: error, count: count, confidence: confidence)
            result.method = .student
            result.flags = [.independentRequests]
            return ClusteredEstimate(estimate: result, target: .independent, degrees: Double(count - 1))
        }
        let scaled = scale == 1 ? influence : influence.map { $0 / scale }
        let periods = periods ?? layout.effectivePeriods(of: scaled)
        let design = DesignError(scaled, layout, target, periods: periods, sections: sections)
        return finish(result, design, scale: scale, confidence: confidence)
    }

    /// Adds the interval value ± t · SE to an estimate; influence values were divided by `scale`.
    static func finish(
        _ mean: Estimate,
        _ design: DesignError,
        scale: Double = 1,
        confidence: Double
    ) -> ClusteredEstimate {
        var result = mean
        result.flags = design.flags
        result.method = design.method
        result.standardError = design.standardError.map { $0 * scale }
        if let value = mean.value, let error = result.standardError, error > 0 {
            let reach = design.reach(confidence: confidence) * error
            result.interval = Interval(low: value - reach, high: value + reach, confidence: confidence)
        }
        // Groups whose deviations happen to cancel tell nothing about the spread.
        if result.standardError == 0 { result.flags.append(.endNotIdentified) }
        return ClusteredEstimate(
            estimate: result,
            target: design.target,
            variance: design.variance?.scaled(by: scale * scale),
            degrees: design.standardError == nil ? nil : design.degrees
        )
    }
}

/// The standard error of a mean of influence values under a layout, and what the layout could carry.
struct DesignError {
    let standardError: Double?
    let degrees: Double
    let method: IntervalMethod
    let target: InferenceTarget
    let variance: ClusterVariance?
    let flags: [EstimateFlag]

    /// Fewer rounds than this give no time term.
    static let fewestRounds = 10

    /// Measures influence values, one an observation; or their sums over units of `weights` observations each.
    ///
    /// `periods` is the memory of the recording, not of these influence values: those of a high quantile are so noisy that
    /// they hide how long a slow hour lasts.
    init(
        _ influence: [Double],
        weights: [Double]? = nil,
        _ layout: RecordingLayout,
        _ wanted: InferenceTarget,
        periods: Double,
        sections: Int? = nil
    ) {
        let count = weights.map(Moments.sum) ?? Double(influence.count)
        let manyPrompts = layout.promptCount >= 2
        let manyRounds = layout.roundCount >= Self.fewestRounds
        let byPrompt = Self.sums(influence, by: layout.prompts, groups: layout.promptCount)
        let promptTerm = Self.term(byPrompt, count)
        guard manyRounds else {
            variance = nil
            degrees = Double(max(layout.promptCount - 1, 1))
            standardError = manyPrompts ? promptTerm.squareRoot() : nil
            method = manyPrompts ? .promptClusters : .none
            target = .promptsLikeThese
            flags = manyPrompts ? [.promptTermOnly] : [.onePrompt, .promptTermOnly]
            return
        }
        let sectionCount =
            sections.map { min(max($0, 2), layout.roundCount) } ?? Self.sectionCount(periods, layout.roundCount)
        let section = layout.sections(sectionCount)
        let bySection = Self.sums(influence, by: section, groups: sectionCount)
        var byCell = [Double](repeating: 0, count: layout.promptCount * sectionCount)
        var occupied = [Bool](repeating: false, count: byCell.count)
        for i in influence.indices {
            let cell = layout.prompts[i] * sectionCount + section[i]
            byCell[cell] += influence[i]
            occupied[cell] = true
        }
        let cells = zip(byCell, occupied).filter { $0.1 }.map { $0.0 }
        let parts = ClusterVariance(
            prompt: promptTerm,
            time: Self.term(bySection, count),
            cell: Self.term(cells, count),
            sections: sectionCount,
            effectivePeriods: periods
        )
        variance = parts
        var found: [EstimateFlag] = manyPrompts ? [] : [.onePrompt]
        if periods < 30 { found.append(.fewEffectivePeriods) }
        flags = found
        if manyPrompts, wanted == .promptsLikeThese {
            standardError = parts.twoWay.squareRoot()
            degrees = Double(min(layout.promptCount, sectionCount) - 1)
            method = .twoWay
            target = .promptsLikeThese
        } else {
            standardError = parts.time.squareRoot()
            degrees = Double(sectionCount - 1)
            method = .timeSections
            target = .thesePrompts
        }
    }

    /// How many standard errors an interval reaches.
    func reach(confidence: Double) -> Double {
        -SpecialFunctions.studentQuantile((1 - confidence) / 2, degrees: degrees)
    }

    /// p ± t · SE for influence values on the probability scale; `nil` without a standard error above 0.
    func probabilityInterval(p: Double, confidence: Double) -> Interval? {
        guard let standardError, standardError > 0 else { return nil }
        let reach = reach(confidence: confidence) * standardError
        return Interval(low: p - reach, high: p + reach, confidence: confidence)
    }

    /// K = ⌊ESS/5⌋ within 5...16, and at most half the rounds.
    static func sectionCount(_ effectivePeriods: Double, _ rounds: Int) -> Int {
        max(2, min(min(max(Int(effectivePeriods / 5), 5), 16), rounds / 2))
    }

    private static func sums(_ values: [Double], by group: [Int], groups: Int) -> [Double] {
        var sums = [Double](repeating: 0, count: groups)
        for i in values.indices { sums[group[i]] += values[i] }
        return sums
    }

    /// M/(M − 1) Σ (group sum)² / N² over M groups.
    private static func term(_ sums: [Double], _ count: Double) -> Double {
        guard sums.count > 1 else { return 0 }
        let squares = sums.reduce(0) { $0 + $1 * $1 }
        return Double(sums.count) / Double(sums.count - 1) * squares / (count * count)
    }
}
