// Whole distributions by group: cumulative beside histogram, on a linear or a logarithmic axis.

enum DistributionSection {
    static func section(_ document: ReportDocument) -> Page.Section {
        var content = Markup.empty
        for metric in document.distributed {
            let series = document.groups.map { Series($0.style, values: document.values(metric, of: $0)) }
            let counted = metric == "itl_ms" ? "gaps" : "requests"
            let title = MetricText.title(metric)
            let unit = MetricText.unit(metric)
            content += .element("h3", [:], Markup(MetricText.heading(metric)))
            let kinds: [(String, Scale.Kind)] = [("linear", .linear), ("logarithmic", .logarithmic)]
            let cumulative = kinds.map { name, kind in
                (
                    name,
                    EmpiricalDistributionChart(title: title, unit: unit, counted: counted, scale: kind, series: series)
                )
            }
            let histograms = kinds.map { name, kind in
                (name, HistogramChart(title: title, unit: unit, counted: counted, scale: kind, series: series))
            }
            content += .element(
                "div",
                ["class": "pair"],
                Figure(
                    identifier: "ecdf-" + metric,
                    caption: "Share of \(counted) at or below each value",
                    choice: .page("scale"),
                    drawings: cumulative.compactMap { name, chart in
                        chart.markup().map { Figure.Drawing(value: name, markup: $0) }
                    },
                    csv: cumulative[0].1.csv()
                ).markup(),
                Figure(
                    identifier: "histogram-" + metric,
                    caption: "Histogram, as shares of each group",
                    choice: .page("scale"),
                    drawings: histograms.compactMap { name, chart in
                        chart.markup().map { Figure.Drawing(value: name, markup: $0) }
                    },
                    csv: histograms[0].1.csv()
                ).markup()
            )
        }
        return Page.Section(identifier: "distributions", heading: "Distributions", content: content)
    }
}
