// Counts in bins of equal ratio, which add up whatever the order in which parts arrive (docs/statistics.md, "Merging";
// Masson, Rim and Lee 2019, DDSketch, for the bins).

/// A mergeable histogram of values above zero; a value is known to half a bin's width, 0.05 %.
package struct LogHistogram: Equatable, Sendable {
    /// The ratio of a bin's upper to its lower bound.
    package static let ratio = 1.001
    private static let logRatio = Elementary.log(ratio)

    /// How many values each bin holds, by the bin's number: ⌊ln x / ln ratio⌋.
    package private(set) var counts: [Int: Int] = [:]
    /// How many values were not finite or not above zero, and so lie in no bin.
    package private(set) var outsideCount = 0

    package init() {}

    package init(_ values: [Double]) {
        for value in values { insert(value) }
    }

    /// The number of values in bins.
    package var count: Int { counts.values.reduce(0, +) }

    /// The bin of a value; `nil` unless it is finite and above zero.
    package static func bin(of value: Double) -> Int? {
        guard value > 0, value.isFinite else { return nil }
        return Int((Elementary.log(value) / logRatio).rounded(.down))
    }

    /// The geometric middle of a bin.
    package static func middle(ofBin bin: Int) -> Double {
        Elementary.exp((Double(bin) + 0.5) * logRatio)
    }

    /// Counts one value.
    package mutating func insert(_ value: Double) {
        guard let bin = Self.bin(of: value) else {
            outsideCount += 1
            return
        }
        add(1, toBin: bin)
    }

    /// Counts `number` values of one bin, as a table of counts brings them.
    package mutating func add(_ number: Int, toBin bin: Int) {
        guard number > 0 else { return }
        counts[bin, default: 0] += number
    }

    /// Adds another part's counts.
    package mutating func merge(_ other: LogHistogram) {
        counts.merge(other.counts, uniquingKeysWith: +)
        outsideCount += other.outsideCount
    }
}
