// What the charts draw: named groups of numbers, each with a colour of its own.

/// The values of one metric in one group.
struct Series: Sendable {
    /// The group's name as the tables write it.
    var name: String
    /// The group's place in the legend, which also chooses its colour.
    var index: Int
    /// Finite values, rising.
    var sortedValues: [Double]

    /// Makes a series; values that are not finite are left out.
    init(name: String, index: Int, values: [Double]) {
        self.name = name
        self.index = index
        sortedValues = values.filter(\.isFinite).sorted()
    }

    /// The class that carries the colour.
    var colourClass: String { "series s\(index % Series.colourCount)" }

    /// How many colours there are before they repeat (with another dash).
    static let colourCount = 8

    /// A dash pattern, so that more groups than colours, or no colours at all, can still be told apart.
    var dash: String? {
        switch (index / Series.colourCount + index) % 4 {
        case 1: "6 3"
        case 2: "2 3"
        case 3: "8 3 2 3"
        default: nil
        }
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
