// The empirical distribution function of each group: the share of requests at or below each value.

/// Draws step curves, thinned to what the page can show.
struct EmpiricalDistributionChart {
    /// More steps than this cannot be told apart at the chart's width.
    static let maximumSteps = 200
    /// How many places along the axis have a read-out.
    static let readings = 40

    var title: String
    var unit: String
    /// What the shares are shares of.
    var counted: String
    var scale: Scale.Kind
    var series: [Series]

    /// The drawing; `nil` where no group has a value.
    func markup() -> Markup? {
        let area = PlotArea.half
        guard let horizontal = series.scale(scale, area) else { return nil }
        let vertical = Scale(.linear, over: 0...1, from: area.y0, to: area.y1)
        var content = area.horizontalAxis(horizontal, title: "\(title), \(unit)")
        content += area.verticalAxis(vertical, title: "share of \(counted) at or below") {
            NumberText.fixed($0 * 100, decimals: 0) + " %"
        }
        for one in series where !one.sortedValues.isEmpty {
            let steps = steps(one.sortedValues)
            var path = "M\(NumberText.coordinate(horizontal.position(steps[0].value)))"
            path += " \(NumberText.coordinate(vertical.position(0)))"
            for step in steps {
                path += "H\(NumberText.coordinate(horizontal.position(step.value)))"
                path += "V\(NumberText.coordinate(vertical.position(step.share)))"
            }
            path += "H\(NumberText.coordinate(area.x1))"
            content += .shape(
                "path",
                [
                    "class": "line " + one.style.colourClass, "data-group": String(one.style.index), "d": path,
                    "stroke-dasharray": one.style.dash,
                ]
            )
        }
        let width = (area.x1 - area.x0) / Double(Self.readings)
        for reading in 0..<Self.readings {
            let x = area.x0 + width * Double(reading)
            let value = horizontal.value(at: x + width)
            let lines = series.filter { !$0.sortedValues.isEmpty }.map { one in
                "\n\(one.style.name): \(NumberText.fixed(one.share(upTo: value) * 100, decimals: 1)) %"
            }
            content += .box(
                "slice hover",
                at: (x, area.y1),
                width: width,
                height: area.y0 - area.y1,
                tip: "≤ \(NumberText.readable(value)) \(unit)" + lines.joined()
            )
        }
        return area.drawing(name: "\(title): share of \(counted) at or below each value, by group", content)
    }

    /// The curve's steps as comma-separated text, the header first.
    func csv() -> String {
        var text = "group,\(CSVText.field("\(title) \(unit)")),share\n"
        for one in series {
            for step in steps(one.sortedValues) {
                text +=
                    "\(CSVText.field(one.style.name)),\(NumberText.data(step.value)),\(NumberText.data(step.share))\n"
            }
        }
        return text
    }

    /// Many groups share the page's budget.
    private var stepLimit: Int { min(Self.maximumSteps, max(40, 2_400 / max(series.count, 1))) }

    private func steps(_ sorted: [Double]) -> [(value: Double, share: Double)] {
        let count = sorted.count
        guard count > stepLimit else {
            return sorted.enumerated().map { ($1, Double($0 + 1) / Double(count)) }
        }
        return (1...stepLimit).map { step in
            let rank = step * count / stepLimit
            return (sorted[rank - 1], Double(rank) / Double(count))
        }
    }
}
