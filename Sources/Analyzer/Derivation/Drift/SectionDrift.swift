// Whether a metric of a group stood still over the recording: the tests of docs/statistics.md, "Drift", on the medians of
// sections of time.

import Core

/// The medians of a metric by section of time, and what the tests find in them.
struct SectionDrift: Sendable {
    /// A section that holds at least one value.
    struct Median: Sendable {
        var section: Int
        var value: Double
        var count: Int
    }

    /// One change of level.
    struct Change: Sendable {
        /// The first section after it.
        var section: Int
        /// Median after / median before.
        var ratio: Double
    }

    let medians: [Median]
    /// The change that stands out, and is more than memory and chance explain.
    let change: Change?
    /// The p-value of a trend, scaled for memory; `nil` where there are too few sections.
    let trendPValue: Double?
    /// Whether the series wanders more than a constant level does.
    let rejectsLevel: Bool?
    /// Whether the medians lie further apart than the margin: with many requests the smallest movement has a p-value.
    let isMaterial: Bool

    /// Fewer medians than this carry no test.
    static let minimumSections = 10

    /// Tests values with the sections that they fall into.
    ///
    /// - Parameters:
    ///   - values: One value a request, with its section.
    ///   - margin: Changes of level below this share are no finding.
    init(_ values: [(section: Int, value: Double)], margin: Double = 0.03) {
        var bySection: [Int: [Double]] = [:]
        for one in values where one.value.isFinite { bySection[one.section, default: []].append(one.value) }
        let medians = bySection.keys.sorted().compactMap { section -> Median? in
            let own = FloatSort.ascending(bySection[section] ?? [])
            return Quantile.value(sorted: own, p: 0.5).map { Median(section: section, value: $0, count: own.count) }
        }
        self.medians = medians
        let series = medians.map(\.value)
        isMaterial = Self.spread(series) > margin
        guard series.count >= Self.minimumSections else {
            (change, trendPValue, rejectsLevel) = (nil, nil, nil)
            return
        }
        trendPValue = Drift.mannKendall(series)?.pValue
        rejectsLevel = Drift.kpss(series)?.rejectsLevel
        let moves = rejectsLevel == true || trendPValue.map { $0 < 0.05 } == true
        change = Drift.pettitt(series).flatMap { split in
            guard moves, split.isSubstantial(margin: margin), let ratio = split.medianRatio else { return nil }
            return Change(section: medians[split.splitAfter].section, ratio: ratio)
        }
    }

    /// From the first to the ninth decile of the medians, as a share of their median.
    private static func spread(_ series: [Double]) -> Double {
        let sorted = FloatSort.ascending(series)
        guard let low = Quantile.value(sorted: sorted, p: 0.1), let high = Quantile.value(sorted: sorted, p: 0.9),
            let middle = Quantile.value(sorted: sorted, p: 0.5), middle > 0
        else { return 0 }
        return (high - low) / middle
    }

    /// What was found, in one sentence; `nil` where the metric stood still or nothing can be said.
    func finding(_ sections: TimeSections) -> String? {
        if let change {
            let percent = NumberText.signed((change.ratio - 1) * 100, decimals: 1)
            return "level changed by \(percent) % around \(UTCText.seconds(sections.begin(change.section)))"
        }
        guard isMaterial else { return nil }
        if let trendPValue, trendPValue < 0.05 {
            return "a trend (Mann–Kendall, p = \(NumberText.fixed(trendPValue, decimals: 4)))"
        }
        return rejectsLevel == true ? "wanders more than a constant level does (KPSS, 5 %)" : nil
    }
}
