// Resampling that follows the design: whole prompts, blocks of rounds, or both at once (Künsch 1989 and Politis and Romano 1992
// for circular blocks; Politis and Romano 1994 for the stationary bootstrap; Owen 2007 for the pigeonhole bootstrap).

/// What is drawn with replacement.
package enum ResamplingScheme: Equatable, Sendable {
    /// Whole prompts with all their rounds.
    case promptClusters
    /// Blocks of that many consecutive rounds on a circle.
    case circularBlocks(length: Int)
    /// Blocks of geometric length with that mean, on a circle.
    case stationary(meanLength: Double)
    /// Prompts, and independently of them circular blocks of that many rounds.
    case pigeonhole(length: Int)

    var method: IntervalMethod {
        switch self {
        case .promptClusters: .promptBootstrap
        case .circularBlocks: .circularBlockBootstrap
        case .stationary: .stationaryBootstrap
        case .pigeonhole: .pigeonholeBootstrap
        }
    }

    var drawsPrompts: Bool {
        switch self {
        case .promptClusters, .pigeonhole: true
        case .circularBlocks, .stationary: false
        }
    }

    var drawsRounds: Bool { self != .promptClusters }
}

/// A statistic that follows from how often each observation was drawn.
package enum ResampledStatistic: Equatable, Sendable {
    case mean
    /// The type-7 quantile at a probability.
    case quantile(Double)
}

/// Replicates of statistics under a design-aware scheme.
///
/// The multiplicities of prompts and rounds depend on plan, scheme and the numbers of prompts and rounds only, so two arms
/// with one layout are resampled alike.
package struct DesignBootstrap: Sendable {
    package let layout: RecordingLayout
    package let scheme: ResamplingScheme
    package let plan: ResamplingPlan

    package init(layout: RecordingLayout, scheme: ResamplingScheme, plan: ResamplingPlan) {
        self.layout = layout
        self.scheme = scheme
        self.plan = plan
    }

    /// How often each prompt and each round occurs in one replicate.
    package func multiplicities(replicate: Int) -> (prompts: [Int], rounds: [Int]) {
        var stream = plan.key.stream(replicate: UInt64(replicate))
        var prompts = [Int](repeating: scheme.drawsPrompts ? 0 : 1, count: layout.promptCount)
        var rounds = [Int](repeating: scheme.drawsRounds ? 0 : 1, count: layout.roundCount)
        if scheme.drawsPrompts {
            for _ in 0..<layout.promptCount {
                prompts[stream.index(below: UInt64(layout.promptCount))] += 1
            }
        }
        switch scheme {
        case .promptClusters: break
        case .circularBlocks(let length), .pigeonhole(let length):
            drawCircular(max(length, 1), &rounds, &stream)
        case .stationary(let meanLength):
            drawStationary(1 / max(meanLength, 1), &rounds, &stream)
        }
        return (prompts, rounds)
    }

    private func drawCircular(_ length: Int, _ rounds: inout [Int], _ stream: inout RandomStream) {
        let count = rounds.count
        var left = count
        while left > 0 {
            let start = stream.index(below: UInt64(count))
            for step in 0..<min(length, left) { rounds[(start + step) % count] += 1 }
            left -= length
        }
    }

    private func drawStationary(_ stop: Double, _ rounds: inout [Int], _ stream: inout RandomStream) {
        let count = rounds.count
        guard count > 0 else { return }
        var position = stream.index(below: UInt64(count))
        rounds[position] += 1
        for _ in 1..<max(count, 1) {
            if stream.unit() < stop {
                position = stream.index(below: UInt64(count))
            } else {
                position = position + 1 == count ? 0 : position + 1
            }
            rounds[position] += 1
        }
    }

    /// The replicates of each statistic, in the order of their numbers; NaN where a replicate drew no observation.
    ///
    /// - Parameters:
    ///   - values: Observations without NaN, parallel to the layout; +∞ for censored ones.
    ///   - statistics: What to compute of each replicate.
    /// - Returns: One array per statistic.
    package func replicates(of values: [Double], _ statistics: [ResampledStatistic]) -> [[Double]] {
        guard values.count == layout.count, !values.isEmpty, !statistics.isEmpty else {
            return statistics.map { _ in [] }
        }
        let counter = WeightedStatistics(values, layout, scheme, statistics)
        let width = statistics.count
        let flat = Parallel.fill(count: plan.replicates, width: width, threads: plan.threads) { range, slots in
            var weights = [Int](repeating: 0, count: counter.unitCount)
            for replicate in range {
                let drawn = multiplicities(replicate: replicate)
                counter.write(drawn.prompts, drawn.rounds, &weights) { index, value in
                    slots[replicate * width + index] = value
                }
            }
        }
        return (0..<width).map { index in (0..<plan.replicates).map { flat[$0 * width + index] } }
    }

    /// A statistic with the percentile interval of its replicates.
    package func estimate(of values: [Double], _ statistic: ResampledStatistic, confidence: Double) -> Estimate {
        estimates(of: values, [statistic], confidence: confidence)[0]
    }

    /// Statistics with the percentile intervals of their replicates, all from the same draws.
    ///
    /// - Parameters:
    ///   - values: Observations without NaN, parallel to the layout; +∞ for censored ones.
    ///   - statistics: What to estimate.
    ///   - confidence: The two-sided level.
    /// - Returns: One estimate per statistic.
    package func estimates(
        of values: [Double],
        _ statistics: [ResampledStatistic],
        confidence: Double
    ) -> [Estimate] {
        let sorted = FloatSort.ascending(values)
        let drawn = replicates(of: values, statistics)
        return zip(statistics, drawn).map { statistic, drawn in
            let value: Double? =
                switch statistic {
                case .mean: Moments.mean(values)
                case .quantile(let p): Quantile.value(sorted: sorted, p: p)
                }
            guard let value, values.count == layout.count else {
                return Estimate(value: nil, count: values.count, flags: [.noData])
            }
            let law = BootstrapDistribution(estimate: value, replicates: drawn)
            var result = Estimate(
                value: value,
                interval: law.percentile(confidence: confidence),
                method: scheme.method,
                standardError: law.standardError,
                count: values.count
            )
            let dropped = drawn.count - law.sorted.count
            if dropped > 0 { result.flags.append(.droppedReplicates(dropped)) }
            if law.isDegenerate { result.flags.append(.degenerate) }
            return result
        }
    }
}

