// A quantity over two discrete axes: darker where it is higher, marked where something was found.

/// Draws a grid of cells.
struct HeatMap {
    /// One cell.
    struct Cell: Sendable {
        var row: Int
        var column: Int
        var value: Double
        var count: Int
        /// What a drift test found here.
        var mark: String?
    }

    var title: String
    var unit: String
    var axisTitle: String
    var rows: [String]
    /// The group that each row shows, where rows are groups.
    var groups: [Int]?
    /// What each column is called in a read-out.
    var columns: [String]
    /// The columns whose name stands below the grid.
    var labels: [(column: Int, text: String)]
    var cells: [Cell]

    private static let rowHeight = 26.0

    /// The drawing; `nil` where there is no cell.
    func markup() -> Markup? {
        guard let low = cells.map(\.value).min(), let high = cells.map(\.value).max() else { return nil }
        var area = PlotArea.whole
        area.left = min(300, 20 + (rows.map(PlotArea.textWidth).max() ?? 0))
        area.top = 30
        area.bottom = 38
        area.height = area.top + area.bottom + Self.rowHeight * Double(rows.count)
        let width = (area.x1 - area.x0) / Double(max(columns.count, 1))
        var content = key(area, low: low, high: high)
        for (column, text) in labels {
            let x = area.x0 + width * (Double(column) + 0.5)
            content += .text("tick", at: (x, area.y0 + 15), anchor: "middle", text)
        }
        content += .text("axis-title", at: ((area.x0 + area.x1) / 2, area.height - 5), anchor: "middle", axisTitle)
        for (row, name) in rows.enumerated() {
            let y = area.y1 + Self.rowHeight * Double(row)
            var line = Markup.text("row-label", at: (area.x0 - 8, y + 17), anchor: "end", name)
            for cell in cells where cell.row == row {
                let share = high > low ? (cell.value - low) / (high - low) : 0.5
                let place = (area.x0 + width * Double(cell.column) + 0.75, y + 1)
                let tip =
                    "\(name), \(columns[cell.column]): median \(NumberText.readable(cell.value)) \(unit), n = \(cell.count)"
                    + (cell.mark.map { "\n\($0)" } ?? "")
                line += .box(
                    "heat hover",
                    at: place,
                    width: width - 1.5,
                    height: Self.rowHeight - 2,
                    opacity: Self.opacity(share),
                    tip: tip
                )
                if cell.mark != nil {
                    // A wedge, so that a mark is seen without telling colours apart.
                    let (x, top) = (NumberText.coordinate(place.0), NumberText.coordinate(y + 1))
                    line += .shape("path", ["class": "drift-mark", "d": "M\(x) \(top)h11l-11 11z"])
                }
            }
            content += .element("g", ["data-group": groups.map { String($0[row]) }], line)
        }
        return area.drawing(name: title, content)
    }

    /// What light and dark mean.
    private func key(_ area: PlotArea, low: Double, high: Double) -> Markup {
        let steps = 6
        let (width, x) = (26.0, area.x1 - 26 * Double(steps) - 96)
        var key = Markup.text("tick", at: (x - 8, 16), anchor: "end", "\(NumberText.readable(low)) \(unit)")
        for step in 0..<steps {
            let share = Double(step) / Double(steps - 1)
            key += .box(
                "heat",
                at: (x + width * Double(step), 6),
                width: width - 1,
                height: 13,
                opacity: Self.opacity(share)
            )
        }
        key += .text("tick", at: (x + width * Double(steps) + 6, 16), "\(NumberText.readable(high)) \(unit)")
        return key
    }

    private static func opacity(_ share: Double) -> Double { 0.1 + 0.9 * share }

    /// The cells as comma-separated text, the header first.
    func csv() -> String {
        "row,\(CSVText.field(axisTitle)),\(CSVText.field("median \(unit)")),n,mark\n"
            + cells.map { cell in
                [
                    CSVText.field(rows[cell.row]), CSVText.field(columns[cell.column]), NumberText.data(cell.value),
                    "\(cell.count)", CSVText.field(cell.mark ?? ""),
                ].joined(separator: ",") + "\n"
            }.joined()
    }
}
