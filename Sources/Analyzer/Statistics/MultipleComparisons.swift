// p-values of many comparisons at once (Holm 1979; Benjamini and Hochberg 1995); the family is all verdicts of one report.

/// Adjustments in the order of the input; a NaN stays NaN and does not count.
package enum MultipleComparisons {
    /// Holm's step-down adjustment, which controls the chance of any false claim.
    package static func holm(_ pValues: [Double]) -> [Double] {
        adjust(pValues) { sorted in
            var running = 0.0
            return sorted.enumerated().map { index, p in
                running = max(running, min(1, Double(sorted.count - index) * p))
                return running
            }
        }
    }

    /// Benjamini and Hochberg's q-values, which control the share of false claims.
    package static func benjaminiHochberg(_ pValues: [Double]) -> [Double] {
        adjust(pValues) { sorted in
            var running = 1.0
            var adjusted = sorted
            for index in sorted.indices.reversed() {
                running = min(running, Double(sorted.count) * sorted[index] / Double(index + 1))
                adjusted[index] = running
            }
            return adjusted
        }
    }

    /// The level of each of `count` intervals that hold together with `confidence` (Bonferroni).
    package static func simultaneousConfidence(_ confidence: Double, count: Int) -> Double {
        1 - (1 - confidence) / Double(max(count, 1))
    }

    private static func adjust(_ pValues: [Double], _ rule: ([Double]) -> [Double]) -> [Double] {
        let order = pValues.indices.filter { !pValues[$0].isNaN }.sorted { pValues[$0] < pValues[$1] }
        var adjusted = [Double](repeating: .nan, count: pValues.count)
        for (index, value) in zip(order, rule(order.map { pValues[$0] })) { adjusted[index] = value }
        return adjusted
    }
}
