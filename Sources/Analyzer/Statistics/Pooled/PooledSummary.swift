// The summary of gaps pooled over requests, with the request nested in its prompt and round as the unit that varies
// (docs/statistics.md, "Pooled gaps"). A few passes over the gaps, whose number of threads cannot change a digit.

extension SampleSummary {
    /// Summarizes the gaps of requests, in milliseconds.
    ///
    /// - Parameters:
    ///   - lists: The gaps of each request.
    ///   - prompts: The number of each request's prompt.
    ///   - rounds: A number that rises with time, one per request.
    ///   - probabilities: The wanted quantiles.
    ///   - choice: Which intervals to make; gaps always vary by request within its prompt and round, so that of the choices
    ///     only the target counts.
    ///   - definition: The definition of point quantiles; intervals always belong to type 7.
    ///   - confidence: The two-sided level.
    ///   - plan: Replicates, streams and threads.
    package init(
        pooling lists: [GapList],
        prompts: [Int],
        rounds: [Int],
        probabilities: [Double] = [0.5, 0.9, 0.95, 0.99],
        intervals choice: IntervalChoice = .promptsLikeThese,
        definition: QuantileDefinition = .type7,
        confidence: Double,
        plan: ResamplingPlan
    ) {
        let used = lists.indices.filter { lists[$0].count > 0 }
        // Where no request has two gaps, a gap is as good a unit as its request; alike where nothing varies.
        let pool = PooledGaps(used.map { lists[$0] }, threads: plan.threads)
        guard pool.count > used.count, pool.minimum < pool.maximum else {
            self.init(
                Arm(
                    values: used.flatMap { lists[$0].milliseconds },
                    prompts: used.flatMap { [Int](repeating: prompts[$0], count: lists[$0].count) },
                    rounds: used.flatMap { [Int](repeating: rounds[$0], count: lists[$0].count) }
                ),
                probabilities: probabilities,
                intervals: choice,
                definition: definition,
                confidence: confidence,
                plan: plan
            )
            return
        }
        let layout = RecordingLayout(prompts: used.map { prompts[$0] }, rounds: used.map { rounds[$0] })
        let target = choice.pooledTarget
        let periods = layout.effectivePeriods(of: pool.requestMeans)
        let weights = pool.lists.map { Double($0.count) }
        let order = PooledOrder(pool.lists, minimum: pool.minimum, maximum: pool.maximum, threads: plan.threads)
        let mean = pool.mean
        let found = Clustered.finish(
            Estimate(value: mean, count: pool.count),
            DesignError(pool.deviations(from: mean), weights: weights, layout, target, periods: periods),
            confidence: confidence
        )

        let points = PooledQuantiles(order, count: pool.count, probabilities, definition)
        let shares = PooledQuantiles(order, count: pool.count, probabilities, .type7)
        let designs = pool.influences(ofQuantiles: shares).map {
            DesignError($0, weights: weights, layout, target, periods: periods)
        }
        let spans = zip(probabilities, designs).flatMap { p, design in
            let span = design.probabilityInterval(p: p, confidence: confidence)
            return [span?.low, span?.high].compactMap { $0 }.filter { $0 > 0 && $0 < 1 }
        }
        let ends = PooledQuantiles(order, count: pool.count, spans, .type7)
        self.init(
            count: pool.count,
            missingCount: 0,
            infiniteCount: 0,
            censoredCount: 0,
            mean: found.estimate,
            standardDeviation: pool.standardDeviation,
            minimum: GapList.milliseconds(pool.minimum),
            maximum: GapList.milliseconds(pool.maximum),
            quantiles: zip(probabilities, designs).map { p, design in
                let quantile = Estimate(
                    value: points.value(p, definition),
                    count: pool.count,
                    flags: QuantileInterval.sizeFlags(count: pool.count, p: p)
                )
                return (p, Clustered.finish(quantile, design, p: p, confidence: confidence) { ends.value($0) }.estimate)
            },
            target: found.target
        )
    }
}

/// Quantiles of pooled gaps whose order statistics were found together.
struct PooledQuantiles {
    private let count: Int
    private let statistics: [Int: Int64]
    let probabilities: [Double]

