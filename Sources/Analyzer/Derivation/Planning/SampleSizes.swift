// How many more measurements a wish needs, and what the recorded ones could have shown
// (`sample-size`, docs/statistics.md, "How many more").

import Core

/// What one wants to know, and how surely.
package struct SampleSizeWish: Sendable {
    /// Half the width of the wished interval, as a share of the mean.
    package var halfWidth = 0.05
    package var power = 0.8
    /// What one more prompt costs, counted in requests beyond its own; `nil` where nobody said.
    package var promptCost: Double?

    /// The defaults of the command line.
    package init() {}
}

/// What a recording says of the size that the next one needs, for the mean of one metric.
package struct SampleSizes: Sendable {
    package var metric: String
    package var count: Int
    package var prompts: Int
    package var rounds: Int
    /// With the interval that `summary` would state.
    package var mean: Estimate
    /// Half the width of that interval, as a share of the mean.
    package var halfWidth: Double?
    /// How requests of one prompt resemble one another; `nil` where prompts don't repeat.
    package var correlation: Planning.IntraclassCorrelation?
    /// Rounds in all, for an interval that speaks about these prompts; `nil` below ten recorded ones.
    package var roundsNeeded: Int?
    /// Prompts in all, for an interval that speaks about prompts like these.
    package var promptsNeeded: Int?
    /// Requests in all, where neither prompts nor rounds repeat.
    package var requestsNeeded: Int?
    /// The change, as a share of the mean, that a comparison with another arm like this would find with the wished power.
    package var detectableChange: Double?
    /// How many repeats of a prompt give the most for the time; needs the cost of a prompt.
    package var repeatsPerPrompt: Int?
}

extension SampleSizes {
    /// Works the sizes out.
    init(metric: String, _ arm: Arm, wish: SampleSizeWish, confidence: Double, plan: ResamplingPlan) {
        let layout = RecordingLayout(prompts: arm.prompts, rounds: arm.rounds)
        self.metric = metric
        count = arm.values.count
        prompts = layout.promptCount
        rounds = layout.roundCount
        let clustered = Clustered.mean(arm.values, layout: layout, confidence: confidence)
        mean = SampleSummary(arm, probabilities: [], confidence: confidence, plan: plan).mean
        correlation = Planning.intraclassCorrelation(arm.values, groups: layout.prompts)
        if let cost = wish.promptCost {
            repeatsPerPrompt = Planning.repeatsPerPrompt(
                arm.values,
                groups: layout.prompts,
                repeatCost: 1,
                promptCost: cost
            )
        }
        guard let value = mean.value, value > 0 else { return }
        halfWidth = mean.interval.flatMap { interval in
            interval.low.flatMap { low in interval.high.map { ($0 - low) / 2 / value } }
        }
        let reach = Reach(halfWidth: wish.halfWidth * value, confidence: confidence)
        if layout.isIndependent {
            requestsNeeded = reach.size(count, clustered.estimate.standardError) { Double($0 - 1) }
        } else {
            let sections = clustered.variance?.sections
            if let sections {
                let error = clustered.variance?.time.squareRoot()
                roundsNeeded = reach.size(rounds, error) { _ in Double(sections - 1) }
            }
            if clustered.target == .promptsLikeThese {
                promptsNeeded = reach.size(prompts, clustered.estimate.standardError) {
                    Double(min($0, sections ?? .max) - 1)
                }
            }
        }
        // Two arms like this one, not paired: the difference has twice the variance.
        detectableChange = clustered.estimate.standardError.map { error in
            Planning.minimumDetectableEffect(
                standardError: error * 2.0.squareRoot(),
                confidence: confidence,
                power: wish.power
            ) / value
        }
    }
}

/// How many units bring an interval down to a half-width.
private struct Reach {
    let halfWidth: Double
    let confidence: Double

    /// The smallest number of units whose interval is narrow enough, with Student's quantile for so many.
    ///
    /// - Parameters:
    ///   - units: How many gave the standard error.
    ///   - error: That error.
    ///   - degrees: The degrees of freedom that a number of units gives.
    /// - Returns: At least 2; `nil` without an error, or beyond any number that could be recorded.
    func size(_ units: Int, _ error: Double?, _ degrees: (Int) -> Double) -> Int? {
        guard units > 1, let error, error > 0 else { return nil }
        let normal = Planning.sampleSize(
            count: units,
            standardError: error,
            halfWidth: halfWidth,
            confidence: confidence
        )
        guard let normal else { return nil }
        func wanted(_ count: Int) -> Double {
            let quantile = SpecialFunctions.studentQuantile((1 - confidence) / 2, degrees: max(degrees(count), 1))
            let ratio = quantile * error / halfWidth
            return Double(units) * ratio * ratio
        }
        // The normal quantile asks for too few, the t of those few for too many.
        var low = max(normal, 2)
        guard wanted(low) < 0x1p53 else { return nil }
        var high = max(Int(wanted(low).rounded(.up)), low)
        while low < high {
            let middle = low + (high - low) / 2
            if Double(middle) >= wanted(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// What `sample-size` says of one group.
package struct GroupSampleSizes: Sendable {
    package var key: [String?]
    package var metrics: [SampleSizes]

    /// The group's name in texts: its values, missing ones as `-`.
    package var name: String { Grouping.name(of: key) }

    /// The sizes of every group of successful requests, in the order of their keys.
    package static func all(
        _ rows: [RequestRow],
        plan: SummaryPlan,
        metrics: [MetricColumn],
        wish: SampleSizeWish
    ) -> [GroupSampleSizes] {
        let groups = Grouping.split(rows, plan)
        let found = Grouping.map(groups, metrics, threads: plan.threads) { group, column in
            let key = RandomKey(seed: plan.seed, label: "ci/mean/\(column.name)/\(group.label(plan))")
            return SampleSizes(
                metric: column.name,
                group.observations(column).arm,
                wish: wish,
                confidence: plan.confidence,
                plan: ResamplingPlan(replicates: plan.resamples, key: key)
            )
        }
        return zip(groups, found).map { GroupSampleSizes(key: $0.key, metrics: $1) }
    }
}
