// Latency against the size of a request: first token by input tokens, the end by output tokens.

import Core

enum LengthSection {
    static func section(_ document: ReportDocument) -> Page.Section {
        let first = chart(document, "input tokens", "ms to the first token", "Time to first token against input tokens")
        {
            ($0.usage.inputTokens, $0.metrics.ttft)
        }
        let end = chart(document, "output tokens", "ms end to end", "End-to-end time against output tokens") {
            ($0.usage.outputTokens, $0.metrics.endToEnd)
        }
        let content = Markup.element(
            "div",
            ["class": "pair"],
            figure("length-input", first, "Time to first token against input tokens"),
            figure("length-output", end, "End-to-end time against output tokens")
        )
        return Page.Section(identifier: "length", heading: "By length", content: content)
    }

    private static func chart(
        _ document: ReportDocument,
        _ horizontal: String,
        _ vertical: String,
        _ title: String,
        _ pair: (RequestRow) -> (tokens: Int?, milliseconds: Double?)
    ) -> PairChart {
        PairChart(
            title: title,
            horizontalTitle: horizontal,
            verticalTitle: vertical,
            clouds: document.groups.map { group in
                var points: [(x: Double, y: Double)] = []
                group.ok.forEach { row in
                    let (tokens, milliseconds) = pair(row)
                    if let tokens, let milliseconds { points.append((Double(tokens), milliseconds)) }
                }
                return PairChart.Cloud(style: group.style, points: points)
            }
        )
    }

    private static func figure(_ identifier: String, _ chart: PairChart, _ caption: String) -> Markup {
        guard let markup = chart.markup() else {
            return .element("p", ["class": "quiet"], Markup("\(caption): no request states its tokens."))
        }
        return Figure(
            identifier: identifier,
            caption: caption,
            drawings: [Figure.Drawing(value: "", markup: markup)],
            csv: chart.csv()
        ).markup()
    }
}
