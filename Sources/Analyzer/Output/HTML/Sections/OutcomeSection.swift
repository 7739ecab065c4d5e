// What did not succeed: when, how often, and why; no request disappears.

import Core

enum OutcomeSection {
    static func section(_ document: ReportDocument) -> Page.Section {
        let kinds = document.groups.reduce(into: Set<String>()) { $0.formUnion($1.summary.outcomes.keys) }.sorted()
        guard !kinds.isEmpty else {
            let sentence = "Every one of \(document.measured.count) requests succeeded."
            return Page.Section(
                identifier: "errors",
                heading: "Errors",
                content: .element("p", [:], Markup(document.measured.isEmpty ? "There is no request." : sentence))
            )
        }
        var content = Markup.empty
        if let sections = document.sections {
            let places = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($1, $0 + 1) })
            var counts = [[Int]](
                repeating: [Int](repeating: 0, count: kinds.count + 1),
                count: sections.count
            )
            document.measured.forEach { row in
                let kind = row.outcome == .ok ? 0 : places[row.outcomeWithCode] ?? 0
                counts[sections.index(of: row.dispatched)][kind] += 1
            }
            let chart = OutcomeChart(sectionSeconds: sections.sectionSeconds, kinds: ["ok"] + kinds, counts: counts)
            content += chart.legend()
            content += Figure(
                identifier: "outcomes",
                caption: "Requests by the time of their dispatch",
                drawings: chart.markup().map { [Figure.Drawing(value: "", markup: $0)] } ?? [],
                csv: chart.csv()
            ).markup()
        }
        content += HTMLTable(
            identifier: "table-errors",
            caption: "How requests ended",
            header: ["group", "ok"] + kinds,
            rows: document.groups.map { group in
                HTMLTable.Row(
                    group: group.style,
                    title: group.summary.name,
                    cells: [.number(Double(group.summary.ok))]
                        + kinds.map { .number(Double(group.summary.outcomes[$0] ?? 0)) }
                )
            }
        ).markup()
        return Page.Section(identifier: "errors", heading: "Errors", content: content)
    }
}
