// The distributions that a scenario may name, and how they are sampled.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A distribution of non-negative numbers.
package enum Distribution: Hashable, Sendable {
    /// Always `value`.
    case constant(Double)
    /// Uniform from `low` to `high`.
    case uniform(low: Double, high: Double)
    /// exp of a normal variable: half of the values are below `median`; `sigma` is the standard deviation of the logarithm.
    case lognormal(median: Double, sigma: Double)
    /// Gamma with mean `shape · scale`.
    case gamma(shape: Double, scale: Double)
    /// Linear between the order statistics of a sample (Hyndman–Fan type 7); `values` ascend and are not empty.
    case empirical(values: [Double])

    /// Draws one value.
    package func sample(_ generator: inout SeededGenerator) -> Double {
        switch self {
        case .constant(let value): return value
        case .uniform(let low, let high): return low + (high - low) * generator.unitInterval()
        case .lognormal(let median, let sigma): return median * exp(sigma * Self.normal(&generator))
        case .gamma(let shape, let scale): return scale * Self.gamma(shape: shape, &generator)
        case .empirical(let values):
            let position = generator.unitInterval() * Double(values.count - 1)
            let below = Int(position)
            guard below + 1 < values.count else { return values[values.count - 1] }
            return values[below] + (values[below + 1] - values[below]) * (position - Double(below))
        }
    }

    /// Draws a whole number of at least `minimum`, rounding up or down at random so that the mean is kept.
    package func sampleCount(atLeast minimum: Int, _ generator: inout SeededGenerator) -> Int {
        let value = sample(&generator)
        let whole = value.rounded(.down)
        let fraction = value - whole
        let roundedUp = fraction > 0 && generator.unitInterval() < fraction
        // Beyond this no answer is sent anyway, and the conversion stays defined.
        return max(minimum, Int(min(whole, 1e9)) + (roundedUp ? 1 : 0))
    }

    /// A standard normal variable (Box and Muller 1958; the second of the pair is left).
    private static func normal(_ generator: inout SeededGenerator) -> Double {
        let radius = (-2 * log(generator.unitInterval())).squareRoot()
        return radius * cos(2 * .pi * generator.unitInterval())
    }

    /// A gamma variable of scale 1 (Marsaglia and Tsang 2000; below shape 1 their section 6).
    private static func gamma(shape: Double, _ generator: inout SeededGenerator) -> Double {
        if shape < 1 {
            let boost = pow(generator.unitInterval(), 1 / shape)
            return gamma(shape: shape + 1, &generator) * boost
        }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal(&generator)
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            if log(generator.unitInterval()) < x * x / 2 + d - d * v + d * log(v) { return d * v }
        }
    }
}
