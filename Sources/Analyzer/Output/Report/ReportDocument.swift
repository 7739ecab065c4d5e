// What a report says, whatever its format: numbers that were derived, none that are still to be.

import Core

/// The input of every report format.
struct ReportDocument {
    /// A group with its place in every chart.
    struct Group {
        var summary: GroupSummary
        var style: SeriesStyle
        /// Its requests that are no warm-up.
        var measured: RowSelection
        /// Those of them that succeeded.
        var ok: RowSelection
        /// What other lenses make of it, parallel to the readings' columns.
        var lensFigures: [LensFigure]
        /// What `drift` says of it, a metric each.
        var stability: [MetricStability]
    }

    var plan: ReportPlan
    var summary: SummaryDocument
    var groups: [Group]
    /// Every request that is no warm-up.
    var measured: RowSelection
    var comparisons: [ComparisonReport]
    var lensColumns: [LensReadings.Column]
    /// `nil` where there is no request.
    var sections: TimeSections?
    var waterfalls: [Waterfall]
    /// Why a waterfall is missing.
    var waterfallRemarks: [String]

    /// A single request to show, and why it was picked.
    struct Waterfall {
        var reason: String
        var row: RequestRow
        var timeline: RequestTimeline
    }

    /// The metrics whose distributions are drawn.
    var distributed: [String] {
        let known = plan.summary.lens.metrics.map(\.name)
        return ["ttft_ms", "otps", "itl_ms"].filter(known.contains)
    }

    /// The metrics that are shown over time, and looked at for drift.
    static let metricsOverTime = ["ttft_ms", "otps"]

    /// The values of a metric in the successful requests of a group; gaps of all requests together.
    func values(_ metric: String, of group: Group) -> [Double] {
        plan.summary.lens.metrics.first { $0.name == metric }?.values(in: group.ok) ?? []
    }

    /// What a comparison's arms are called for short.
    static func armName(_ report: ComparisonReport) -> (String) -> String {
        let names = GroupLabels.short(report.arms.map(\.name))
        return { names[$0] ?? $0 }
    }

    /// The medians of a metric by section of time, in a group.
    func sectionMedians(_ metric: String, of group: Group) -> [SectionMedians.Median] {
        guard let sections, let column = plan.summary.lens.columns.first(where: { $0.name == metric }) else {
            return []
        }
        var values: [(section: Int, value: Double)] = []
        group.ok.forEach { row in
            if let value = column.read(row.metrics) { values.append((sections.index(of: row.dispatched), value)) }
        }
        return SectionMedians(values).medians
    }
}
