// The histogram of each group, as outlines over one set of bins (Freedman and Diaconis 1981 for the width).

/// Shared bins of several groups: shares, so that groups of unequal size compare.
struct HistogramBins {
    static let maximumCount = 50

    var edges: [Double]
    /// One array a series, one share a bin.
    var shares: [[Double]]

    /// Bins over a scale's domain; values beyond it fall into the first and the last.
    init(_ series: [Series], over scale: Scale, count stated: Int? = nil) {
        let (low, high) = (scale.domain.lowerBound, scale.domain.upperBound)
        let count =
            stated ?? min(Self.maximumCount, max(8, series.map { Self.count($0.sortedValues, scale) }.max() ?? 8))
        let edges = (0...count).map { index -> Double in
            let share = Double(index) / Double(count)
            switch scale.kind {
            case .linear: return low + share * (high - low)
            case .logarithmic: return low * Logarithm.raise10(share * Logarithm.base10(high / low))
            }
        }
        self.edges = edges
        shares = series.map { Self.shares($0.sortedValues, edges: edges) }
    }

    private static func count(_ sorted: [Double], _ scale: Scale) -> Int {
        guard sorted.count > 3 else { return 8 }
        let (low, high) = (sorted[sorted.count / 4], sorted[sorted.count * 3 / 4])
        let spread = abs(scale.position(high) - scale.position(low))
        guard spread > 0 else { return 8 }
        let width = 2 * spread / Double(sorted.count).cubeRoot
        return Int(min(abs(scale.end - scale.start) / width, Double(maximumCount)))
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

/// Draws one outline a group.
struct HistogramChart {
    var title: String
    var unit: String
    /// What the shares are shares of.
    var counted: String
    var scale: Scale.Kind
    var series: [Series]

    /// The drawing; `nil` where no group has a value.
    func markup() -> Markup? {
        guard let horizontal else { return nil }
        let area = PlotArea.half
        let bins = HistogramBins(series, over: horizontal)
        let highest = bins.shares.flatMap { $0 }.max() ?? 1
        let vertical = Scale(.linear, over: 0...max(highest, 1e-9), from: area.y0, to: area.y1)
        var content = area.horizontalAxis(horizontal, title: "\(title), \(unit)")
        content += area.verticalAxis(vertical, title: "share of \(counted)") {
            NumberText.fixed($0 * 100, decimals: 1) + " %"
        }
        for (one, shares) in zip(series, bins.shares) where !one.sortedValues.isEmpty {
            var path = "M\(NumberText.coordinate(horizontal.position(bins.edges[0]))) \(NumberText.coordinate(area.y0))"
            for (bin, share) in shares.enumerated() {
                path += "V\(NumberText.coordinate(vertical.position(share)))"
                path += "H\(NumberText.coordinate(horizontal.position(bins.edges[bin + 1])))"
            }
            path += "V\(NumberText.coordinate(area.y0))"
            content += .shape(
                "path",
                [
                    "class": "line area " + one.style.colourClass, "data-group": String(one.style.index), "d": path,
                    "stroke-dasharray": one.style.dash,
                ]
            )
        }
        for bin in bins.edges.indices.dropLast() {
            let (from, to) = (horizontal.position(bins.edges[bin]), horizontal.position(bins.edges[bin + 1]))
            let lines = zip(series, bins.shares).filter { !$0.0.sortedValues.isEmpty }.map { one, shares in
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
        guard let extent = series.extent else { return nil }
        let area = PlotArea.half
        guard scale == .logarithmic, extent.lowerBound <= 0 else {
            return Scale(scale, over: extent, from: area.x0, to: area.x1)
        }
        guard let low = series.compactMap({ one in one.sortedValues.first { $0 > 0 } }).min() else { return nil }
        return Scale(.logarithmic, over: low...extent.upperBound, from: area.x0, to: area.x1)
    }
}

/// A histogram small enough for a cell of a table.
enum SparkHistogram {
    static let binCount = 24

    /// One drawing a series, all over the same bins.
    static func markups(_ series: [Series]) -> [Markup] {
        guard let extent = series.extent else { return series.map { _ in .empty } }
        let (width, height) = (96.0, 22.0)
        let scale = Scale(.linear, over: extent, from: 0, to: width)
        let bins = HistogramBins(series, over: scale, count: binCount)
        return zip(series, bins.shares).map { one, shares in
            guard let highest = shares.max(), highest > 0 else { return .empty }
            let step = width / Double(binCount)
            var path = ""
            for (bin, share) in shares.enumerated() where share > 0 {
                let tall = max(1, share / highest * height)
                path +=
                    "M\(NumberText.coordinate(step * Double(bin))) \(NumberText.coordinate(height))"
                    + "v-\(NumberText.coordinate(tall))h\(NumberText.coordinate(step - 0.6))"
                    + "v\(NumberText.coordinate(tall))z"
            }
            return .element(
                "svg",
                ["class": "spark", "viewBox": "0 0 96 22", "aria-hidden": "true"],
                .shape("path", ["class": "fill " + one.style.colourClass, "d": path])
            )
        }
    }
}
