// A bootstrap whose replicates add up over machines: each time block draws its own Poisson(1) weights from its key
// (Chamandy, Muralidharan, Najmi and Naidu 2012; Hanley and MacGibbon 2006).

/// Replicates of statistics over mergeable time blocks.
///
/// A block's weights depend on seed, label and the block's number only, so any partition of the blocks over files, machines
/// or threads gives the same replicates.
package struct PoissonBootstrap: Sendable {
    private struct Block: Sendable {
        let number: Int
        let bins: [(place: Int, count: Int)]
        let total: Int
    }

    package let plan: ResamplingPlan
    private let blocks: [Block]
    /// The middles of all bins that occur, ascending.
    private let middles: [Double]

    /// Orders the blocks and their bins.
    ///
    /// - Parameters:
    ///   - histograms: The counts of each time block, by the block's number.
    ///   - plan: Replicates, and the key whose label names group and metric.
    package init(_ histograms: [Int: LogHistogram], plan: ResamplingPlan) {
        self.plan = plan
        let bins = Set(histograms.values.flatMap { $0.counts.keys }).sorted()
        let places = Dictionary(uniqueKeysWithValues: bins.enumerated().map { ($1, $0) })
        middles = bins.map { LogHistogram.middle(ofBin: $0) }
        blocks = histograms.keys.sorted().compactMap { number in
            guard let histogram = histograms[number], histogram.count > 0 else { return nil }
            let entries = histogram.counts.keys.sorted().map { (places[$0] ?? 0, histogram.counts[$0] ?? 0) }
            return Block(number: number, bins: entries, total: histogram.count)
        }
    }

    /// The number of values in all blocks.
    package var count: Int { blocks.reduce(0) { $0 + $1.total } }

    /// The weight of a block in each replicate, Poisson-distributed with mean 1.
    package static func weights(block: Int, key: RandomKey, replicates: Int) -> [UInt8] {
        var stream = key.stream(replicate: UInt64(bitPattern: Int64(block)))
        return (0..<replicates).map { _ in poisson(stream.next()) }
    }

    /// ⌊2⁶⁴ P(Poisson(1) ≤ k)⌋ for k = 0, 1, …: the inverse needs no logarithm.
    private static let cumulative: [UInt64] = [
        0x5E2D_58D8_B3BC_DF1A, 0xBC5A_B1B1_6779_BE35, 0xEB71_5E1D_C158_2DC2, 0xFB23_9797_34A2_52F1,
        0xFF10_25F5_9174_DC3D, 0xFFD9_0F3B_A405_5E19, 0xFFFA_8B71_FC72_C913, 0xFFFF_540C_0914_B3C9,
        0xFFFF_ED1F_4AA8_F120, 0xFFFF_FE21_6E64_1462, 0xFFFF_FFD4_D85D_3183, 0xFFFF_FFFC_6DA2_62B4,
        0xFFFF_FFFF_BA12_D178, 0xFFFF_FFFF_FB07_C64C, 0xFFFF_FFFF_FFAB_8EA5, 0xFFFF_FFFF_FFFA_BE22,
        0xFFFF_FFFF_FFFF_B11A, 0xFFFF_FFFF_FFFF_FBA1, 0xFFFF_FFFF_FFFF_FFC5, 0xFFFF_FFFF_FFFF_FFFD,
    ]

    static func poisson(_ uniform: UInt64) -> UInt8 {
        var k = 0
        while k < cumulative.count, uniform >= cumulative[k] { k += 1 }
        return UInt8(k)
    }

    /// Each statistic with the percentile interval of its replicates.
    ///
    /// - Parameters:
    ///   - statistics: What to compute.
    ///   - confidence: The two-sided level.
    /// - Returns: One estimate per statistic, good to half a bin's width; one block alone has no interval.
    package func estimates(_ statistics: [ResampledStatistic], confidence: Double) -> [Estimate] {
        guard !blocks.isEmpty else {
            return statistics.map { _ in Estimate(value: nil, count: 0, flags: [.noData]) }
        }
        let width = statistics.count
        let once = [UInt8](repeating: 1, count: blocks.count)
        var counts = [Int](repeating: 0, count: middles.count)
        let values = evaluate(statistics, weights: once, counts: &counts)
        guard blocks.count > 1 else {
            return values.map { Estimate(value: $0, count: count, flags: [.endNotIdentified]) }
        }
        let weights = blocks.map { Self.weights(block: $0.number, key: plan.key, replicates: plan.replicates) }
        let flat = Parallel.fill(count: plan.replicates, width: width, threads: plan.threads) { range, slots in
            var counts = [Int](repeating: 0, count: middles.count)
            for replicate in range {
                let drawn = evaluate(statistics, weights: weights.map { $0[replicate] }, counts: &counts)
                for index in 0..<width { slots[replicate * width + index] = drawn[index] }
            }
        }
        return statistics.indices.map { index in
            let drawn = (0..<plan.replicates).map { flat[$0 * width + index] }
            let law = BootstrapDistribution(estimate: values[index], replicates: drawn)
            let dropped = drawn.count - law.sorted.count
            return Estimate(
                value: values[index],
                interval: law.percentile(confidence: confidence),
                method: .poissonBlocks,
                standardError: law.standardError,
                count: count,
                flags: (dropped > 0 ? [.droppedReplicates(dropped)] : [])
                    + (blocks.count < 30 ? [.fewEffectivePeriods] : [])
            )
        }
    }

    /// The statistics under block weights; NaN where all weights are zero.
    private func evaluate(_ statistics: [ResampledStatistic], weights: [UInt8], counts: inout [Int]) -> [Double] {
        for place in counts.indices { counts[place] = 0 }
        var total = 0
        for (block, weight) in zip(blocks, weights) where weight > 0 {
            total += Int(weight) * block.total
            for bin in block.bins { counts[bin.place] += Int(weight) * bin.count }
        }
        guard total > 0 else { return statistics.map { _ in .nan } }
        return statistics.map { statistic in
            switch statistic {
            case .mean:
                return zip(counts, middles).reduce(0) { $0 + Double($1.0) * $1.1 } / Double(total)
            case .quantile(let p):
                guard p >= 0, p <= 1 else { return .nan }
                return Quantile.Position(count: total, p: p).value { rank in order(rank, counts) }
            }
        }
    }

    /// The middle of the bin that holds the value of a rank, from 1.
    private func order(_ rank: Int, _ counts: [Int]) -> Double {
        var cumulative = 0
        for (place, count) in counts.enumerated() {
            cumulative += count
            if cumulative >= rank { return middles[place] }
        }
        return middles[middles.count - 1]
    }
}
