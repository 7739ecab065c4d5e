// Which interval a summary makes (`--interval`): the design-aware default, or one that a reader asks for beside it.

/// A way to make the intervals of one sample.
package enum IntervalChoice: String, Sendable, CaseIterable {
    /// Two-way clusters of prompts and time: the default.
    case promptsLikeThese = "prompts-like-these"
    /// Time sections: the recorded prompts at other times.
    case thesePrompts = "these-prompts"
    /// Requests taken as independent: bootstrap-t for the mean, Nyblom's order statistics for quantiles.
    case independent
    /// Independent requests, the percentile interval of the exact bootstrap.
    case percentile
    /// Independent requests, the basic interval of the exact bootstrap.
    case basic
    /// Independent requests, the BCa interval of the exact bootstrap.
    case bca
    /// Whole prompts drawn with replacement.
    case promptBootstrap = "prompt-bootstrap"
    /// Circular blocks of rounds, as long as the series remembers.
    case blockBootstrap = "block-bootstrap"
    /// Blocks of rounds of geometric length.
    case stationaryBootstrap = "stationary-bootstrap"
    /// Prompts and blocks of rounds at once.
    case pigeonholeBootstrap = "pigeonhole-bootstrap"
    /// Independent requests, valid however often one looked before stopping; quantiles only.
    case alwaysValid = "always-valid"

    /// What intervals of pooled gaps speak about: the request stays the unit that varies.
    var pooledTarget: InferenceTarget {
        switch self {
        case .thesePrompts, .blockBootstrap, .stationaryBootstrap: .thesePrompts
        default: .promptsLikeThese
        }
    }
}

/// One sample and the intervals that were asked for.
struct ChosenIntervals {
    let choice: IntervalChoice
    /// Finite observations, and +∞ for censored ones.
    let kept: Arm
    let sample: Sample
    let layout: RecordingLayout
    let confidence: Double
    let plan: ResamplingPlan

    /// The mean and the quantiles, and what their intervals speak about.
    func estimates(
        _ probabilities: [Double]
    )
        -> (mean: Estimate, quantiles: [Estimate], target: InferenceTarget)
    {
        switch choice {
        case .promptsLikeThese: return designed(probabilities, .promptsLikeThese)
        case .thesePrompts: return designed(probabilities, .thesePrompts)
        case .independent: return (independentMean(nil), independent(probabilities, .nyblom), .independent)
        case .percentile:
            return (independentMean(.exactPercentile), independent(probabilities, .exactPercentile), .independent)
        case .basic: return (independentMean(.exactBasic), independent(probabilities, .exactBasic), .independent)
        case .bca: return (independentMean(.exactBCa), independent(probabilities, .exactBCa), .independent)
        case .promptBootstrap, .blockBootstrap, .stationaryBootstrap, .pigeonholeBootstrap:
            return resampled(probabilities)
        case .alwaysValid: return alwaysValid(probabilities)
        }
    }

    // MARK: By the design

    private func designed(
        _ probabilities: [Double],
        _ target: InferenceTarget
    )
        -> (mean: Estimate, quantiles: [Estimate], target: InferenceTarget)
    {
        var mean: Estimate
        var speaksAbout = target
        let periods =
            layout.isIndependent ? nil : layout.effectivePeriods(of: kept.values, sorted: sample.sorted)
        if layout.isIndependent || sample.censoredCount > 0 {
            mean = independentMean(nil)
            if layout.isIndependent { speaksAbout = .independent }
        } else {
            let clustered = Clustered.mean(
                kept.values,
                layout: layout,
                target: target,
                confidence: confidence,
                periods: periods
            )
            mean = clustered.estimate
            speaksAbout = clustered.target
        }
        let quantiles = probabilities.map { p in
            Clustered.quantile(
                kept.values,
                sorted: sample.sorted,
                p: p,
                layout: layout,
                target: target,
                confidence: confidence,
                periods: periods
            ).estimate
        }
        return (mean, quantiles, speaksAbout)
    }

    // MARK: As independent requests

