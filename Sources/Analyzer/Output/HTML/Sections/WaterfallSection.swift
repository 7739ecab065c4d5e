// Single requests, byte by byte: the typical one, the extreme ones, and those that the reader asked for.

import Core

enum WaterfallSection {
    static func section(_ document: ReportDocument) -> Page.Section {
        var content = Markup.empty
        for (index, waterfall) in document.waterfalls.enumerated() {
            content += figure(waterfall, identifier: "waterfall-\(index + 1)")
        }
        let remarks = document.waterfallRemarks.map { Markup.element("li", [:], Markup($0)) }
        if !remarks.isEmpty { content += .element("ul", ["class": "notes"], Markup(remarks)) }
        if document.waterfalls.isEmpty, remarks.isEmpty {
            content += .element("p", ["class": "quiet"], Markup("No request succeeded."))
        }
        return Page.Section(identifier: "requests", heading: "Single requests", content: content)
    }

    private static func figure(_ waterfall: ReportDocument.Waterfall, identifier: String) -> Markup {
        let (row, timeline) = (waterfall.row, waterfall.timeline)
        let start = timeline.dispatched
        let arrivals = timeline.events.map { event in
            let size = event.textByteCount > 0 ? ", \(event.textByteCount) bytes of text" : ""
            return WaterfallChart.Arrival(
                milliseconds: (event.stamp - start).milliseconds,
                label: event.kindName.replacing("_", with: " ") + size,
                isContent: event.delta?.isContent == true,
                isBurst: event.isBurst
            )
        }
        let chart = WaterfallChart(
            title: "Request \(row.id.request)",
            connectMilliseconds: timeline.connecting?.milliseconds ?? 0,
            firstTokenMilliseconds: (timeline.contentEvents.first?.stamp).map { ($0 - start).milliseconds },
            endMilliseconds: timeline.completed.map { ($0 - start).milliseconds } ?? arrivals.last?.milliseconds ?? 0,
            arrivals: arrivals
        )
        let attempt = row.id.attempt > 1 ? ", attempt \(row.id.attempt)" : ""
        let tokens = row.usage.outputTokens.map { ", \($0) output tokens" } ?? ""
        let caption =
            "Request \(row.id.request)\(attempt) of \(row.file), prompt \(row.promptID), "
            + "\(row.model)\(row.latency.map { " \($0)" } ?? ""), \(row.outcomeWithCode)\(tokens), "
            + "at \(UTCText.seconds(row.dispatched))"
        return Figure(
            identifier: identifier,
            title: waterfall.reason,
            caption: caption,
            drawings: [Figure.Drawing(value: "", markup: chart.markup())],
            csv: chart.csv()
        ).markup()
    }
}
