// Hygiene, moments, quantiles and their order-statistic intervals against R, numpy, Hmisc and scipy.

import Testing

@testable import Analyzer

@Suite("descriptive statistics", .enabled(if: Oracle.isPresent, Oracle.absent))
struct DescriptiveOracleTests {
    @Test("counts and moments agree with numpy", arguments: Oracle.datasets)
    func moments(name: String) {
        let reference = Oracle.root["datasets"][name]
        let sample = Sample(reference["x"].numbers)
        #expect(sample.finiteCount == reference["n_finite"].int)
        #expect(sample.notANumberCount == reference["n_nan"].int)
        #expect(sample.infiniteCount == reference["n_inf"].int)
        #expect(agrees(Moments.mean(sample.values), reference["mean"].number, relative: 1e-15))
        // numpy does not correct for its rounded mean, which costs digits where the mean is 1e12 times the spread.
        let tolerance = name == "offset_1e9" ? 1e-8 : 1e-12
        #expect(agrees(Moments.standardDeviation(sample.values), reference["sd"].number, relative: tolerance))
        #expect(sample.sorted.first == reference["min"].number)
        #expect(sample.sorted.last == reference["max"].number)
        #expect(agrees(Moments.geometricMean(sample.values), reference["geomean"].number, relative: 1e-12))
        #expect(agrees(Moments.medianAbsoluteDeviation(sample.values), reference["mad_raw"].number, relative: 1e-9))
    }

    @Test("type-7 quantiles agree with numpy and R", arguments: Oracle.datasets)
    func type7(name: String) throws {
        let reference = Oracle.root["datasets"][name]
        let sample = Sample(reference["x"].numbers)
        for key in reference["quantile_type7"].keys {
            let p = try #require(Double(key))
            let value = Quantile.value(sorted: sample.sorted, p: p)
            #expect(agrees(value, reference["quantile_type7"][key].number, relative: 4e-15), "p = \(p)")
        }
    }

    @Test("all nine definitions agree with R", arguments: QuantileDefinition.allCases)
    func types(definition: QuantileDefinition) throws {
        var compared = 0
        for name in Oracle.datasets {
            let reference = Oracle.root["datasets"][name]
            let table = reference["quantile_types"][String(definition.rawValue)]
            let sample = Sample(reference["x"].numbers)
            for key in table.keys {
                let p = try #require(Double(key))
                let value = Quantile.value(sorted: sample.sorted, p: p, definition: definition)
                #expect(agrees(value, table[key].number, relative: 1e-13), "\(name), p = \(p)")
                compared += 1
            }
        }
        #expect(compared >= 80)
    }

    @Test("Harrell-Davis agrees with Hmisc", arguments: Oracle.datasets)
    func harrellDavis(name: String) throws {
        let reference = Oracle.root["datasets"][name]
        let sample = Sample(reference["x"].numbers)
        for key in reference["harrell_davis"].keys {
            let p = try #require(Double(key))
            let value = Quantile.harrellDavis(sorted: sample.sorted, p: p)
            #expect(agrees(value, reference["harrell_davis"][key].number, relative: 1e-12), "p = \(p)")
        }
    }

    @Test("order-statistic intervals agree with scipy and Nyblom's formula", arguments: Oracle.datasets)
    func intervals(name: String) throws {
        let reference = Oracle.root["datasets"][name]
        let sample = Sample(reference["x"].numbers)
        for key in reference["binom_quantile_ci"].keys {
            let p = try #require(Double(key))
            let expected = reference["binom_quantile_ci"][key]
            let ranks = QuantileInterval.ranks(count: sample.count, p: p, confidence: 0.95)
            #expect(ranks.low == expected["rank_lo"].int, "p = \(p)")
            #expect(ranks.high == expected["rank_hi"].int, "p = \(p)")
            #expect(agrees(ranks.coverage, expected["coverage"].number, relative: 1e-12), "p = \(p)")
            let interval = QuantileInterval.nyblom(sorted: sample.sorted, p: p, confidence: 0.95)
            #expect(agrees(interval.low, expected["nyblom"][0].number, relative: 1e-11), "p = \(p)")
            #expect(agrees(interval.high, expected["nyblom"][1].number, relative: 1e-11), "p = \(p)")
        }
    }