    private func independentMean(_ method: MeanInterval.Method?) -> Estimate {
        var estimate = MeanInterval.estimate(of: sample, confidence: confidence, method: method, plan: plan)
        if estimate.interval != nil { estimate.flags.append(.independentRequests) }
        return estimate
    }

    private func independent(_ probabilities: [Double], _ method: QuantileInterval.Method) -> [Estimate] {
        probabilities.map { p in
            var estimate = QuantileInterval.estimate(of: sample, p: p, confidence: confidence, method: method)
            if estimate.interval != nil { estimate.flags.append(.independentRequests) }
            return estimate
        }
    }

    private func alwaysValid(
        _ probabilities: [Double]
    )
        -> (mean: Estimate, quantiles: [Estimate], target: InferenceTarget)
    {
        var mean = independentMean(.student)
        if mean.interval != nil {
            mean = Estimate(value: mean.value, count: mean.count, flags: [.noIntervalForMean])
        }
        let quantiles = probabilities.map { p in
            var estimate = ConfidenceSequence.estimate(of: sample, p: p, confidence: confidence)
            if estimate.interval != nil { estimate.flags.append(.independentRequests) }
            return estimate
        }
        return (mean, quantiles, .independent)
    }

    // MARK: By resampling the design

    private func resampled(
        _ probabilities: [Double]
    )
        -> (mean: Estimate, quantiles: [Estimate], target: InferenceTarget)
    {
        let target: InferenceTarget = choice.pooledTarget
        let statistics = probabilities.map { ResampledStatistic.quantile($0) }
        guard let scheme, sample.count > 1 else {
            // Values as ever; what can't be drawn from has no interval.
            func without(_ estimate: Estimate) -> Estimate {
                let lacks = estimate.interval == nil ? estimate.flags : [.tooFewToResample]
                return Estimate(value: estimate.value, count: estimate.count, flags: lacks)
            }
            return (
                without(independentMean(.student)), independent(probabilities, .nyblom).map(without), target
            )
        }
        let bootstrap = DesignBootstrap(layout: layout, scheme: scheme, plan: plan)
        let isCensored = sample.censoredCount > 0
        var found = bootstrap.estimates(
            of: kept.values,
            isCensored ? statistics : [.mean] + statistics,
            confidence: confidence
        )
        let mean = isCensored ? independentMean(nil) : found.removeFirst()
        for (index, p) in probabilities.enumerated() {
            found[index].flags += QuantileInterval.sizeFlags(count: sample.count, p: p)
            if found[index].value == nil { found[index].flags.append(.beyondCensoring) }
            if found[index].interval?.isComplete == false { found[index].flags.append(.endNotIdentified) }
        }
        return (mean, found, target)
    }

    /// The scheme that was asked for; `nil` where the design leaves nothing to draw from.
    private var scheme: ResamplingScheme? {
        let hasPrompts = layout.promptCount >= 2
        let hasRounds = layout.roundCount >= DesignError.fewestRounds
        switch choice {
        case .promptBootstrap: return hasPrompts ? .promptClusters : nil
        case .blockBootstrap: return hasRounds ? .circularBlocks(length: blockLength) : nil
        case .stationaryBootstrap:
            let length = dependence.map { max($0.stationaryBlock, 1) } ?? 1
            return hasRounds ? .stationary(meanLength: length) : nil
        case .pigeonholeBootstrap: return hasPrompts && hasRounds ? .pigeonhole(length: blockLength) : nil
        default: return nil
        }
    }

    private var blockLength: Int { dependence?.circularBlockLength(rounds: layout.roundCount) ?? 1 }

    /// The memory of the series of round means; of round shares beyond the median where timeouts have no mean.
    private var dependence: SeriesDependence? {
        let middle = Quantile.value(sorted: sample.sorted, p: 0.5) ?? 0
        let values =
            sample.censoredCount > 0 ? kept.values.map { $0 > middle ? 1.0 : 0 } : kept.values
        return SeriesDependence(layout.roundMeans(of: values))
    }
}
