// Two quantities of each request against each other, as a grid of counts, so that the page stays small.

/// Draws a two-dimensional histogram.
struct DensityChart {
    static let columns = 60
    static let rows = 30

    var title: String
    var horizontalTitle: String
    var verticalTitle: String
    /// One pair a request.
    var points: [(x: Double, y: Double)]

    /// The drawing; `nil` where there is no point.
    func markup() -> Markup? {
        let (area, horizontal, vertical, counts) = binned()
        guard let horizontal, let vertical, let most = counts.values.max() else { return nil }
        var content = area.horizontalAxis(horizontal, title: horizontalTitle)
        content += area.verticalAxis(vertical, title: verticalTitle)
        let (width, height) = ((area.x1 - area.x0) / Double(Self.columns), (area.y0 - area.y1) / Double(Self.rows))
        for (cell, count) in counts.sorted(by: { $0.key < $1.key }) {
            let (column, row) = (cell % Self.columns, cell / Self.columns)
            let tip = "\(count) request\(count == 1 ? "" : "s") near \(cellText(column, row, horizontal, vertical))"
            content += .element(
                "rect",
                [
                    "class": "heat hover", "data-tip": tip,
                    "x": NumberText.coordinate(area.x0 + width * Double(column)),
                    "y": NumberText.coordinate(area.y0 - height * Double(row + 1)),
                    "width": NumberText.coordinate(width), "height": NumberText.coordinate(height),
                    "fill-opacity": NumberText.fixed(0.15 + 0.85 * Double(count) / Double(most), decimals: 3),
                ],
                .element("title", [:], Markup(tip))
            )
        }
        return area.drawing(name: title, content)
    }

    /// The cells as comma-separated text, the header first.
    func csv() -> String {
        let (_, horizontal, vertical, counts) = binned()
        guard let horizontal, let vertical else { return "" }
        var text = "\(CSVText.field(horizontalTitle)),\(CSVText.field(verticalTitle)),n\n"
        for (cell, count) in counts.sorted(by: { $0.key < $1.key }) {
            let middle = (
                Self.middle(cell % Self.columns, of: Self.columns, horizontal.domain),
                Self.middle(cell / Self.columns, of: Self.rows, vertical.domain)
            )
            text += "\(middle.0),\(middle.1),\(count)\n"
        }
        return text
    }

    private func cellText(_ column: Int, _ row: Int, _ horizontal: Scale, _ vertical: Scale) -> String {
        let x = NumberText.readable(Self.middle(column, of: Self.columns, horizontal.domain))
        let y = NumberText.readable(Self.middle(row, of: Self.rows, vertical.domain))
        return "\(x) \(horizontalTitle), \(y) \(verticalTitle)"
    }

    private static func middle(_ index: Int, of count: Int, _ domain: ClosedRange<Double>) -> Double {
        domain.lowerBound + (Double(index) + 0.5) / Double(count) * (domain.upperBound - domain.lowerBound)
    }

    private func binned() -> (PlotArea, Scale?, Scale?, [Int: Int]) {
        let area = PlotArea()
        let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
        guard let left = finite.map(\.x).min(), let right = finite.map(\.x).max(), let low = finite.map(\.y).min(),
            let high = finite.map(\.y).max()
        else { return (area, nil, nil, [:]) }
        let horizontal = Scale(.linear, over: left...right, from: area.x0, to: area.x1)
        let vertical = Scale(.linear, over: low...high, from: area.y0, to: area.y1)
        var counts: [Int: Int] = [:]
        for point in finite {
            let column = Self.bin(point.x, horizontal.domain, Self.columns)
            let row = Self.bin(point.y, vertical.domain, Self.rows)
            counts[row * Self.columns + column, default: 0] += 1
        }
        return (area, horizontal, vertical, counts)
    }

    private static func bin(_ value: Double, _ domain: ClosedRange<Double>, _ count: Int) -> Int {
        let share = (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
        return min(count - 1, max(0, Int(share * Double(count))))
    }
}
