// Brute-force resampling of independent observations: one random stream per replicate, sums from left to right
// (Efron 1979; the streams are those of docs/statistics.md).

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
                let bound = UInt64(x.count)
                for replicate in range {
                    var stream = plan.key.stream(replicate: UInt64(replicate))
                    var sum = 0.0
                    for _ in 0..<x.count {
                        sum += x[stream.index(below: bound)]
                    }
                    slots[replicate] = sum / Double(x.count)
                }
            }
        }
    }

    /// The replicates of any statistic, in the order of their numbers; empty for a `count` of 0.
    ///
    /// - Parameters:
    ///   - count: The number of observations, and of draws.
    ///   - plan: Replicates and streams; the draws are those of `means`.
    ///   - statistic: The statistic of the observations at the drawn indices.
    /// - Returns: One value per replicate.
    package static func replicates(
        ofSize count: Int,
        plan: ResamplingPlan,
        statistic: @Sendable (_ drawn: [Int]) -> Double
    ) -> [Double] {
        guard count > 0 else { return [] }
        return Parallel.fill(count: plan.replicates, threads: plan.threads) { range, slots in
            var drawn = [Int](repeating: 0, count: count)
            for replicate in range {
                var stream = plan.key.stream(replicate: UInt64(replicate))
                for i in 0..<count { drawn[i] = stream.index(below: UInt64(count)) }
                slots[replicate] = statistic(drawn)
            }
        }
    }
}
