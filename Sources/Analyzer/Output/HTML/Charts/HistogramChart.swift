// The histogram of each group, one below the other over one axis, so that none hides another.

/// Draws one filled outline a group, each as tall as its own peak; the read-outs have the shares.
struct HistogramChart {
    var title: String
    var unit: String
    /// What the shares are shares of.
    var counted: String
    var scale: Scale.Kind
    var series: [Series]

    /// More groups than fit make the chart taller.
    private static let leastRow = 26.0

    /// The drawing; `nil` where no group has a value.
    func markup() -> Markup? {
        guard let horizontal else { return nil }
        let shown = series.filter { !$0.sortedValues.isEmpty }
        var area = PlotArea.half
        area.left = 14
        let row = max(Self.leastRow, (area.y0 - area.y1) / Double(shown.count))
        area.height = area.top + area.bottom + row * Double(shown.count)
        let bins = HistogramBins(shown, over: horizontal)
        var content = area.horizontalAxis(horizontal, title: "\(title), \(unit)")
        for (index, (one, shares)) in zip(shown, bins.shares).enumerated() {
            let base = area.y1 + row * Double(index + 1)
            content += .line("grid", from: (area.x0, base), to: (area.x1, base))
            let highest = max(shares.max() ?? 0, 1e-9)
            var path = "M\(NumberText.coordinate(horizontal.position(bins.edges[0]))) \(NumberText.coordinate(base))"
            for (bin, share) in shares.enumerated() {
                path += "V\(NumberText.coordinate(base - share / highest * (row - 4)))"
                path += "H\(NumberText.coordinate(horizontal.position(bins.edges[bin + 1])))"
            }
            path += "V\(NumberText.coordinate(base))"
            content += .shape(
                "path",
                ["class": "ridge " + one.style.colourClass, "data-group": String(one.style.index), "d": path]
            )
        }
        for bin in bins.edges.indices.dropLast() {
            let (from, to) = (horizontal.position(bins.edges[bin]), horizontal.position(bins.edges[bin + 1]))
            let lines = zip(shown, bins.shares).map { one, shares in
                "\n\(one.style.name): \(NumberText.fixed(shares[bin] * 100, decimals: 1)) %"
            }
            let range = "\(NumberText.readable(bins.edges[bin])) to \(NumberText.readable(bins.edges[bin + 1])) \(unit)"
            content += .box(
                "slice hover",
                at: (from, area.y1),
                width: to - from,
                height: area.y0 - area.y1,
                tip: range + lines.joined()
            )
        }
        return area.drawing(name: "\(title): histogram by group", content)
    }

    /// The bins as comma-separated text, the header first.
    func csv() -> String {
        guard let horizontal else { return "" }
        let bins = HistogramBins(series, over: horizontal)
        var text = "group,low \(unit),high \(unit),share\n"
        for (one, shares) in zip(series, bins.shares) where !one.sortedValues.isEmpty {
            for (bin, share) in shares.enumerated() {
                text +=
                    "\(CSVText.field(one.style.name)),\(NumberText.data(bins.edges[bin])),"
                    + "\(NumberText.data(bins.edges[bin + 1])),\(NumberText.data(share))\n"
            }
        }
        return text
    }

    private var horizontal: Scale? {
        var area = PlotArea.half
        area.left = 14
        return series.scale(scale, area)
    }
}

extension [Series] {
    /// The horizontal scale of a chart over all values; `nil` without any.
    ///
    /// A logarithmic axis begins at the least value above 0; gaps of nothing lie on its left edge.
    func scale(_ kind: Scale.Kind, _ area: PlotArea) -> Scale? {
        guard let extent else { return nil }
        guard kind == .logarithmic, extent.lowerBound <= 0 else {
            return Scale(kind, over: extent, from: area.x0, to: area.x1)
        }
        guard let low = compactMap({ one in one.sortedValues.first { $0 > 0 } }).min() else { return nil }
        return Scale(.logarithmic, over: low...extent.upperBound, from: area.x0, to: area.x1)
    }
}
