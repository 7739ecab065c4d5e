// A quantity over the time of the recording, one line a group.

/// Draws points joined by lines over elapsed time.
struct TimelineChart {
    /// One section of time in one group.
    struct Point: Sendable {
        var elapsedSeconds: Double
        var value: Double
        var count: Int
    }

    /// The sections of one group, in order of time.
    struct Line: Sendable {
        var name: String
        var index: Int
        var points: [Point]
    }

    var title: String
    var unit: String
    var lines: [Line]
    /// Elapsed seconds at which a drift test found a change, each with what it found.
    var marks: [(elapsedSeconds: Double, text: String)] = []

    /// The drawing; `nil` where there is no point.
    func markup() -> Markup? {
        let points = lines.flatMap(\.points)
        guard let low = points.map(\.value).min(), let high = points.map(\.value).max(),
            let first = points.map(\.elapsedSeconds).min(), let last = points.map(\.elapsedSeconds).max()
        else { return nil }
        let area = PlotArea()
        let (unitSeconds, unitName) = last > 7200 ? (3600.0, "h") : last > 180 ? (60.0, "min") : (1.0, "s")
        let horizontal = Scale(
            .linear,
            over: (first / unitSeconds)...(last / unitSeconds),
            from: area.x0,
            to: area.x1
        )
        let vertical = Scale(.linear, over: min(0, low)...high, from: area.y0, to: area.y1)
        var content = area.horizontalAxis(horizontal, title: "time since the start, \(unitName)")
        content += area.verticalAxis(vertical, title: unit)
        for mark in marks {
            let x = NumberText.coordinate(horizontal.position(mark.elapsedSeconds / unitSeconds))
            content += .element(
                "line",
                [
                    "class": "neutral", "x1": x, "x2": x, "y1": NumberText.coordinate(area.y0),
                    "y2": NumberText.coordinate(area.y1),
                ],
                .element("title", [:], Markup(mark.text))
            )
        }
        for line in lines where !line.points.isEmpty {
            let one = Series(name: line.name, index: line.index, values: [])
            var path = ""
            var dots = Markup.empty
            for point in line.points {
                let x = NumberText.coordinate(horizontal.position(point.elapsedSeconds / unitSeconds))
                let y = NumberText.coordinate(vertical.position(point.value))
                path += "\(path.isEmpty ? "M" : "L")\(x) \(y)"
                let tip = "\(line.name): \(NumberText.readable(point.value)) \(unit), n = \(point.count)"
                dots += .element(
                    "circle",
                    ["class": "dot hover", "cx": x, "cy": y, "r": "3", "data-tip": tip],
                    .element("title", [:], Markup(tip))
                )
            }
            content += .element(
                "g",
                ["class": one.colourClass, "data-group": String(line.index)],
                .shape("path", ["class": "line", "d": path, "stroke-dasharray": one.dash]),
                dots
            )
        }
        return area.drawing(name: "\(title) over time, by group", content)
    }

    /// The points as comma-separated text, the header first.
    func csv() -> String {
        "group,elapsed_s,\(CSVText.field(unit)),n\n"
            + lines.flatMap { line in
                line.points.map { "\(CSVText.field(line.name)),\($0.elapsedSeconds),\($0.value),\($0.count)\n" }
            }.joined()
    }
}
