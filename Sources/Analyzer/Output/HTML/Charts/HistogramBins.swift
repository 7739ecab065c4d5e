// Shares of values by bins that several groups share (Freedman and Diaconis 1981 for the width).

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
