// Whether a metric stood still while it was recorded (`drift`, docs/statistics.md, "Drift").

package import Core

/// What the tests of drift say of one metric in one group.
package struct MetricStability: Sendable {
    /// The verdict in words that stay the same in every output.
    package enum Verdict: String, Sendable {
        case steady = "steady"
        /// One change that is large and beyond what the series' memory makes by itself.
        case changed = "changed"
        /// A trend beyond what the series' memory makes by itself, of periods that lie further apart than the margin.
        case drifting = "drifting"
        /// No trend and no single change, but no constant level either, of periods that lie further apart than the margin.
        case wandering = "wandering"
        case tooShort = "too short"
    }

    /// The most likely single change.
    package struct Change: Sendable {
        /// How many periods lie before it, and the first dispatch after it.
        package var after: Int
        package var instant: TraceInstant
        /// Median after over median before; `nil` where one is not above 0.
        package var ratio: Double?
        /// P(a period after the change exceeds one before).
        package var superiority: Double
        /// Pettitt's p-value, scaled by the memory of what is left when the change is taken out.
        package var pValue: Double
        package var isClaimed: Bool
    }

    package var metric: String
    package var count: Int
    /// `rounds` or `stretches`.
    package var unit: String
    package var periodCount: Int
    /// How many independent periods the recording is worth.
    package var effectivePeriods: Double?
    package var ljungBox: Drift.LjungBox?
    package var kpss: Drift.KPSS?
    package var trend: Drift.MannKendall?
    package var change: Change?
    /// How many leading periods MSER-5 would leave out: a suggestion, never applied.
    package var suggestedWarmUp: Int?
    package var verdict: Verdict
}

extension MetricStability {
    /// Looks for drift.
    ///
    /// - Parameters:
    ///   - metric: The metric's name.
    ///   - arm: Its finite values with prompt and repeat.
    ///   - instants: The dispatch of each.
    ///   - margin: A change of the medians within 1/(1 + margin) and 1 + margin is none.
    ///   - confidence: Tests reject at 1 − confidence.
    init(metric: String, _ arm: Arm, instants: [TraceInstant], margin: Double, confidence: Double) {
        let series = PeriodSeries(arm, instants: instants)
        let medians = series.medians
        self.metric = metric
        count = arm.values.count
        unit = series.unit.rawValue
        periodCount = medians.count
        guard medians.count >= PeriodSeries.fewest else {
            verdict = .tooShort
            return
        }
        effectivePeriods = SeriesDependence(medians)?.effectiveSampleSize
        ljungBox = Drift.ljungBox(medians)
        kpss = Drift.kpss(medians)
        trend = Drift.mannKendall(medians)
        suggestedWarmUp = Drift.suggestedWarmUp(medians)
        change = Drift.pettitt(medians).map { found in
            let pValue = found.pValue(scaledFor: medians)
            return Change(
                after: found.splitAfter,
                instant: series.periods[found.splitAfter].start,
                ratio: found.medianRatio,
                superiority: found.superiority,
                pValue: pValue,
                isClaimed: found.isSubstantial(margin: margin) && pValue < 1 - confidence
            )
        }
        if change?.isClaimed == true {
            verdict = .changed
        } else if Self.spread(medians) <= margin {
            // With many requests the smallest movement has a p-value.
            verdict = .steady
        } else if let trend, trend.pValue < 1 - confidence {
            verdict = .drifting
        } else if kpss?.rejectsLevel == true {
            verdict = .wandering
        } else {
            verdict = .steady
        }
    }

    /// From the first to the ninth decile of the medians, as a share of their median.
    private static func spread(_ medians: [Double]) -> Double {
        let sorted = FloatSort.ascending(medians)
        guard let low = Quantile.value(sorted: sorted, p: 0.1), let high = Quantile.value(sorted: sorted, p: 0.9),
            let middle = Quantile.value(sorted: sorted, p: 0.5), middle > 0
        else { return .infinity }
        return (high - low) / middle
    }
}

/// What `drift` says of one group.
package struct GroupStability: Sendable {
    package var key: [String?]
    package var metrics: [MetricStability]

    /// The group's name in texts: its values, missing ones as `-`.
    package var name: String { Grouping.name(of: key) }

    /// Looks for drift in every group of successful requests.
    ///
    /// - Parameters:
    ///   - rows: Every request that is to be looked at.
    ///   - plan: Groups, lens, level and threads.
    ///   - metrics: The columns to look at.
    ///   - margin: What change of a median matters, as a share.
    /// - Returns: One element a group, in the order of their keys.
    package static func all(
        _ rows: [RequestRow],
        plan: SummaryPlan,
        metrics: [MetricColumn],
        margin: Double
    ) -> [GroupStability] {
        let groups = Grouping.split(rows, plan)
        let found = Grouping.map(groups, metrics, threads: plan.threads) { group, column in
            let (arm, instants) = group.observations(column)
            return MetricStability(
                metric: column.name,
                arm,
                instants: instants,
                margin: margin,
                confidence: plan.confidence
            )
        }
        return zip(groups, found).map { GroupStability(key: $0.key, metrics: $1) }
    }
}