    @Test("the smallest identifying samples agree", arguments: Oracle.names("min_n_quantile_ci"))
    func minimum(name: String) throws {
        let expected = Oracle.root["min_n_quantile_ci"][name]
        let parts = name.split(whereSeparator: { "=,".contains($0) })
        let p = try #require(Double(parts[1]))
        let confidence = try #require(Double(parts[3]))
        #expect(
            QuantileInterval.minimumSampleSize(p: p, confidence: confidence) == expected["two_sided_equal_tail"].int
        )
        #expect(
            QuantileInterval.minimumSampleSizeForUpperBound(p: p, confidence: confidence)
                == expected["one_sided_upper"].int
        )
    }
}

@Suite("quantiles and their intervals")
struct QuantileTests {
    @Test(
        "an interval exists from the published sample size on, not below",
        arguments: [(0.5, 6), (0.75, 13), (0.9, 36), (0.95, 72), (0.99, 368), (0.999, 3_688)]
    )
    func published(p: Double, n: Int) {
        #expect(QuantileInterval.minimumSampleSize(p: p, confidence: 0.95) == n)
        let enough = (1...n).map { Double($0) }
        #expect(QuantileInterval.nyblom(sorted: enough, p: p, confidence: 0.95).isComplete)
        let short = QuantileInterval.nyblom(sorted: Array(enough.dropLast()), p: p, confidence: 0.95)
        #expect(short.high == nil)
        #expect(short.requiredSampleSize == n)
    }

    @Test("a timeout keeps quantiles below it exact and hides those above")
    func censored() {
        // 9 values and 3 timeouts: the median of 12 lies between the 6th and 7th value, p90 among the timeouts.
        let sample = Sample((1...9).map { Double($0) }, censored: 3)
        #expect(Quantile.value(sorted: sample.sorted, p: 0.5) == 6.5)
        #expect(Quantile.value(sorted: sample.sorted, p: 0.9) == .infinity)
        #expect(QuantileInterval.nyblom(sorted: sample.sorted, p: 0.5, confidence: 0.95).low != nil)
        #expect(QuantileInterval.nyblom(sorted: sample.sorted, p: 0.9, confidence: 0.95).high == nil)
        let law = ExactQuantileBootstrap(sorted: sample.sorted, p: 0.5)
        #expect(law?.percentile(confidence: 0.95).low != nil)
        #expect(law?.percentile(confidence: 0.95).high == nil)
        #expect(law?.standardError == nil)
    }

    @Test("a negative duration is an error that names its place")
    func negative() {
        #expect(throws: SampleError.negativeDuration(index: 1, value: -2)) {
            try Sample(durations: [1, -2, 3])
        }
    }

    @Test("no values, one value and a wrong probability give no quantile and no trap")
    func degenerate() {
        #expect(Quantile.value(sorted: [], p: 0.5) == nil)
        #expect(Quantile.value(sorted: [1], p: 1.5) == nil)
        #expect(Quantile.value(sorted: [1], p: .nan) == nil)
        #expect(Quantile.value(sorted: [7], p: 0.99) == 7)
        #expect(Quantile.harrellDavis(sorted: [], p: 0.5) == nil)
        #expect(QuantileInterval.nyblom(sorted: [], p: 0.5, confidence: 0.95).low == nil)
        #expect(ExactQuantileBootstrap(sorted: [], p: 0.5) == nil)
        #expect(ExactQuantileBootstrap(sorted: [3], p: 0.5)?.percentile(confidence: 0.95).low == 3)
        #expect(Moments.mean([]) == nil)
        #expect(Moments.standardDeviation([1]) == nil)
        #expect(Sample([.nan, .infinity, -.infinity]).count == 0)
    }

    @Test("the sum of numbers of unlike size keeps the small ones")
    func compensated() {
        // Neumaier's example: plain summation gives 0.
        #expect(Moments.sum([1, 1e100, 1, -1e100]) == 2)
    }

    @Test("radix order is the order of the numbers")
    func radix() {
        var stream = RandomKey(seed: 1, label: "sort").stream(replicate: 0)
        var values = (0..<5_000).map { _ in Double(bitPattern: stream.next()) }.filter { !$0.isNaN }
        values += [0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, 1, 1]
        #expect(FloatSort.ascending(values) == values.sorted())
    }
}
