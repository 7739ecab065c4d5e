// Two quantities of each request against each other: a dot a request while they are few, else a grid of counts.

/// Draws pairs.
struct PairChart {
    /// One pair a request.
    struct Cloud: Sendable {
        var style: SeriesStyle
        var points: [(x: Double, y: Double)]
    }

    /// As many dots tell more than a grid does, and take as much of the page.
    static let maximumDots = 600
    static let columns = 40
    static let rows = 24

    var title: String
    var horizontalTitle: String
    var verticalTitle: String
    var clouds: [Cloud]

    /// The drawing; `nil` where there is no point.
    func markup() -> Markup? {
        guard let (horizontal, vertical) = scales() else { return nil }
        let area = PlotArea.half
        var content = area.horizontalAxis(horizontal, title: horizontalTitle)
        content += area.verticalAxis(vertical, title: verticalTitle)
        if hasDots {
            for cloud in clouds {
                let dots = cloud.points.map { point in
                    Markup.element(
                        "circle",
                        [
                            "class": "dot hover", "cx": NumberText.coordinate(horizontal.position(point.x)),
                            "cy": NumberText.coordinate(vertical.position(point.y)), "r": "3",
                        ],
                        .tip("\(cloud.style.name): \(text(point.x, horizontalTitle)), \(text(point.y, verticalTitle))")
                    )
                }
                content += .element(
                    "g",
                    ["class": "cloud " + cloud.style.colourClass, "data-group": String(cloud.style.index)],
                    Markup(dots)
                )
            }
        } else {
            let cells = cells(horizontal, vertical)
            let most = Double(cells.map(\.count).max() ?? 1)
            let width = (area.x1 - area.x0) / Double(Self.columns)
            let height = (area.y0 - area.y1) / Double(Self.rows)
            for cell in cells {
                let tip =
                    "\(cell.count) request\(cell.count == 1 ? "" : "s") near \(text(cell.x, horizontalTitle)), "
                    + text(cell.y, verticalTitle)
                content += .box(
                    "heat hover",
                    at: (area.x0 + width * Double(cell.column), area.y0 - height * Double(cell.row + 1)),
                    width: width,
                    height: height,
                    // Counts span decades: the root keeps single requests visible.
                    opacity: 0.12 + 0.88 * (Double(cell.count) / most).squareRoot(),
                    tip: tip
                )
            }
        }
        return area.drawing(name: title, content)
    }

    /// The dots or the cells as comma-separated text, the header first.
    func csv() -> String {
        guard let (horizontal, vertical) = scales() else { return "" }
        let head = "\(CSVText.field(horizontalTitle)),\(CSVText.field(verticalTitle))"
        if hasDots {
            return "group,\(head)\n"
                + clouds.flatMap { cloud in
                    cloud.points.map {
                        "\(CSVText.field(cloud.style.name)),\(NumberText.data($0.x)),\(NumberText.data($0.y))\n"
                    }
                }.joined()
        }
        return "\(head),n\n"
            + cells(horizontal, vertical).map { "\(NumberText.data($0.x)),\(NumberText.data($0.y)),\($0.count)\n" }
            .joined()
    }

    private var hasDots: Bool { clouds.map(\.points.count).reduce(0, +) <= Self.maximumDots }

    private func text(_ value: Double, _ title: String) -> String { "\(NumberText.readable(value)) \(title)" }

    private func scales() -> (Scale, Scale)? {
        let points = clouds.flatMap(\.points)
        guard let left = points.map(\.x).min(), let right = points.map(\.x).max(), let high = points.map(\.y).max()
        else { return nil }
        let area = PlotArea.half
        // Dots on the frame would be cut in half.
        let air = 0.03 * (right - left)
        return (
            Scale(.linear, over: max(0, left - air)...(right + air), from: area.x0, to: area.x1),
            Scale(.linear, over: 0...max(high, 0), from: area.y0, to: area.y1)
        )
    }

    private struct Cell {
        var column: Int
        var row: Int
        var x: Double
        var y: Double
        var count: Int
    }

    private func cells(_ horizontal: Scale, _ vertical: Scale) -> [Cell] {
        func bin(_ value: Double, _ domain: ClosedRange<Double>, _ count: Int) -> Int {
            let share = (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
            return min(count - 1, max(0, Int(share * Double(count))))
        }
        func middle(_ index: Int, _ domain: ClosedRange<Double>, _ count: Int) -> Double {
            domain.lowerBound + (Double(index) + 0.5) / Double(count) * (domain.upperBound - domain.lowerBound)
        }
        var counts = [Int](repeating: 0, count: Self.columns * Self.rows)
        for point in clouds.lazy.flatMap(\.points) {
            let column = bin(point.x, horizontal.domain, Self.columns)
            counts[bin(point.y, vertical.domain, Self.rows) * Self.columns + column] += 1
        }
        return counts.enumerated().filter { $0.element > 0 }.map { index, count in
            let (column, row) = (index % Self.columns, index / Self.columns)
            return Cell(
                column: column,
                row: row,
                x: middle(column, horizontal.domain, Self.columns),
                y: middle(row, vertical.domain, Self.rows),
                count: count
            )
        }
    }
}
