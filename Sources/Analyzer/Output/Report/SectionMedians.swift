// A metric's level by section of time, to be drawn; what moved is found by `MetricStability`.

/// The medians of a metric in the sections that hold at least one value.
struct SectionMedians: Sendable {
    struct Median: Sendable {
        var section: Int
        var value: Double
        var count: Int
    }

    let medians: [Median]

    /// Takes one value a request, with its section.
    init(_ values: [(section: Int, value: Double)]) {
        var bySection: [Int: [Double]] = [:]
        for one in values where one.value.isFinite { bySection[one.section, default: []].append(one.value) }
        medians = bySection.keys.sorted().compactMap { section in
            let own = FloatSort.ascending(bySection[section] ?? [])
            return Quantile.value(sorted: own, p: 0.5).map { Median(section: section, value: $0, count: own.count) }
        }
    }
}
