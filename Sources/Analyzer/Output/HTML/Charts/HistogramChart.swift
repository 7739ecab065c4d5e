// The histogram of each group, as outlines over one set of bins (Freedman and Diaconis 1981 for the width).

/// Draws one outline a group over shared bins, as shares, so that groups of unequal size compare.
struct HistogramChart {
    static let maximumBins = 60

    var title: String
    var unit: String
    var scale: Scale.Kind
    var series: [Series]

    /// The drawing; `nil` where no group has a value.
    func markup() -> Markup? {
        guard let extent = series.extent else { return nil }
        let area = PlotArea()
        let horizontal = Scale(scale, over: extent, from: area.x0, to: area.x1)
        let edges = binEdges(horizontal)
        let shares = series.map { Self.shares($0.sortedValues, edges: edges) }
        let highest = shares.flatMap { $0 }.max() ?? 1
        let vertical = Scale(.linear, over: 0...max(highest, 1e-9), from: area.y0, to: area.y1)
        var content = area.horizontalAxis(horizontal, title: unit)
        content += area.verticalAxis(vertical, title: "share of requests") {
            NumberText.fixed($0 * 100, decimals: 1) + " %"
        }
        for (one, shares) in zip(series, shares) where !one.sortedValues.isEmpty {
            var path = "M\(NumberText.coordinate(horizontal.position(edges[0])))"
            path += " \(NumberText.coordinate(area.y0))"
            for (bin, share) in shares.enumerated() {
                path += "V\(NumberText.coordinate(vertical.position(share)))"
                path += "H\(NumberText.coordinate(horizontal.position(edges[bin + 1])))"
            }
            path += "V\(NumberText.coordinate(area.y0))"
            content += .element(
                "path",
                [
                    "class": "line area " + one.colourClass, "data-group": String(one.index), "d": path,
                    "stroke-dasharray": one.dash,
                ],
                .element("title", [:], Markup(one.name))
            )
        }
        return area.drawing(name: "\(title): histogram by group", content)
    }

    /// The bins as comma-separated text, the header first.
    func csv() -> String {
        guard let extent = series.extent else { return "" }
        let edges = binEdges(Scale(scale, over: extent, from: 0, to: 1))
        var text = "group,low_\(unit),high_\(unit),share\n"
        for one in series where !one.sortedValues.isEmpty {
            for (bin, share) in Self.shares(one.sortedValues, edges: edges).enumerated() {
                text += "\(CSVText.field(one.name)),\(edges[bin]),\(edges[bin + 1]),\(share)\n"
            }
        }
        return text
    }

    private func binEdges(_ horizontal: Scale) -> [Double] {
        let domain = horizontal.domain
        let count = min(Self.maximumBins, max(8, series.map { Self.binCount($0.sortedValues, domain) }.max() ?? 8))
        return (0...count).map { index in
            let share = Double(index) / Double(count)
            switch scale {
            case .linear: return domain.lowerBound + share * (domain.upperBound - domain.lowerBound)
            case .logarithmic:
                let decades = Logarithm.base10(domain.upperBound / domain.lowerBound)
                return domain.lowerBound * Logarithm.raise10(share * decades)
            }
        }
    }

    private static func binCount(_ sorted: [Double], _ domain: ClosedRange<Double>) -> Int {
        guard sorted.count > 3 else { return 8 }
        let spread = sorted[sorted.count * 3 / 4] - sorted[sorted.count / 4]
        guard spread > 0 else { return 8 }
        let width = 2 * spread / Double(sorted.count).cubeRoot
        return Int(min((domain.upperBound - domain.lowerBound) / width, Double(maximumBins)))
    }

    private static func shares(_ sorted: [Double], edges: [Double]) -> [Double] {
        var counts = [Int](repeating: 0, count: edges.count - 1)
        var bin = 0
        for value in sorted {
            while bin < counts.count - 1, value >= edges[bin + 1] { bin += 1 }
            counts[bin] += 1
        }
        return counts.map { Double($0) / Double(max(sorted.count, 1)) }
    }
}
