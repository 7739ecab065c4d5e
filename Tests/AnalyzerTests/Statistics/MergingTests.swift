// Histograms and replicates that add up over any partition.

import Testing

@testable import Analyzer

@Suite("merging")
struct MergingTests {
    /// 40 blocks of 50 lognormal-like values whose level differs from block to block.
    private static let blocks: [Int: [Double]] = {
        var blocks: [Int: [Double]] = [:]
        for block in 0..<40 {
            var stream = RandomKey(seed: 21, label: "blocks").stream(replicate: UInt64(block))
            let level = 300 * Elementary.exp(0.2 * SpecialFunctions.normalQuantile(stream.unit() + 1e-12))
            blocks[block] = (0..<50).map { _ in
                level * Elementary.exp(0.4 * SpecialFunctions.normalQuantile(stream.unit() + 1e-12))
            }
        }
        return blocks
    }()

    private let plan = ResamplingPlan(replicates: 999, key: RandomKey(seed: 42, label: "group/ttft_ms"))
    private let statistics: [ResampledStatistic] = [.mean, .quantile(0.5), .quantile(0.9)]

    @Test("a bin's middle is within 0.05 % of every value in it", arguments: [1e-9, 0.37, 1, 1.0005, 412.7, 6e4, 1e12])
    func bins(value: Double) throws {
        let bin = try #require(LogHistogram.bin(of: value))
        #expect(abs(LogHistogram.middle(ofBin: bin) / value - 1) < 0.00051)
    }

    @Test("what has no logarithm is counted beside the bins")
    func outside() {
        let histogram = LogHistogram([1, 0, -2, .nan, .infinity, 2])
        #expect(histogram.count == 2)
        #expect(histogram.outsideCount == 4)
    }

    @Test("any partition, any order and any number of threads give the same intervals")
    func partition() {
        let whole = Self.blocks.mapValues { LogHistogram($0) }
        let reference = PoissonBootstrap(whole, plan: plan).estimates(statistics, confidence: 0.95)
        var merged: [Int: LogHistogram] = [:]
        // Seven machines, each with every seventh value, merged from the last to the first.
        for machine in (0..<7).reversed() {
            for (block, values) in Self.blocks {
                let part = LogHistogram(values.enumerated().filter { $0.offset % 7 == machine }.map(\.element))
                merged[block, default: LogHistogram()].merge(part)
            }
        }
        var threaded = plan
        threaded.threads = 2
        #expect(PoissonBootstrap(merged, plan: threaded).estimates(statistics, confidence: 0.95) == reference)
    }

    @Test("the point estimates are the exact ones to a bin's width, the intervals those of resampled blocks")
    func agreement() throws {
        let values = Self.blocks.keys.sorted().flatMap { Self.blocks[$0] ?? [] }
        let layout = RecordingLayout(prompts: values.map { _ in 0 }, rounds: values.indices.map { $0 / 50 })
        let blocks = DesignBootstrap(layout: layout, scheme: .circularBlocks(length: 1), plan: plan)
        let merged = PoissonBootstrap(Self.blocks.mapValues { LogHistogram($0) }, plan: plan)
            .estimates(statistics, confidence: 0.95)
        for (statistic, estimate) in zip(statistics, merged) {
            let exact = blocks.estimate(of: values, statistic, confidence: 0.95)
            #expect(agrees(estimate.value, exact.value, relative: 0.0006))
            // Both standard errors come from 999 replicates, 2.2 % each; Poisson totals add a little.
            #expect(agrees(estimate.standardError, exact.standardError, relative: 0.2))
        }
    }

    @Test("weights have the Poisson law with mean 1")
    func poisson() {
        #expect(PoissonBootstrap.poisson(0) == 0)
        #expect(PoissonBootstrap.poisson(.max) == 20)
        // 2⁶⁴/e = 6786177901268885274.
        #expect(PoissonBootstrap.poisson(6_786_177_901_268_885_273) == 0)
        #expect(PoissonBootstrap.poisson(6_786_177_901_268_885_274) == 1)
        let weights = PoissonBootstrap.weights(block: 3, key: plan.key, replicates: 40_000).map { Double($0) }
        // Five standard errors of a mean and of a variance of 40,000 draws.
        #expect(agrees(Moments.mean(weights), 1, absolute: 0.025))
        #expect(agrees(Moments.variance(weights), 1, absolute: 0.045))
    }

    @Test("no block and one block have no interval")
    func degenerate() {
        #expect(PoissonBootstrap([:], plan: plan).estimates([.mean], confidence: 0.95)[0].flags == [.noData])
        let one = PoissonBootstrap([5: LogHistogram([100])], plan: plan).estimates([.mean], confidence: 0.95)[0]
        #expect(agrees(one.value, 100, relative: 0.0006))
        #expect(one.interval == nil)
    }
}
