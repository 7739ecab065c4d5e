// Latency over the recording and over the time of day, with what the drift tests found.

import Core

enum TimeSection {
    /// From this span on a recording says something about the time of day.
    private static let dayHours = 6

    /// The section; `nil` where there is no request.
    static func section(_ document: ReportDocument) -> Page.Section? {
        guard let sections = document.sections else { return nil }
        var content = Markup.empty
        for metric in ReportDocument.metricsOverTime where document.distributed.contains(metric) {
            let levels = document.groups.map { group in
                Level(
                    style: group.style,
                    medians: document.sectionMedians(metric, of: group),
                    stability: group.stability.first { $0.metric == metric }
                )
            }
            content += .element("h3", [:], Markup(MetricText.heading(metric)))
            content += findings(levels)
            content += .element(
                "div",
                [:],
                timeline(metric, levels, sections),
                overview(metric, levels, sections),
                Markup(timeOfDay(document, metric))
            )
        }
        return Page.Section(identifier: "time", heading: "Over time", content: content)
    }

    /// A metric of a group over time.
    private struct Level {
        var style: SeriesStyle
        var medians: [SectionMedians.Median]
        var stability: MetricStability?

        /// The change that `drift` claims, if any.
        var change: (instant: TraceInstant, text: String)? {
            guard let stability, stability.verdict == .changed, let change = stability.change else { return nil }
            return (change.instant, DriftText.verdict(stability))
        }
    }

    private static func findings(_ levels: [Level]) -> Markup {
        guard levels.contains(where: { $0.stability.map { $0.verdict != .tooShort } == true }) else {
            return .element(
                "p",
                ["class": "quiet"],
                Markup(
                    "Too short for a test of drift: that takes \(PeriodSeries.fewest) rounds, or as many requests of a "
                        + "group."
                )
            )
        }
        let texts = levels.compactMap { level in
            level.stability.flatMap(finding).map { "\(level.style.name): \($0)" }
        }
        guard !texts.isEmpty else {
            return .element("p", [:], Markup("No drift was found: every group's medians stood still."))
        }
        return .element("ul", ["class": "notes warn"], Markup(texts.map { .element("li", [:], Markup($0 + ".")) }))
    }

    private static func finding(_ stability: MetricStability) -> String? {
        let verdict = DriftText.verdict(stability)
        switch stability.verdict {
        case .changed: return verdict
        case .drifting: return "\(verdict) (Mann–Kendall, p = \(NumberText.probability(stability.trend?.pValue)))"
        case .wandering: return "\(verdict): no trend and no single change, but no constant level (KPSS)"
        case .steady, .tooShort: return nil
        }
    }

    private static func timeline(
        _ metric: String,
        _ levels: [Level],
        _ sections: TimeSections
    ) -> Markup {
        let lines = levels.map { level in
            TimelineChart.Line(
                style: level.style,
                points: level.medians.map { median in
                    TimelineChart.Point(
                        elapsedSeconds: sections.middleSeconds(median.section),
                        value: median.value,
                        count: median.count
                    )
                },
                mark: level.change.map { (($0.instant - sections.start).seconds, $0.text) }
            )
        }
        let chart = TimelineChart(
            title: MetricText.heading(metric),
            unit: MetricText.unit(metric),
            endSeconds: sections.sectionSeconds * Double(sections.count),
            lines: lines
        )
        return Figure(
            identifier: "timeline-" + metric,
            caption: "Medians of \(sections.count) sections of \(NumberText.readable(sections.sectionSeconds)) s each; "
                + "▼ where the level changed",
            drawings: chart.markup().map { [Figure.Drawing(value: "", markup: $0)] } ?? [],
            csv: chart.csv()
        ).markup()
    }

    /// Groups by sections of time.
    private static func overview(
        _ metric: String,
        _ levels: [Level],
        _ sections: TimeSections
    ) -> Markup {
        guard sections.count > 1 else { return .empty }
        let cells = levels.enumerated().flatMap { row, level in
            level.medians.map { median in
                HeatMap.Cell(
                    row: row,
                    column: median.section,
                    value: median.value,
                    count: median.count,
                    mark: level.change.flatMap { sections.index(of: $0.instant) == median.section ? $0.text : nil }
                )
            }
        }
        let names = (0..<sections.count).map { UTCText.seconds(sections.begin($0)) }
        let step = max(1, (sections.count + 7) / 8)
        let map = HeatMap(
            title: "\(MetricText.heading(metric)): median by group and section of time",
            unit: MetricText.unit(metric),
            axisTitle: "time of day, UTC",
            rows: levels.map(\.style.name),
            groups: levels.map(\.style.index),
            columns: names,
            labels: stride(from: 0, to: sections.count, by: step).map {
                ($0, String(names[$0].dropFirst(11).prefix(8)))
            },
            cells: cells
        )
        return Figure(
            identifier: "heat-" + metric,
            caption: "The same by group: darker is higher, a wedge marks a change of level",
            drawings: map.markup().map { [Figure.Drawing(value: "", markup: $0)] } ?? [],
            csv: map.csv()
        ).markup()
    }

    /// Days by hours, one map a group; nothing where the recording is too short to tell.
    private static func timeOfDay(_ document: ReportDocument, _ metric: String) -> [Markup] {
        guard let sections = document.sections,
            sections.sectionSeconds * Double(sections.count) >= Double(dayHours) * 3_600,
            let column = document.plan.summary.lens.columns.first(where: { $0.name == metric })
        else { return [] }
        let drawings = document.groups.compactMap { group -> (drawing: Figure.Drawing, csv: String)? in
            var values: [String: [Int: [Double]]] = [:]
            group.ok.forEach { row in
                guard let value = column.read(row.metrics) else { return }
                let hour = CivilTime(row.dispatched).hour
                values[UTCText.day(row.dispatched), default: [:]][hour, default: []].append(value)
            }
            let days = values.keys.sorted()
            let cells = days.enumerated().flatMap { row, day in
                (values[day] ?? [:]).sorted { $0.key < $1.key }.compactMap { hour, own in
                    Quantile.value(sorted: FloatSort.ascending(own), p: 0.5).map {
                        HeatMap.Cell(row: row, column: hour, value: $0, count: own.count)
                    }
                }
            }
            let map = HeatMap(
                title: "\(MetricText.heading(metric)) of \(group.style.name): median by day and hour",
                unit: MetricText.unit(metric),
                axisTitle: "hour of day, UTC",
                rows: days,
                columns: (0..<24).map { "\($0):00 UTC" },
                labels: stride(from: 0, to: 24, by: 3).map { ($0, "\($0) h") },
                cells: cells
            )
            guard let markup = map.markup() else { return nil }
            return (Figure.Drawing(value: group.style.name, markup: markup), "\(group.style.name)\n" + map.csv())
        }
        return [
            Figure(
                identifier: "hours-" + metric,
                caption: "Median by day and hour of day",
                choice: .own("Group"),
                drawings: drawings.map(\.drawing),
                csv: drawings.map(\.csv).joined(separator: "\n")
            ).markup()
        ]
    }
}
