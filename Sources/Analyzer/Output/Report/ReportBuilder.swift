// From traces to what a report says of them.

import Core

enum ReportBuilder {
    /// Reads the traces and derives everything.
    ///
    /// - Parameters:
    ///   - paths: Trace files; only those that can be read twice give single requests.
    ///   - plan: What to show.
    ///   - filter: Which requests to take into account.
    /// - Returns: The document.
    /// - Throws: `TraceError` for a file, `UsageError` for what the plan asks for in vain.
    static func document(
        _ paths: [String],
        plan: ReportPlan,
        filter: RowFilter<RequestRow>
    ) throws -> ReportDocument {
        let lens = plan.summary.lens
        let beside = LensReadings(Lens.all.filter { $0.name != lens.name })
        var (readings, sources) = try TraceAnalysis.readings(
            paths,
            lens: lens,
            beside: beside,
            threads: plan.summary.threads
        )
        readings = readings.filter { filter.keeps($0.row) }
        let rows = readings.map(\.row)
        let origins = readings.map(\.source)
        let lensValues = readings.map(\.lensValues)
        readings = []

        let summaries = Grouping.summarize(rows, plan: plan.summary, quality: sources.map(\.quality))
        let members = Grouping.members(rows, by: plan.summary.groupBy)
        let stability = Dictionary(
            uniqueKeysWithValues: GroupStability.all(
                rows,
                plan: plan.summary,
                metrics: lens.columns.filter { ReportDocument.metricsOverTime.contains($0.name) },
                margin: plan.comparison.margin
            ).map { ($0.key, $0.metrics) }
        )
        let labels = GroupLabels.short(members.map(\.key))
        var groups: [ReportDocument.Group] = []
        for (index, summary) in summaries.enumerated() {
            let all = RowSelection(rows, members[index].members)
            let measured = all.filtered { !$0.isWarmup }
            let own = members[index].members.filter { rows[$0].outcome == .ok && !rows[$0].isWarmup }
            groups.append(
                ReportDocument.Group(
                    summary: summary,
                    style: SeriesStyle(name: labels[index], index: index),
                    measured: measured,
                    ok: RowSelection(rows, own),
                    lensFigures: beside.columns.enumerated().map { place, column in
                        LensFigure(column, own.map { lensValues[$0][place] })
                    },
                    stability: stability[summary.key] ?? []
                )
            )
        }
        let measured = RowSelection(rows).filtered { !$0.isWarmup }
        let (waterfalls, remarks) = try waterfalls(rows, origins: origins, paths: paths, picked: plan.picked)
        return ReportDocument(
            plan: plan,
            summary: SummaryDocument(plan: plan.summary, sources: sources, groups: summaries),
            groups: groups,
            measured: measured,
            comparisons: try comparisons(rows, plan: plan),
            lensColumns: beside.columns,
            sections: TimeSections(measured.map(\.dispatched), groups: groups.count),
            waterfalls: waterfalls,
            waterfallRemarks: remarks
        )
    }

    private static func comparisons(_ rows: [RequestRow], plan: ReportPlan) throws -> [ComparisonReport] {
        var reports: [ComparisonReport] = []
        for key in plan.keys(for: rows) {
            var comparison = plan.comparison
            comparison.key = key
            do throws(ComparisonError) {
                reports.append(try ComparisonReport(rows, plan: comparison))
            } catch {
                throw UsageError(description: error.description)
            }
        }
        return ComparisonFamily.adjusted(reports)
    }

    // MARK: Single requests

    private static func waterfalls(
        _ rows: [RequestRow],
        origins: [Int],
        paths: [String],
        picked: [ReportPlan.RequestName]
    ) throws -> ([ReportDocument.Waterfall], remarks: [String]) {
        var choices: [(reason: String, index: Int)] = []
        for name in picked {
            let found = rows.indices.filter { name.matches(rows[$0]) }
            guard !found.isEmpty else {
                throw UsageError(description: "--request: '\(name.text)' is none of the requests that are reported")
            }
            choices += found.map { ("Picked", $0) }
        }
        choices += ownChoices(rows)
        var remarks: [String] = []
        var seen: [Int: Int] = [:]
        var waterfalls: [ReportDocument.Waterfall] = []
        for choice in choices {
            if let place = seen[choice.index] {
                if place >= 0 { waterfalls[place].reason += ", " + choice.reason.lowercased() }
                continue
            }
            let path = paths[origins[choice.index]]
            guard path != "-", let timeline = try TraceAnalysis.timeline(path, of: rows[choice.index].id) else {
                seen[choice.index] = -1
                remarks.append(
                    path == "-"
                        ? "\(choice.reason): not shown, since standard input can be read only once."
                        : "\(choice.reason): request \(rows[choice.index].id.request) was not found again in \(path)."
                )
                continue
            }
            seen[choice.index] = waterfalls.count
            waterfalls.append(
                ReportDocument.Waterfall(reason: choice.reason, row: rows[choice.index], timeline: timeline)
            )
        }
        return (waterfalls, remarks)
    }

    /// The typical request and the extreme ones; of equal ones the first.
    private static func ownChoices(_ rows: [RequestRow]) -> [(reason: String, index: Int)] {
        var ends: [(value: Double, index: Int)] = []
        var firsts: [(value: Double, index: Int)] = []
        var gaps: [(value: Double, index: Int)] = []
        var index = 0
        RowSelection(rows).forEach { row in
            defer { index += 1 }
            guard row.outcome == .ok, !row.isWarmup else { return }
            if let end = row.metrics.endToEnd { ends.append((end, index)) }
            if let first = row.metrics.ttft { firsts.append((first, index)) }
            var longest: Int64 = 0
            row.metrics.interTokenGaps.forEach { longest = max(longest, $0) }
            if longest > 0 { gaps.append((Double(longest), index)) }
        }
        func slowest(_ values: [(value: Double, index: Int)]) -> Int? {
            values.max { ($0.value, $1.index) < ($1.value, $0.index) }?.index
        }
        let sorted = ends.sorted { ($0.value, $0.index) < ($1.value, $1.index) }
        let choices: [(String, Int?)] = [
            ("Median end-to-end time", sorted.isEmpty ? nil : sorted[(sorted.count - 1) / 2].index),
            ("Slowest to the end", slowest(ends)),
            ("Slowest first token", slowest(firsts)),
            ("Longest gap between tokens", slowest(gaps)),
        ]
        return choices.compactMap { reason, index in index.map { (reason, $0) } }
    }
}