/// Statistics from multiplicities: observations that are always drawn together share one unit.
private struct WeightedStatistics: Sendable {
    private struct Unit: Sendable {
        var prompt: Int
        var round: Int
        var sum: Double
        var count: Int
    }

    private var units: [Unit] = []
    /// The unit of each observation, in the order of the values.
    private var unitOfSorted: [Int32] = []
    private let sorted: [Double]
    private let statistics: [ResampledStatistic]
    /// The quantiles' places among the statistics, by rising probability, so that one pass serves all.
    private let quantiles: [(index: Int, p: Double)]

    var unitCount: Int { units.count }

    init(
        _ values: [Double],
        _ layout: RecordingLayout,
        _ scheme: ResamplingScheme,
        _ statistics: [ResampledStatistic]
    ) {
        self.statistics = statistics
        quantiles = statistics.enumerated().compactMap { index, statistic in
            if case .quantile(let p) = statistic { (index, p) } else { nil }
        }.sorted { $0.p < $1.p }
        var numbers: [Int: Int] = [:]
        var unitOf: [Int32] = []
        unitOf.reserveCapacity(values.count)
        for i in values.indices {
            let prompt = scheme.drawsPrompts ? layout.prompts[i] : 0
            let round = scheme.drawsRounds ? layout.rounds[i] : 0
            let key = prompt * (layout.roundCount + 1) + round
            let number = numbers[key, default: units.count]
            if number == units.count {
                numbers[key] = number
                units.append(Unit(prompt: prompt, round: round, sum: 0, count: 0))
            }
            units[number].sum += values[i]
            units[number].count += 1
            unitOf.append(Int32(number))
        }
        let order = quantiles.isEmpty ? [] : values.indices.sorted { values[$0] < values[$1] }
        sorted = order.map { values[$0] }
        unitOfSorted = order.map { unitOf[$0] }
    }

    /// Computes all statistics of one replicate and hands each to `emit` with its place.
    func write(_ prompts: [Int], _ rounds: [Int], _ weights: inout [Int], _ emit: (Int, Double) -> Void) {
        var total = 0
        var sum = 0.0
        for (number, unit) in units.enumerated() {
            let weight = prompts[unit.prompt] * rounds[unit.round]
            weights[number] = weight
            total += weight * unit.count
            if weight > 0 { sum += Double(weight) * unit.sum }
        }
        for (index, statistic) in statistics.enumerated() where statistic == .mean {
            emit(index, total > 0 ? sum / Double(total) : .nan)
        }
        guard !quantiles.isEmpty else { return }
        guard total > 0 else {
            for quantile in quantiles { emit(quantile.index, .nan) }
            return
        }
        weights.withUnsafeBufferPointer { weights in
            unitOfSorted.withUnsafeBufferPointer { unitOf in
                var next = 0
                var cumulative = 0
                for (index, p) in quantiles {
                    let position = Quantile.Position(count: total, p: p)
                    while cumulative < position.rank {
                        cumulative += weights[Int(unitOf[next])]
                        next += 1
                    }
                    let low = sorted[next - 1]
                    guard position.fraction > 0, cumulative < position.rank + 1 else {
                        emit(index, low)
                        continue
                    }
                    // The next observation that was drawn at all; the pass itself stays where it is for the next quantile.
                    var upper = next
                    while weights[Int(unitOf[upper])] == 0 { upper += 1 }
                    emit(index, Quantile.interpolate(low, sorted[upper], position.fraction))
                }
            }
        }
    }
}
