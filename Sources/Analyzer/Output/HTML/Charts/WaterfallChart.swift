// One request from dispatch to its last byte: connecting, waiting, and every event where it arrived.

/// Draws the timeline of a single request.
struct WaterfallChart {
    /// Something that arrived.
    struct Arrival: Sendable {
        var milliseconds: Double
        var label: String
        /// Whether it carried content: text, reasoning or tool input.
        var isContent: Bool
        var isBurst: Bool
    }

    var title: String
    /// The time from dispatch until the connection stood; 0 on a reused one.
    var connectMilliseconds: Double
    var firstTokenMilliseconds: Double?
    var endMilliseconds: Double
    var arrivals: [Arrival]

    /// The drawing.
    func markup() -> Markup {
        var area = PlotArea()
        area.height = 150
        area.left = 16
        let scale = Scale(.linear, over: 0...max(endMilliseconds, 0.001), from: area.x0, to: area.x1)
        var content = area.horizontalAxis(scale, title: "ms since dispatch")
        let waitEnd = firstTokenMilliseconds ?? endMilliseconds
        for (from, to, name, part) in [
            (0, connectMilliseconds, "connecting", "connect"),
            (connectMilliseconds, waitEnd, "waiting for the first token", "wait"),
            (waitEnd, endMilliseconds, "streaming", "stream"),
        ] where to > from {
            let tip = "\(name): \(NumberText.readable(to - from)) ms"
            content += .element(
                "rect",
                [
                    "class": "phase \(part) hover", "data-tip": tip, "x": NumberText.coordinate(scale.position(from)),
                    "y": "24", "width": NumberText.coordinate(scale.position(to) - scale.position(from)),
                    "height": "18",
                ],
                .element("title", [:], Markup(tip))
            )
        }
        for arrival in arrivals {
            let x = NumberText.coordinate(scale.position(arrival.milliseconds))
            let tip =
                "\(arrival.label) at \(NumberText.fixed(arrival.milliseconds, decimals: 3)) ms"
                + (arrival.isBurst ? ", in one burst with the event before" : "")
            content += .element(
                "line",
                [
                    "class": "arrival hover" + (arrival.isContent ? " content" : "")
                        + (arrival.isBurst ? " burst" : ""), "data-tip": tip, "x1": x, "x2": x,
                    "y1": arrival.isContent ? "54" : "70", "y2": "100",
                ],
                .element("title", [:], Markup(tip))
            )
        }
        return area.drawing(name: "\(title): what arrived when", content)
    }

    /// The arrivals as comma-separated text, the header first.
    func csv() -> String {
        "event,stamp_ms,content,burst\n"
            + arrivals.map { "\(CSVText.field($0.label)),\($0.milliseconds),\($0.isContent),\($0.isBurst)\n" }.joined()
    }
}
