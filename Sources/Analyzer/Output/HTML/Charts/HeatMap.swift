// Latency over the time of day: one cell a day and hour, darker where the median is higher.

/// Draws a grid of days by hours.
struct HeatMap {
    /// One hour of one day.
    struct Cell: Sendable {
        /// For example `2026-11-24`.
        var day: String
        /// 0…23, UTC.
        var hour: Int
        var median: Double
        var count: Int
        /// Whether a drift test marked the change into this hour.
        var isMarked = false
    }

    var title: String
    var unit: String
    var cells: [Cell]

    /// The drawing; `nil` where there is no cell.
    func markup() -> Markup? {
        let days = Array(Set(cells.map(\.day))).sorted()
        guard !days.isEmpty, let low = cells.map(\.median).min(), let high = cells.map(\.median).max() else {
            return nil
        }
        var area = PlotArea()
        area.left = 92
        area.bottom = 40
        area.height = area.top + area.bottom + 24 * Double(days.count)
        let width = (area.x1 - area.x0) / 24
        var content = Markup.empty
        for hour in stride(from: 0, to: 24, by: 3) {
            content += .element(
                "text",
                [
                    "class": "tick", "x": NumberText.coordinate(area.x0 + width * (Double(hour) + 0.5)),
                    "y": NumberText.coordinate(area.y0 + 16), "text-anchor": "middle",
                ],
                Markup("\(hour) h")
            )
        }
        content += .element(
            "text",
            [
                "class": "axis-title", "x": NumberText.coordinate((area.x0 + area.x1) / 2),
                "y": NumberText.coordinate(area.height - 4), "text-anchor": "middle",
            ],
            Markup("hour of day, UTC")
        )
        for (row, day) in days.enumerated() {
            let y = area.y1 + 24 * Double(row)
            content += .element(
                "text",
                [
                    "class": "tick", "x": NumberText.coordinate(area.x0 - 8), "y": NumberText.coordinate(y + 16),
                    "text-anchor": "end",
                ],
                Markup(day)
            )
            for cell in cells where cell.day == day {
                content += mark(cell, y: y, width: width, area: area, span: low...high)
            }
        }
        return area.drawing(name: "\(title): median by day and hour", content)
    }

    private func mark(_ cell: Cell, y: Double, width: Double, area: PlotArea, span: ClosedRange<Double>) -> Markup {
        let width0 = span.upperBound - span.lowerBound
        let share = width0 > 0 ? (cell.median - span.lowerBound) / width0 : 0.5
        let tip =
            "\(cell.day) \(cell.hour):00 UTC: median \(NumberText.readable(cell.median)) \(unit), n = \(cell.count)"
            + (cell.isMarked ? "; a change was detected here" : "")
        return .element(
            "rect",
            [
                "class": "heat hover" + (cell.isMarked ? " marked" : ""), "data-tip": tip,
                "x": NumberText.coordinate(area.x0 + width * Double(cell.hour) + 1), "y": NumberText.coordinate(y + 1),
                "width": NumberText.coordinate(width - 2), "height": "22",
                "fill-opacity": NumberText.fixed(0.12 + 0.88 * share, decimals: 3),
            ],
            .element("title", [:], Markup(tip))
        )
    }

    /// The cells as comma-separated text, the header first.
    func csv() -> String {
        "day,hour_utc,median_\(unit),n\n"
            + cells.map { "\($0.day),\($0.hour),\($0.median),\($0.count)\n" }.joined()
    }
}
