// Brute-force resampling of independent observations: one random stream per replicate, sums from left to right
// (Efron 1979; the streams are those of statistics.md S14).

/// How many replicates, from which stream, on how many threads.
package struct ResamplingPlan: Sendable {
    /// The number of replicates, usually 9,999.
    package var replicates: Int
    /// Seed and label of the streams.
    package var key: RandomKey
    /// The number of threads; the result does not depend on it.
    package var threads: Int

    package init(replicates: Int = 9_999, key: RandomKey, threads: Int = 1) {
        self.replicates = max(replicates, 1)
        self.key = key
        self.threads = max(threads, 1)
    }
}

/// The replicates of a statistic and the intervals that are read off them.
package struct BootstrapDistribution: BootstrapLaw {
    /// The statistic of the sample itself.
    package let estimate: Double
    /// The replicates in ascending order.
    package let sorted: [Double]

    package init(estimate: Double, replicates: [Double]) {
        self.estimate = estimate
        sorted = FloatSort.ascending(replicates.filter { !$0.isNaN })
    }

    /// P(θ* < θ) + ½ P(θ* = θ).
    package var probabilityBelowEstimate: Double {
        guard !sorted.isEmpty else { return 0.5 }
        let below = sorted.firstIndexSorted { $0 >= estimate }
        let upTo = sorted.firstIndexSorted { $0 > estimate }
        return Double(below + upTo) / Double(2 * sorted.count)
    }

    /// The standard deviation of the replicates.
    package var standardError: Double? { Moments.standardDeviation(sorted.filter { $0.isFinite }) }

    package var isDegenerate: Bool { sorted.first == sorted.last && sorted.first == estimate }

    /// The type-7 quantile of the replicates.
    package func quantile(level: Double) -> Double? {
        Quantile.value(sorted: sorted, p: level)
    }
}

/// Replicates of statistics of independent observations.
package enum BootstrapReplicates {
    /// The replicate means, in the order of their numbers; empty for no values.
    package static func means(_ values: [Double], plan: ResamplingPlan) -> [Double] {
        guard !values.isEmpty else { return [] }
        return Parallel.fill(count: plan.replicates, threads: plan.threads) { range, slots in
            values.withUnsafeBufferPointer { x in
                var replicate = range.lowerBound
                // Two replicates at a time hide each other's latency; each keeps its own stream and order of summation.
                while replicate + 1 < range.upperBound {
                    let pair = pairOfSums(x, plan.key, UInt64(replicate))
                    slots[replicate] = pair.0 / Double(x.count)
                    slots[replicate + 1] = pair.1 / Double(x.count)
                    replicate += 2
                }
                if replicate < range.upperBound {
                    slots[replicate] = sum(x, plan.key, UInt64(replicate)) / Double(x.count)
                }
            }
        }
    }

    private static func sum(_ x: UnsafeBufferPointer<Double>, _ key: RandomKey, _ replicate: UInt64) -> Double {
        var stream = key.stream(replicate: replicate)
        let bound = UInt64(x.count)
        var sum = 0.0
        for _ in 0..<x.count {
            sum += x[stream.index(below: bound)]
        }
        return sum
    }

    private static func pairOfSums(
        _ x: UnsafeBufferPointer<Double>,
        _ key: RandomKey,
        _ replicate: UInt64
    ) -> (Double, Double) {
        var first = key.stream(replicate: replicate)
        var second = key.stream(replicate: replicate + 1)
        let bound = UInt64(x.count)
        var sums = (0.0, 0.0)
        for _ in 0..<x.count {
            sums.0 += x[first.index(below: bound)]
            sums.1 += x[second.index(below: bound)]
        }
        return sums
    }
}
