// `report --format html`: every section of a report on one page.

import Core

enum ReportPage {
    static func render(_ document: ReportDocument) -> String {
        let sections = [
            AnswerSection.section(document), QualitySection.section(document), GroupSection.section(document),
            ComparisonSection.section(document), DistributionSection.section(document), TimeSection.section(document),
            LengthSection.section(document), WaterfallSection.section(document), OutcomeSection.section(document),
            LensSection.section(document), RecordingSection.section(document), RecordingSection.methods(document),
        ]
        return Page(
            title: document.plan.title,
            header: header(document),
            controls: controls(document),
            sections: sections.compactMap { $0 }
        ).html()
    }

    private static func header(_ document: ReportDocument) -> Markup {
        var header = Markup.element("h1", [:], Markup(document.plan.title))
        if document.summary.isSynthetic { header += synthetic(document) }
        let measured = document.measured
        let ok = measured.count { $0.outcome == .ok }
        let share = measured.isEmpty ? "–" : NumberText.fixed(Double(ok) / Double(measured.count) * 100, decimals: 1)
        let tiles: [(name: String, value: String, detail: String)] = [
            ("Requests", "\(measured.count)", "\(document.groups.count) groups by \(keys(document))"),
            ("Succeeded", "\(share) %", "\(measured.count - ok) did not"),
            ("Recorded", span(measured), from(measured)),
            ("Kernel stamps", kernelShare(document), "of all events"),
        ]
        let drawn = tiles.map { tile in
            Markup.element(
                "div",
                ["class": "tile"],
                .element("dt", [:], Markup(tile.name)),
                .element("dd", [:], Markup(tile.value), .element("small", [:], Markup(tile.detail)))
            )
        }
        return header + .element("dl", ["class": "tiles"], Markup(drawn))
    }

    private static func synthetic(_ document: ReportDocument) -> Markup {
        let files = document.summary.sources.filter { $0.origin?.isSynthetic == true }
        let all = files.count == document.summary.sources.count
        let which = all ? "These answers" : "The answers in " + files.map(\.file).joined(separator: ", ")
        return .element(
            "p",
            ["class": "synthetic", "role": "note"],
            .element("strong", [:], Markup("Synthetic.")),
            Markup(" \(which) come from bedrock-replayer, not from a model. They say nothing about any real model.")
        )
    }

    private static func keys(_ document: ReportDocument) -> String {
        document.plan.summary.groupBy.map(\.description).joined(separator: ", ")
    }

    private static func kernelShare(_ document: ReportDocument) -> String {
        let stamps = document.groups.map(\.summary.stamps)
        let kernel = stamps.map(\.kernelStamped).reduce(0, +)
        let all = kernel + stamps.map(\.recorderStamped).reduce(0, +)
        return all > 0 ? NumberText.fixed(Double(kernel) / Double(all) * 100, decimals: 1) + " %" : "–"
    }

    private static func ends(_ rows: RowSelection) -> (first: TraceInstant, last: TraceInstant)? {
        var ends: (first: TraceInstant, last: TraceInstant)?
        rows.forEach { row in
            let end = row.completed ?? row.dispatched
            ends = (min(ends?.first ?? row.dispatched, row.dispatched), max(ends?.last ?? end, end))
        }
        return ends
    }

    private static func span(_ rows: RowSelection) -> String {
        guard let (first, last) = ends(rows) else { return "–" }
        let seconds = (last - first).seconds
        let unit = ElapsedUnit(longestSeconds: seconds)
        return "\(NumberText.fixed(seconds / unit.seconds, decimals: 1)) \(unit.name)"
    }

    private static func from(_ rows: RowSelection) -> String {
        guard let (first, _) = ends(rows) else { return "no request" }
        return "from \(UTCText.seconds(first).replacing("T", with: " ").dropLast()) UTC"
    }

    /// The legend, which is also where groups and the scale are picked.
    private static func controls(_ document: ReportDocument) -> Markup {
        let groups = document.groups.map { group in
            Markup.element(
                "label",
                ["title": group.summary.name],
                .shape(
                    "input",
                    [
                        "type": "checkbox", "checked": "", "data-toggle-group": String(group.style.index),
                        "data-name": group.style.name, "data-needs-script": "", "hidden": "",
                    ]
                ),
                .element(
                    "svg",
                    ["class": "key", "viewBox": "0 0 26 8", "aria-hidden": "true"],
                    .shape(
                        "path",
                        [
                            "class": "line " + group.style.colourClass, "d": "M0 4H26",
                            "stroke-dasharray": group.style.dash,
                        ]
                    )
                ),
                Markup(group.style.name)
            )
        }
        let scale = Markup.element(
            "label",
            ["data-needs-script": "", "hidden": "", "class": "scale"],
            Markup("Scale "),
            .element(
                "select",
                ["data-chooses": "scale"],
                .element("option", ["value": "linear"], Markup("linear")),
                .element("option", ["value": "logarithmic"], Markup("logarithmic"))
            )
        )
        return .element(
            "fieldset",
            ["class": "controls"],
            .element("legend", [:], Markup("Groups")),
            Markup(groups),
            scale
        )
    }
}