    init(_ order: PooledOrder, count: Int, _ probabilities: [Double], _ definition: QuantileDefinition) {
        var ranks: [Int] = []
        for p in probabilities {
            _ = Quantile.value(count: count, p: p, definition: definition) { rank in
                ranks.append(rank)
                return 0
            }
            // The order statistic below, even where the quantile is the one above.
            ranks.append(Quantile.Position(count: count, p: p).rank)
        }
        self.count = count
        self.probabilities = probabilities
        statistics = order.values(ofRanks: ranks)
    }

    /// The quantile in milliseconds.
    func value(_ p: Double, _ definition: QuantileDefinition = .type7) -> Double? {
        Quantile.value(count: count, p: p, definition: definition) { GapList.milliseconds(statistics[$0] ?? 0) }
    }

    /// The largest order statistic, in nanoseconds, that is not above the type-7 quantile.
    func threshold(_ p: Double) -> Int64 {
        let position = Quantile.Position(count: count, p: p)
        let below = statistics[position.rank] ?? 0
        guard position.fraction > 0, let above = statistics[position.rank + 1], let quantile = value(p) else {
            return below
        }
        return quantile >= GapList.milliseconds(above) ? above : below
    }
}

/// The gaps of requests that have any, and sums over them.
struct PooledGaps: Sendable {
    let lists: [GapList]
    private let threads: Int
    let count: Int
    /// In nanoseconds; both 0 where there is no gap.
    let minimum: Int64
    let maximum: Int64
    /// Milliseconds.
    let mean: Double
    /// Nanoseconds, request by request.
    private let sums: [Double]

    init(_ lists: [GapList], threads: Int) {
        self.lists = lists
        self.threads = threads
        count = lists.reduce(0) { $0 + $1.count }
        let block = 4096
        let parts = Parallel.map(count: (lists.count + block - 1) / block, threads: threads) { part in
            var low = Int64.max
            var high = Int64.min
            var sums: [Double] = []
            sums.reserveCapacity(block)
            for list in lists[(part * block)..<min((part + 1) * block, lists.count)] {
                // Successive gaps add up to the time between two stamps, which fits.
                var sum: Int64 = 0
                list.forEach { gap in
                    low = min(low, gap)
                    high = max(high, gap)
                    sum &+= gap
                }
                sums.append(Double(sum))
            }
            return (low: low, high: high, sums: sums)
        }
        minimum = parts.map(\.low).min() ?? 0
        maximum = parts.map(\.high).max() ?? 0
        sums = parts.flatMap(\.sums)
        mean = count > 0 ? Moments.sum(sums) / Double(count) / 1e6 : 0
    }

    /// Each request's mean gap, in milliseconds.
    var requestMeans: [Double] {
        zip(lists, sums).map { list, sum in sum / 1e6 / Double(list.count) }
    }

    /// Each request's sum of gaps less as many means, in milliseconds.
    func deviations(from mean: Double) -> [Double] {
        zip(lists, sums).map { list, sum in sum / 1e6 - Double(list.count) * mean }
    }

    /// The sample standard deviation in milliseconds, two-pass.
    var standardDeviation: Double? {
        guard count > 1 else { return nil }
        let mean = mean
        let lists = lists
        let squares = Parallel.fill(count: lists.count, threads: threads) { range, slots in
            for index in range {
                var sum = 0.0
                lists[index].forEach { gap in
                    let deviation = GapList.milliseconds(gap) - mean
                    sum += deviation * deviation
                }
                slots[index] = sum
            }
        }
        return (Moments.sum(squares) / Double(count - 1)).squareRoot()
    }

    /// For each quantile, each request's sum of 1{gap ≤ quantile} less the share of all gaps there.
    func influences(ofQuantiles quantiles: PooledQuantiles) -> [[Double]] {
        let thresholds = quantiles.probabilities.map(quantiles.threshold)
        let width = thresholds.count
        let lists = lists
        let below = Parallel.fill(count: lists.count, width: width, threads: threads) { range, slots in
            for index in range {
                for (place, threshold) in thresholds.enumerated() {
                    var count = 0
                    lists[index].forEach { gap in count &+= gap <= threshold ? 1 : 0 }
                    slots[index * width + place] = Double(count)
                }
            }
        }
        return (0..<width).map { place in
            let counts = lists.indices.map { below[$0 * width + place] }
            let share = counts.reduce(0, +) / Double(count)
            return zip(counts, lists).map { $0 - share * Double($1.count) }
        }
    }
}
