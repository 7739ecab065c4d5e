// A forest plot: each comparison's effect with its interval, on one scale, the line of no difference, and the numbers.

/// Draws effects one below the other.
struct ForestPlot {
    /// One effect.
    struct Row: Sendable {
        /// What is compared; the plot names it once where several rows follow each other.
        var comparison: String
        var statistic: String
        var value: Double
        /// `nil` where the end is not identified: the line then runs to the edge with an arrow.
        var low: Double?
        var high: Double?
        /// Whether there is an interval at all.
        var hasInterval: Bool
        /// The effect and its interval as text.
        var text: String
        var verdict: String
        /// The class that colours the verdict.
        var style: String
    }

    var title: String
    var axisTitle: String
    /// The value that means no difference: 1 for ratios, 0 for differences.
    var neutral: Double
    var scale: Scale.Kind
    /// How a tick of the axis reads.
    var label: @Sendable (Double) -> String
    var rows: [Row]

    private static let rowHeight = 24.0

    /// The drawing; `nil` where there is nothing to compare.
    func markup() -> Markup? {
        var area = PlotArea.whole
        area.left = 300
        area.right = 232
        area.top = 8
        area.bottom = 44
        // Before each comparison but the first there is a little air.
        var tops: [Double] = []
        var y = area.top
        for (index, row) in rows.enumerated() {
            if index > 0, rows[index - 1].comparison != row.comparison { y += 10 }
            tops.append(y)
            y += Self.rowHeight
        }
        area.height = y + area.bottom
        let ends = rows.flatMap { [$0.value, $0.low ?? $0.value, $0.high ?? $0.value] } + [neutral]
        guard !rows.isEmpty, let low = ends.min(), let high = ends.max() else { return nil }
        let scale = Scale(scale, over: low...high, from: area.x0, to: area.x1)
        var content = area.horizontalAxis(scale, title: axisTitle, label: label)
        let zero = scale.position(neutral)
        content += .line("neutral", from: (zero, area.y0), to: (zero, area.y1))
        for (index, row) in rows.enumerated() {
            let isFirst = index == 0 || rows[index - 1].comparison != row.comparison
            content += mark(row, isFirst: isFirst, y: tops[index] + Self.rowHeight / 2, scale: scale, area: area)
        }
        return area.drawing(name: "\(title): effects with intervals", content)
    }

    private func mark(_ row: Row, isFirst: Bool, y: Double, scale: Scale, area: PlotArea) -> Markup {
        let left = row.low.map(scale.position) ?? area.x0
        let right = row.high.map(scale.position) ?? area.x1
        var group = Markup.tip("\(row.comparison), \(row.statistic): \(row.text)\n\(row.verdict)")
        group += .box("slice", at: (0, y - Self.rowHeight / 2), width: area.width, height: Self.rowHeight)
        if isFirst { group += .text("row-label", at: (2, y + 4), Self.shortened(row.comparison, to: 31)) }
        group += .text("tick", at: (area.x0 - 10, y + 4), anchor: "end", row.statistic)
        if row.hasInterval {
            group += .line("interval", from: (left, y), to: (right, y))
            for (end, isOpen, direction) in [(left, row.low == nil, 1.0), (right, row.high == nil, -1.0)] {
                let x = NumberText.coordinate(end)
                let tail = NumberText.coordinate(end + (isOpen ? direction * 6 : 0))
                let (up, down) = (NumberText.coordinate(y - 5), NumberText.coordinate(y + 5))
                let line = NumberText.coordinate(y)
                group += .shape("path", ["class": "interval", "d": "M\(tail) \(up)L\(x) \(line)L\(tail) \(down)"])
            }
        }
        group += .shape(
            "circle",
            [
                "class": row.hasInterval ? "effect \(row.style)" : "effect hollow",
                "cx": NumberText.coordinate(scale.position(row.value)), "cy": NumberText.coordinate(y), "r": "4.5",
            ]
        )
        group += .text("numbers", at: (area.width - 2, y + 4), anchor: "end", row.text)
        return .element("g", ["class": "hover"], group)
    }

    private static func shortened(_ text: String, to count: Int) -> String {
        text.count <= count ? text : text.prefix(count - 1) + "…"
    }

    /// The rows as comma-separated text, the header first.
    func csv() -> String {
        "comparison,statistic,\(CSVText.field(axisTitle)),low,high,verdict\n"
            + rows.map { row in
                let numbers = [row.value, row.low, row.high].map { $0.map(NumberText.data) ?? "" }
                return ([CSVText.field(row.comparison), row.statistic] + numbers + [CSVText.field(row.verdict)])
                    .joined(separator: ",") + "\n"
            }.joined()
    }
}
