// The generator against its authors' reference outputs, the distributions against their analytic quantiles.

import Testing

@testable import Replayer

@Suite("Random numbers")
struct RandomTests {
    @Test("xoshiro256++ gives the reference outputs from the state 1, 2, 3, 4")
    func referenceOutputs() {
        // The vector that ports of the reference implementation (prng.di.unimi.it) are checked with.
        var generator = SeededGenerator(state: (1, 2, 3, 4))
        let outputs = (0..<6).map { _ in generator.next() }
        #expect(
            outputs == [
                41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386, 9_228_616_714_210_784_205,
                9_973_669_472_204_895_162,
            ]
        )
    }

    @Test("SplitMix64's finalizer gives the reference outputs of seed 1234567")
    func splitMixOutputs() {
        var counter: UInt64 = 1_234_567
        let outputs = (0..<3).map { _ -> UInt64 in
            counter &+= 0x9E37_79B9_7F4A_7C15
            return mix(counter)
        }
        #expect(outputs == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    struct QuantileCase: Sendable, CustomTestStringConvertible {
        var distribution: Distribution
        /// Probability and analytic quantile.
        var quantiles: [(Double, Double)]
        var testDescription: String { "\(distribution)" }
    }

    static let cases: [QuantileCase] = [
        // low + p · (high − low)
        QuantileCase(distribution: .uniform(low: 2, high: 6), quantiles: [(0.1, 2.4), (0.5, 4), (0.9, 5.6)]),
        // median · exp(±1.2815515655 σ): 600 · exp(±0.5126206262)
        QuantileCase(
            distribution: .lognormal(median: 600, sigma: 0.4),
            quantiles: [(0.1, 359.3462), (0.5, 600), (0.9, 1001.8194)]
        ),
        // Shape 1 is the exponential: −scale · ln(1 − p)
        QuantileCase(
            distribution: .gamma(shape: 1, scale: 10),
            quantiles: [(0.1, 1.0536052), (0.5, 6.9314718), (0.9, 23.0258509)]
        ),
        // Shape 2 (Erlang): the roots of 1 − e^−x (1 + x) = p
        QuantileCase(
            distribution: .gamma(shape: 2, scale: 1),
            quantiles: [(0.1, 0.5318116), (0.5, 1.6783470), (0.9, 3.8897202)]
        ),
        // Shape 1/2, scale 2 is χ² with one degree of freedom: the squares of z = 0.1256613, 0.6744898, 1.6448536
        QuantileCase(
            distribution: .gamma(shape: 0.5, scale: 2),
            quantiles: [(0.1, 0.0157908), (0.5, 0.4549364), (0.9, 2.7055435)]
        ),
        // Linear between 1, 2, 4 and 8 at probabilities 0, 1/3, 2/3, 1
        QuantileCase(
            distribution: .empirical(values: [1, 2, 4, 8]),
            quantiles: [(1.0 / 6, 1.5), (0.5, 3), (5.0 / 6, 6)]
        ),
    ]

    @Test("samples fall below an analytic quantile as often as its probability says", arguments: cases)
    func quantiles(_ item: QuantileCase) {
        let n = 20_000
        var generator = SeededGenerator(seed: 42)
        let sample = (0..<n).map { _ in item.distribution.sample(&generator) }
        for (probability, quantile) in item.quantiles {
            let share = Double(sample.filter { $0 <= quantile }.count) / Double(n)
            // Four standard errors of a binomial share.
            let tolerance = 4 * (probability * (1 - probability) / Double(n)).squareRoot()
            #expect(abs(share - probability) < tolerance, "\(item.distribution) at \(probability): \(share)")
        }
    }

    @Test("whole numbers keep the mean of a distribution, and a constant whole number stays itself")
    func counts() {
        var generator = SeededGenerator(seed: 1)
        #expect((0..<100).allSatisfy { _ in Distribution.constant(3).sampleCount(atLeast: 1, &generator) == 3 })
        let n = 20_000
        let sum = (0..<n).reduce(0) { sum, _ in
            sum + Distribution.constant(1.4).sampleCount(atLeast: 1, &generator)
        }
        // Four standard errors: a Bernoulli variable of p = 0.4 has the deviation √0.24.
        #expect(abs(Double(sum) / Double(n) - 1.4) < 4 * (0.24 / Double(n)).squareRoot())
    }

    @Test("request ids are version 4 UUIDs, and differ")
    func identifiers() {
        var generator = SeededGenerator(seed: 9)
        let ids = (0..<100).map { _ in RequestIdentifier.next(&generator) }
        #expect(Set(ids).count == 100)
        for id in ids {
            let parts = id.split(separator: "-")
            #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
            #expect(parts[2].first == "4")
            #expect("89ab".contains(parts[3].prefix(1)))
        }
    }
}
