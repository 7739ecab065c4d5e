// A forest plot: each comparison's effect with its interval, on one scale, and the line of no difference.

/// Draws effects one below the other.
struct ForestPlot {
    /// One effect.
    struct Row: Sendable {
        var label: String
        var value: Double
        /// `nil` where the end is not identified: the line then runs to the edge with an arrow.
        var low: Double?
        var high: Double?
        var verdict: String
    }

    var title: String
    var unit: String
    /// The value that means no difference: 1 for ratios, 0 for differences.
    var neutral: Double
    var rows: [Row]

    /// The drawing; `nil` where there is nothing to compare.
    func markup() -> Markup? {
        guard !rows.isEmpty else { return nil }
        var area = PlotArea()
        area.left = 300
        area.height = area.top + area.bottom + 28 * Double(rows.count)
        let ends = rows.flatMap { [$0.value, $0.low ?? $0.value, $0.high ?? $0.value] } + [neutral]
        guard let low = ends.min(), let high = ends.max() else { return nil }
        let scale = Scale(.linear, over: low...high, from: area.x0, to: area.x1)
        var content = area.horizontalAxis(scale, title: unit)
        let zero = NumberText.coordinate(scale.position(neutral))
        content += .shape(
            "line",
            [
                "class": "neutral", "x1": zero, "x2": zero, "y1": NumberText.coordinate(area.y0),
                "y2": NumberText.coordinate(area.y1),
            ]
        )
        for (index, row) in rows.enumerated() {
            let y = area.y1 + 28 * (Double(index) + 0.5)
            content += mark(row, y: y, scale: scale, area: area)
        }
        return area.drawing(name: "\(title): effects with intervals", content)
    }

    private func mark(_ row: Row, y: Double, scale: Scale, area: PlotArea) -> Markup {
        let (left, right) = (row.low.map(scale.position) ?? area.x0, row.high.map(scale.position) ?? area.x1)
        let line = NumberText.coordinate(y)
        let interval =
            "\(row.low.map(NumberText.readable) ?? "not identified") to \(row.high.map(NumberText.readable) ?? "not identified")"
        let tip = "\(row.label): \(NumberText.readable(row.value)) \(unit), \(interval); \(row.verdict)"
        var group = Markup.element("title", [:], Markup(tip))
        group += .element(
            "text",
            ["class": "row-label", "x": "8", "y": NumberText.coordinate(y + 4)],
            Markup(row.label)
        )
        group += .shape(
            "line",
            [
                "class": "interval", "x1": NumberText.coordinate(left), "x2": NumberText.coordinate(right), "y1": line,
                "y2": line,
            ]
        )
        for (end, isOpen, direction) in [(left, row.low == nil, 1.0), (right, row.high == nil, -1.0)] {
            let x = NumberText.coordinate(end)
            let tail = NumberText.coordinate(end + (isOpen ? direction * 6 : 0))
            let (up, down) = (NumberText.coordinate(y - 5), NumberText.coordinate(y + 5))
            group += .shape("path", ["class": "interval", "d": "M\(tail) \(up)L\(x) \(line)L\(tail) \(down)"])
        }
        group += .shape(
            "circle",
            ["class": "effect", "cx": NumberText.coordinate(scale.position(row.value)), "cy": line, "r": "4.5"]
        )
        return .element("g", ["class": "hover", "data-tip": tip], group)
    }

    /// The rows as comma-separated text, the header first.
    func csv() -> String {
        "comparison,\(CSVText.field(unit)),low,high,verdict\n"
            + rows.map { row in
                let ends = [row.low, row.high].map { $0.map { "\($0)" } ?? "" }
                return "\(CSVText.field(row.label)),\(row.value),\(ends[0]),\(ends[1]),\(CSVText.field(row.verdict))\n"
            }.joined()
    }
}
