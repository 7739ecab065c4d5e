// How long a series remembers: automatic block length, long-run variance and effective sample size
// (Politis and White 2004, corrected by Patton, Politis and White 2009; the lag rule is that of Python's `arch`).

/// The memory of a series in time order.
package struct SeriesDependence: Equatable, Sendable {
    /// The mean block length of the stationary bootstrap, not rounded.
    package let stationaryBlock: Double
    /// The block length of the circular block bootstrap, not rounded.
    package let circularBlock: Double
    /// The first lag of the run of insignificant autocorrelations; `nil` if there is none within reach.
    package let insignificantLag: Int?
    /// The last lag that enters the long-run variance.
    package let bandwidth: Int
    /// The sum of all autocovariances under the flat-top window; n times the variance of the mean.
    package let longRunVariance: Double
    /// The autocovariance at lag 0.
    package let variance: Double
    /// How many independent observations would fix the mean as well; at least 2 where n is, at most n.
    package let effectiveSampleSize: Double

    /// Measures the series; `nil` below two values or where one is not finite.
    package init?(_ series: [Double]) {
        let n = series.count
        guard n >= 2, series.allSatisfy({ $0.isFinite }), let mean = Moments.mean(series) else { return nil }
        let size = Double(n)
        let deviations = series.map { $0 - mean }
        let run = max(5, Int(Elementary.log10(size)))
        let farthest = min(Int(size.squareRoot().rounded(.up)) + run, n - 1)
        let threshold = 2 * (Elementary.log10(size) / size).squareRoot()

        // squares[i] is the sum of the first i squared deviations.
        var squares = [0.0]
        for deviation in deviations { squares.append(squares[squares.count - 1] + deviation * deviation) }
        var autocovariance: [Double] = []
        var correlation: [Double] = []
        var firstOfRun: Int?
        for lag in 0...farthest {
            var product = 0.0
            for i in lag..<n { product += deviations[i] * deviations[i - lag] }
            // The rule scales by the two overlapping stretches, each one value shorter than the lag leaves.
            let late = squares[n] - squares[min(lag + 1, n)]
            let early = squares[max(n - lag - 1, 0)]
            autocovariance.append(product / size)
            let scale = (late * early).squareRoot()
            correlation.append(scale > 0 ? abs(product) / scale : .infinity)
            if firstOfRun == nil, lag >= run, correlation[(lag - run)..<lag].allSatisfy({ $0 < threshold }) {
                firstOfRun = lag - run
            }
        }
        insignificantLag = firstOfRun
        bandwidth = min(firstOfRun.map { 2 * max($0, 1) } ?? farthest, farthest)

        var weighted = 0.0
        var total = autocovariance[0]
        for lag in 1...max(bandwidth, 1) where lag < autocovariance.count {
            let ratio = Double(lag) / Double(bandwidth)
            let window = ratio <= 0.5 ? 1 : 2 * (1 - ratio)
            weighted += 2 * window * Double(lag) * autocovariance[lag]
            total += 2 * window * autocovariance[lag]
        }
        variance = autocovariance[0]
        longRunVariance = total
        let longest = min(3 * size.squareRoot(), size / 3).rounded(.up)
        func block(_ constant: Double) -> Double {
            let denominator = constant * total * total
            guard denominator > 0 else { return total == 0 && weighted == 0 ? 1 : longest }
            return min(Elementary.pow(2 * weighted * weighted / denominator * size, 1.0 / 3), longest)
        }
        stationaryBlock = block(2)
        circularBlock = block(4.0 / 3)
        effectiveSampleSize = total > 0 ? min(max(size * autocovariance[0] / total, 2), size) : size
    }

    /// The circular block length to use over `count` rounds: rounded up, at least 1, at most half of them.
    package func circularBlockLength(rounds count: Int) -> Int {
        min(max(Int(circularBlock.rounded(.up)), 1), max(count / 2, 1))
    }
}
