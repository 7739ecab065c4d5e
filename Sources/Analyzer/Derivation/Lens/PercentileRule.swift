// How a tool interpolates its percentiles.

/// A definition of point percentiles.
package enum PercentileRule: Sendable {
    /// One of Hyndman and Fan's nine.
    case hyndmanFan(QuantileDefinition)
    /// Python's `statistics.quantiles(…, n=100)` in its exclusive default, which goes on beyond the extremes where a
    /// sample is small.
    case pythonExclusive
    /// Harrell and Davis's weighted mean of all order statistics; pooled gaps have type 7 instead.
    case harrellDavis

    /// What `--quantiles` understands.
    package static let names = (1...9).map { "\($0)" } + ["harrell-davis"]

    /// The definition of that name: a number of Hyndman and Fan, or `harrell-davis`.
    package init?(_ name: String) {
        if name == "harrell-davis" {
            self = .harrellDavis
        } else if let definition = Int(name).flatMap(QuantileDefinition.init(rawValue:)) {
            self = .hyndmanFan(definition)
        } else {
            return nil
        }
    }

    /// The nearest of Hyndman and Fan's definitions.
    var definition: QuantileDefinition {
        switch self {
        case .hyndmanFan(let definition): definition
        case .pythonExclusive: .type6
        case .harrellDavis: .type7
        }
    }

    /// Whether it is none of Hyndman and Fan's, so that only ``value(sorted:p:)`` knows it.
    var isOwn: Bool {
        if case .hyndmanFan = self { false } else { true }
    }

    /// The percentile of ascending, finite values.
    func value(sorted: [Double], p: Double) -> Double? {
        switch self {
        case .hyndmanFan(let definition):
            return Quantile.value(sorted: sorted, p: p, definition: definition)
        case .harrellDavis:
            return Quantile.harrellDavis(sorted: sorted, p: p)
        case .pythonExclusive:
            guard sorted.count > 1 else { return sorted.first }
            let percent = Int((p * 100).rounded())
            guard percent > 0, percent < 100 else { return Quantile.value(sorted: sorted, p: p) }
            let position = percent * (sorted.count + 1)
            let below = min(max(position / 100, 1), sorted.count - 1)
            let beyond = Double(position - below * 100)
            return (sorted[below - 1] * (100 - beyond) + sorted[below] * beyond) / 100
        }
    }
}

extension PercentileRule: CustomStringConvertible {
    package var description: String {
        switch self {
        case .hyndmanFan(let definition): "Quantiles are Hyndman–Fan type \(definition.rawValue)"
        case .harrellDavis: "Quantiles are Harrell and Davis's, those of pooled gaps Hyndman–Fan type 7"
        case .pythonExclusive: "Quantiles are those of Python's statistics.quantiles, exclusive"
        }
    }
}
