// Sums, means and spreads that keep their digits (Neumaier 1974 for the sum; two-pass variance, Chan, Golub and LeVeque 1983).

/// Moments of plain arrays; every function returns `nil` where the statistic does not exist.
package enum Moments {
    /// The compensated sum of the values.
    package static func sum(_ values: [Double]) -> Double {
        var sum = 0.0
        var compensation = 0.0
        for value in values {
            let next = sum + value
            compensation += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
            sum = next
        }
        // A sum that left the range has no compensation worth adding.
        return compensation.isFinite ? sum + compensation : sum
    }

    /// The arithmetic mean; `nil` for an empty array.
    package static func mean(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let total = sum(values)
        if total.isFinite { return total / Double(values.count) }
        // Values near the largest number: add their shares instead.
        return sum(values.map { $0 / Double(values.count) })
    }

    /// The sum of squared deviations from the mean, corrected for the mean's own rounding.
    static func squaredDeviations(_ values: [Double], about mean: Double) -> Double {
        var squares = 0.0
        var deviations = 0.0
        for value in values {
            let deviation = value - mean
            squares += deviation * deviation
            deviations += deviation
        }
        return max(0, squares - deviations * deviations / Double(values.count))
    }

    /// The unbiased sample variance; `nil` below two values.
    package static func variance(_ values: [Double]) -> Double? {
        guard values.count >= 2, let mean = mean(values) else { return nil }
        return squaredDeviations(values, about: mean) / Double(values.count - 1)
    }

    /// The sample standard deviation; `nil` below two values.
    package static func standardDeviation(_ values: [Double]) -> Double? {
        guard values.count >= 2, let mean = mean(values) else { return nil }
        let largest = values.reduce(0) { max($0, abs($1 - mean)) }
        guard largest > 0, largest.isFinite else { return largest == 0 ? 0 : nil }
        // Squares of very small or very large deviations leave the range, so scale those first.
        let scale = largest < 1e-140 || largest > 1e140 ? largest : 1
        let scaled = scale == 1 ? values : values.map { ($0 - mean) / scale }
        let squares = squaredDeviations(scaled, about: scale == 1 ? mean : 0)
        return (squares / Double(values.count - 1)).squareRoot() * scale
    }

    /// The geometric mean; `nil` when a value is not above zero.
    package static func geometricMean(_ values: [Double]) -> Double? {
        guard !values.isEmpty, values.allSatisfy({ $0 > 0 }) else { return nil }
        return mean(values.map { Elementary.log($0) }).map { Elementary.exp($0) }
    }

    /// The raw median absolute deviation from the median, not scaled to the normal; `nil` for an empty array.
    package static func medianAbsoluteDeviation(_ values: [Double]) -> Double? {
        guard let median = Quantile.value(sorted: FloatSort.ascending(values), p: 0.5) else { return nil }
        return Quantile.value(sorted: FloatSort.ascending(values.map { abs($0 - median) }), p: 0.5)
    }
}
