// What enters a statistic and what is counted beside it: nothing is dropped silently (docs/statistics.md).

/// Why values cannot be a sample.
package enum SampleError: Error, Equatable, CustomStringConvertible {
    /// A duration below zero: the clock or the derivation is wrong, and no statistic may hide it.
    case negativeDuration(index: Int, value: Double)

    package var description: String {
        switch self {
        case .negativeDuration(let index, let value): "value \(index) is a negative duration: \(value)"
        }
    }
}

/// The finite values of a metric, with a count of everything that is not one.
package struct Sample: Equatable, Sendable {
    /// The finite values in their original order.
    package let values: [Double]
    /// The finite values ascending, then one +∞ for each censored one: what quantile functions take.
    package let sorted: [Double]
    /// How many values were not a number.
    package let notANumberCount: Int
    /// How many values were infinite without being announced as censored.
    package let infiniteCount: Int
    /// How many values are known only to lie above all others, such as timeouts.
    package let censoredCount: Int

    /// The number of finite values.
    package var finiteCount: Int { values.count }

    /// The number of values that quantiles see.
    package var count: Int { sorted.count }

    /// A sample of any values; NaN and ±∞ are set aside and counted.
    ///
    /// - Parameters:
    ///   - values: The observations in their original order.
    ///   - censored: How many further observations are right-censored.
    package init(_ values: [Double], censored: Int = 0) {
        var finite: [Double] = []
        finite.reserveCapacity(values.count)
        var notANumber = 0
        var infinite = 0
        for value in values {
            if value.isFinite {
                finite.append(value)
            } else if value.isNaN {
                notANumber += 1
            } else {
                infinite += 1
            }
        }
        self.values = finite
        notANumberCount = notANumber
        infiniteCount = infinite
        censoredCount = max(censored, 0)
        sorted = FloatSort.ascending(finite) + [Double](repeating: .infinity, count: max(censored, 0))
    }

    /// A sample of durations, which refuses a negative one.
    ///
    /// - Parameters:
    ///   - durations: The observations in any one unit.
    ///   - censored: How many further observations are right-censored.
    /// - Throws: ``SampleError/negativeDuration(index:value:)`` for the first value below zero.
    package init(durations: [Double], censored: Int = 0) throws(SampleError) {
        if let index = durations.firstIndex(where: { $0 < 0 && $0.isFinite }) {
            throw .negativeDuration(index: index, value: durations[index])
        }
        self.init(durations, censored: censored)
    }
}
