// Histograms small enough for the cell of a table: as a drawing, and as text.

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

extension SparkHistogram {
    private static let blocks = Array(" ▁▂▃▄▅▆▇█")
    private static let textBinCount = 16

    /// One line of blocks a series, all over the same axis: from the lowest first percentile to the highest ninety-ninth,
    /// what lies beyond in the outermost blocks.
    static func texts(_ series: [Series]) -> [String] {
        let ends = series.compactMap { one in
            Quantile.value(sorted: one.sortedValues, p: 0.01).flatMap { low in
                Quantile.value(sorted: one.sortedValues, p: 0.99).map { (low, $0) }
            }
        }
        guard let low = ends.map(\.0).min(), let high = ends.map(\.1).max() else { return series.map { _ in "" } }
        let scale = Scale(.linear, over: low...max(high, low), from: 0, to: 1, isExact: true)
        let bins = HistogramBins(series, over: scale, count: textBinCount)
        return bins.shares.map { shares in
            let highest = shares.max() ?? 0
            guard highest > 0 else { return "" }
            return String(
                shares.map { share in
                    // A block as soon as there is anything.
                    share == 0 ? blocks[0] : blocks[max(1, Int((share / highest * 8).rounded()))]
                }
            )
        }
    }
}
