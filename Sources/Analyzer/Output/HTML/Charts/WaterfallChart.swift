// One request from dispatch to its last byte: connecting, waiting, and every token where it arrived.

/// Draws the timeline of a single request: its phases above, below them the tokens as a staircase.
struct WaterfallChart {
    /// Something that arrived.
    struct Arrival: Sendable {
        var milliseconds: Double
        var label: String
        /// Whether it carried content: text, reasoning or tool input.
        var isContent: Bool
        var isBurst: Bool
    }

    /// More arrivals than this are read out together.
    static let maximumReadings = 80
    /// More steps than this cannot be told apart at the chart's width.
    static let maximumSteps = 900

    var title: String
    /// The time from dispatch until the connection stood; 0 on a reused one.
    var connectMilliseconds: Double
    var firstTokenMilliseconds: Double?
    var endMilliseconds: Double
    var arrivals: [Arrival]

    /// The drawing.
    func markup() -> Markup {
        var area = PlotArea.whole
        area.height = 250
        area.top = 44
        let end = max(endMilliseconds, arrivals.last?.milliseconds ?? 0, 0.001)
        let horizontal = Scale(.linear, over: 0...end, from: area.x0, to: area.x1, isExact: true)
        let content = arrivals.filter(\.isContent)
        let vertical = Scale(.linear, over: 0...Double(max(content.count, 1)), from: area.y0, to: area.y1)
        var drawing = area.horizontalAxis(horizontal, title: "ms since dispatch")
        drawing += area.verticalAxis(vertical, title: "deltas with content")
        drawing += phases(horizontal)
        drawing += stalls(content, horizontal, area)
        drawing += staircase(content, horizontal, vertical, area)
        drawing += readings(horizontal, area)
        return area.drawing(name: "\(title): what arrived when", drawing)
    }

    private func phases(_ horizontal: Scale) -> Markup {
        let waitEnd = firstTokenMilliseconds ?? endMilliseconds
        var bars = Markup.empty
        for (from, to, name, part) in [
            (0, connectMilliseconds, "connecting", "connect"),
            (connectMilliseconds, waitEnd, "waiting for the first token", "wait"),
            (waitEnd, endMilliseconds, "streaming", "stream"),
        ] where to > from {
            let (x, width) = (horizontal.position(from), horizontal.position(to) - horizontal.position(from))
            let text = "\(name), \(NumberText.readable(to - from)) ms"
            bars += .box("phase \(part) hover", at: (x, 10), width: width, height: 22, tip: text)
            if width > PlotArea.textWidth(text) + 8 {
                bars += .text("phase-name \(part)", at: (x + width / 2, 25), anchor: "middle", text)
            }
        }
        return bars
    }

    /// The three longest gaps between deltas, where they are well beyond the median.
    private func stalls(_ content: [Arrival], _ horizontal: Scale, _ area: PlotArea) -> Markup {
        let gaps = zip(content, content.dropFirst()).map { (from: $0.milliseconds, to: $1.milliseconds) }
        guard gaps.count >= 8,
            let median = Quantile.value(sorted: FloatSort.ascending(gaps.map { $0.to - $0.from }), p: 0.5)
        else { return .empty }
        let long = gaps.filter { $0.to - $0.from > max(4 * median, 1) }
        let longest = long.sorted { $0.to - $0.from > $1.to - $1.from }.prefix(3)
        return Markup(
            longest.map { gap in
                let x = horizontal.position(gap.from)
                return .box(
                    "stall hover",
                    at: (x, area.y1),
                    width: max(2, horizontal.position(gap.to) - x),
                    height: area.y0 - area.y1,
                    tip: "a gap of \(NumberText.readable(gap.to - gap.from)) ms; "
                        + "the median of this answer is \(NumberText.readable(median)) ms"
                )
            }
        )
    }

    private func staircase(_ content: [Arrival], _ horizontal: Scale, _ vertical: Scale, _ area: PlotArea) -> Markup {
        guard let first = content.first else { return .empty }
        var path =
            "M\(NumberText.coordinate(horizontal.position(first.milliseconds))) \(NumberText.coordinate(area.y0))"
        let stride = max(1, (content.count + Self.maximumSteps - 1) / Self.maximumSteps)
        for index in content.indices where index % stride == stride - 1 || index == content.count - 1 {
            path += "H\(NumberText.coordinate(horizontal.position(content[index].milliseconds)))"
            path += "V\(NumberText.coordinate(vertical.position(Double(index + 1))))"
        }
        path += "H\(NumberText.coordinate(horizontal.position(endMilliseconds)))"
        return .shape("path", ["class": "line s0", "d": path])
    }

    /// What arrived in each slice of time.
    private func readings(_ horizontal: Scale, _ area: PlotArea) -> Markup {
        let width = (area.x1 - area.x0) / Double(Self.maximumReadings)
        var next = 0
        var (seen, slices) = (0, Markup.empty)
        for reading in 0..<Self.maximumReadings {
            let x = area.x0 + width * Double(reading)
            let until = reading == Self.maximumReadings - 1 ? .infinity : horizontal.value(at: x + width)
            var own: [Arrival] = []
            while next < arrivals.count, arrivals[next].milliseconds <= until {
                own.append(arrivals[next])
                next += 1
            }
            guard !own.isEmpty else { continue }
            seen += own.count(where: \.isContent)
            let shown = own.prefix(6).map { arrival in
                "\n\(NumberText.fixed(arrival.milliseconds, decimals: 3)) ms  \(arrival.label)"
                    + (arrival.isBurst ? " (with the one before)" : "")
            }
            let rest = own.count > 6 ? "\n… and \(own.count - 6) more" : ""
            slices += .box(
                "slice hover",
                at: (x, area.y1),
                width: width,
                height: area.y0 - area.y1,
                tip: "\(seen) deltas with content so far" + shown.joined() + rest
            )
        }
        return slices
    }

    /// The arrivals as comma-separated text, the header first.
    func csv() -> String {
        "event,stamp_ms,content,burst\n"
            + arrivals.map {
                "\(CSVText.field($0.label)),\(NumberText.data($0.milliseconds)),\($0.isContent),\($0.isBurst)\n"
            }.joined()
    }
}
