// What the charts draw: named groups of numbers, each with a colour of its own.

/// The identity of a group in every chart: its name, its colour, its dashes.
struct SeriesStyle: Sendable {
    /// The group's short name.
    var name: String
    /// The group's place in the legend, which also chooses its colour.
    var index: Int

    /// How many colours there are before they repeat (with another dash).
    static let colourCount = 8

    /// The class that carries the colour.
    var colourClass: String { "s\(index % Self.colourCount)" }

    /// A dash pattern, so that more groups than colours, or no colours at all, can still be told apart.
    var dash: String? {
        switch (index / Self.colourCount + index) % 4 {
        case 1: "6 3"
        case 2: "2 3"
        case 3: "8 3 2 3"
        default: nil
        }
    }
}

/// The values of one metric in one group.
struct Series: Sendable {
    var style: SeriesStyle
    /// Finite values, rising.
    var sortedValues: [Double]

    /// Makes a series; values that are not finite are left out.
    init(_ style: SeriesStyle, values: [Double]) {
        self.style = style
        sortedValues = FloatSort.ascending(values.filter(\.isFinite))
    }

    /// The share of values at or below `value`.
    func share(upTo value: Double) -> Double {
        var (low, high) = (0, sortedValues.count)
        while low < high {
            let middle = (low + high) / 2
            if sortedValues[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return Double(low) / Double(max(sortedValues.count, 1))
    }
}

extension [Series] {
    /// The least and the greatest value of all; `nil` where there is none.
    var extent: ClosedRange<Double>? {
        let lows = compactMap(\.sortedValues.first)
        let highs = compactMap(\.sortedValues.last)
        guard let low = lows.min(), let high = highs.max() else { return nil }
        return low...high
    }
}
