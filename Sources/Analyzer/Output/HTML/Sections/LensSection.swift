// The same bytes through other tools' arithmetic, so that the figures here can be held against figures published elsewhere.

enum LensSection {
    static func section(_ document: ReportDocument) -> Page.Section {
        let own = document.plan.summary.lens
        var lenses: [Lens] = []
        for column in document.lensColumns where !lenses.contains(where: { $0.name == column.lens.name }) {
            lenses.append(column.lens)
        }
        let tables = lenses.map { lens -> Figure.Drawing in
            Figure.Drawing(value: lens.name, markup: table(document, lens))
        }
        var content = Markup.element(
            "p",
            [:],
            Markup(
                "Everything else on this page is made with the lens \(own.name). Other tools start and stop their clocks "
                    + "elsewhere; here is what each would have printed for the same recorded bytes. Points only: intervals "
                    + "are in summary --lens NAME."
            )
        )
        content += Figure(
            identifier: "lenses",
            caption: "Point figures, as each tool defines and interpolates them",
            choice: .own("Lens"),
            drawings: tables,
            csv: csv(document)
        ).markup()
        return Page.Section(identifier: "lenses-of-others", heading: "Through other lenses", content: content)
    }

    private static func table(_ document: ReportDocument, _ lens: Lens) -> Markup {
        let places = document.lensColumns.indices.filter { document.lensColumns[$0].lens.name == lens.name }
        let statistics = ["mean", "p50", "p90"]
        let header = places.flatMap { place in
            let name = document.lensColumns[place].metric.name
            return statistics.map { "\(name) \($0)" }
        }
        let rows = document.groups.map { group in
            HTMLTable.Row(
                group: group.style,
                title: group.summary.name,
                cells: places.flatMap { place -> [HTMLTable.Cell] in
                    let figure = group.lensFigures[place]
                    return zip(statistics, [figure.mean, figure.p50, figure.p90]).map { statistic, value in
                        .number(value, field: "\(figure.metric).\(statistic)")
                    }
                }
            )
        }
        let summary = lens.name == Lens.standard.name ? "definitions of docs/metrics.md" : lens.summary
        return HTMLTable(
            identifier: "table-lens-" + lens.name,
            caption: "\(lens.name): \(summary)",
            header: ["group"] + header,
            rows: rows
        ).markup()
    }

    private static func csv(_ document: ReportDocument) -> String {
        var text = "lens,group,metric,n,mean,p50,p90\n"
        for (place, column) in document.lensColumns.enumerated() {
            for group in document.groups {
                let figure = group.lensFigures[place]
                let numbers = [figure.mean, figure.p50, figure.p90].map { $0.map(NumberText.data) ?? "" }
                let fields = [column.lens.name, CSVText.field(group.style.name), figure.metric, "\(figure.count)"]
                text += (fields + numbers).joined(separator: ",") + "\n"
            }
        }
        return text
    }
}
