// The empirical distribution function of each group: the share of requests at or below each value.

/// Draws step curves, thinned to what the page can show.
struct EmpiricalDistributionChart {
    /// More steps than this cannot be told apart at the chart's width.
    static let maximumSteps = 360

    var title: String
    var unit: String
    var scale: Scale.Kind
    var series: [Series]

    /// The drawing; `nil` where no group has a value.
    func markup() -> Markup? {
        guard let extent = series.extent else { return nil }
        let area = PlotArea()
        let horizontal = Scale(scale, over: extent, from: area.x0, to: area.x1)
        let vertical = Scale(.linear, over: 0...1, from: area.y0, to: area.y1)
        var content = area.horizontalAxis(horizontal, title: unit)
        content += area.verticalAxis(vertical, title: "share of requests") {
            NumberText.fixed($0 * 100, decimals: 0) + " %"
        }
        for one in series where !one.sortedValues.isEmpty {
            let steps = Self.steps(one.sortedValues)
            var path = "M\(NumberText.coordinate(horizontal.position(steps[0].value)))"
            path += " \(NumberText.coordinate(vertical.position(0)))"
            for step in steps {
                path += "H\(NumberText.coordinate(horizontal.position(step.value)))"
                path += "V\(NumberText.coordinate(vertical.position(step.share)))"
            }
            path += "H\(NumberText.coordinate(area.x1))"
            content += .element(
                "path",
                [
                    "class": "line " + one.colourClass, "data-group": String(one.index), "d": path,
                    "stroke-dasharray": one.dash,
                ],
                .element("title", [:], Markup(one.name))
            )
        }
        return area.drawing(name: "\(title): share of requests at or below each value, by group", content)
    }

    /// The curve's steps as comma-separated text, the header first.
    func csv() -> String {
        var text = "group,\(unit),share\n"
        for one in series {
            for step in Self.steps(one.sortedValues) {
                text += "\(CSVText.field(one.name)),\(step.value),\(step.share)\n"
            }
        }
        return text
    }

    private static func steps(_ sorted: [Double]) -> [(value: Double, share: Double)] {
        let count = sorted.count
        guard count > maximumSteps else {
            return sorted.enumerated().map { ($1, Double($0 + 1) / Double(count)) }
        }
        return (1...maximumSteps).map { step in
            let rank = step * count / maximumSteps
            return (sorted[rank - 1], Double(rank) / Double(count))
        }
    }
}
