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
        var style: SeriesStyle
        var points: [Point]
        /// Where a drift test found a change, and what it found.
        var mark: (elapsedSeconds: Double, text: String)?
    }

    var title: String
    var unit: String
    /// Where the axis ends.
    var endSeconds: Double
    var lines: [Line]

    /// The drawing; `nil` where there is no point.
    func markup() -> Markup? {
        let points = lines.flatMap(\.points)
        guard let high = points.map(\.value).max(), endSeconds > 0 else { return nil }
        let area = PlotArea.whole
        let time = ElapsedUnit(longestSeconds: endSeconds)
        let horizontal = Scale(
            .linear,
            over: 0...(endSeconds / time.seconds),
            from: area.x0,
            to: area.x1,
            isExact: true
        )
        let vertical = Scale(.linear, over: 0...high, from: area.y0, to: area.y1)
        var content = area.horizontalAxis(horizontal, title: "time since the first request, \(time.name)")
        content += area.verticalAxis(vertical, title: "median, \(unit)")
        for line in lines where !line.points.isEmpty {
            var path = ""
            var dots = Markup.empty
            for point in line.points {
                let x = NumberText.coordinate(horizontal.position(point.elapsedSeconds / time.seconds))
                let y = NumberText.coordinate(vertical.position(point.value))
                path += "\(path.isEmpty ? "M" : "L")\(x) \(y)"
                let tip =
                    "\(line.style.name): median \(NumberText.readable(point.value)) \(unit), n = \(point.count)\n"
                    + "around \(NumberText.readable(point.elapsedSeconds / time.seconds)) \(time.name)"
                dots += .element("circle", ["class": "dot hover", "cx": x, "cy": y, "r": "3.2"], .tip(tip))
            }
            var group = Markup.shape("path", ["class": "line", "d": path, "stroke-dasharray": line.style.dash]) + dots
            if let mark = line.mark {
                let x = horizontal.position(mark.elapsedSeconds / time.seconds)
                group += .element(
                    "g",
                    ["class": "hover"],
                    .tip("\(line.style.name): \(mark.text)"),
                    .line("drift", from: (x, area.y0), to: (x, area.y1)),
                    .shape(
                        "path",
                        [
                            "class": "drift-mark",
                            "d": "M\(NumberText.coordinate(x - 6)) \(NumberText.coordinate(area.y1))h12l-6 9z",
                        ]
                    )
                )
            }
            content += .element(
                "g",
                ["class": line.style.colourClass, "data-group": String(line.style.index)],
                group
            )
        }
        return area.drawing(name: "\(title) over time, by group", content)
    }

    /// The points as comma-separated text, the header first.
    func csv() -> String {
        "group,elapsed_s,\(CSVText.field("median \(unit)")),n\n"
            + lines.flatMap { line in
                line.points.map {
                    "\(CSVText.field(line.style.name)),\(NumberText.data($0.elapsedSeconds)),"
                        + "\(NumberText.data($0.value)),\($0.count)\n"
                }
            }.joined()
    }
}

/// The unit in which an axis counts elapsed time.
struct ElapsedUnit {
    var seconds: Double
    var name: String

    init(longestSeconds: Double) {
        (seconds, name) = longestSeconds > 7_200 ? (3_600, "h") : longestSeconds > 180 ? (60, "min") : (1, "s")
    }
}
