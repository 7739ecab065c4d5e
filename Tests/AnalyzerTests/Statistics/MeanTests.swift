// Intervals for a mean against exact laws, scipy's acceptance bands, R's studentized bootstrap and Student's t.

import Testing

@testable import Analyzer

/// The smallest step of the exact law: what a continuous approximation of it may be off by.
private func atomSpacing(_ values: [Double]) -> Double {
    let distinct = Set(values).sorted()
    guard let low = distinct.first, let high = distinct.last, distinct.count > 1 else { return 0 }
    var smallest = high - low
    for (a, b) in zip(distinct, distinct.dropFirst()) { smallest = min(smallest, b - a) }
    return smallest / Double(values.count)
}

private let plan = ResamplingPlan(key: RandomKey(seed: 42, label: "test/mean"))

@Suite("intervals for a mean", .enabled(if: Oracle.isPresent, Oracle.absent))
struct MeanOracleTests {
    @Test("Student's interval agrees with scipy", arguments: Oracle.datasets)
    func student(name: String) {
        let reference = Oracle.root["datasets"][name]
        let sample = Sample(reference["x"].numbers)
        guard !reference["t_interval95"].isNull, name != "offset_1e9" else { return }
        let estimate = MeanInterval.estimate(of: sample, confidence: 0.95, method: .student, plan: plan)
        #expect(agrees(estimate.interval?.low, reference["t_interval95"][0].number, relative: 1e-12, absolute: 1e-12))
        #expect(agrees(estimate.interval?.high, reference["t_interval95"][1].number, relative: 1e-12, absolute: 1e-12))
    }

    @Test("the law without resampling is the exact one to 1/10,000 of the interval", arguments: Oracle.datasets)
    func exactLaw(name: String) throws {
        let reference = Oracle.root["datasets"][name]
        let expected = reference["boot"]["mean"]
        guard !expected.isNull else { return }
        let values = Sample(reference["x"].numbers).values
        let law = try #require(ExactMeanBootstrap(values))
        for (field, confidence) in [("ideal95", 0.95), ("ideal90", 0.9)] {
            let ideal = expected[field]
            let low = try #require(ideal["percentile"][0].number)
            let high = try #require(ideal["percentile"][1].number)
            let isListed = values.count <= ExactMeanBootstrap.largestListed
            let isLattice = expected["kind"].text == "Disc"
            let tolerance =
                isListed ? 1e-12 * abs(high) : 1e-4 * (high - low) + (isLattice ? atomSpacing(values) : 0)
            let percentile = law.percentile(confidence: confidence)
            #expect(agrees(percentile.low, low, relative: 0, absolute: tolerance), "\(field)")
            #expect(agrees(percentile.high, high, relative: 0, absolute: tolerance), "\(field)")
            #expect(agrees(law.standardError, ideal["se_ideal"].number, relative: 1e-6, absolute: 1e-12), "\(field)")
            let bca = law.bca(acceleration: BCa.accelerationOfMean(values), confidence: confidence)
            if ideal["bca"].isNull {
                #expect(bca.flags == [.degenerate])
            } else {
                #expect(bca.flags.isEmpty)
                #expect(
                    agrees(bca.interval.low, ideal["bca"][0].number, relative: 0, absolute: 2 * tolerance),
                    "\(field)"
                )
                #expect(
                    agrees(bca.interval.high, ideal["bca"][1].number, relative: 0, absolute: 2 * tolerance),
                    "\(field)"
                )
            }
        }
    }

    @Test("9,999 replicates fall into the 5-sigma bands", arguments: Oracle.datasets)
    func bands(name: String) throws {
        let reference = Oracle.root["datasets"][name]
        let band = reference["boot"]["mean"]["ideal95"]["mc_accept_5sigma"]["9999"]
        guard !band.isNull else { return }
        let sample = Sample(reference["x"].numbers)
        for (method, prefix) in [(MeanInterval.Method.percentile, "percentile"), (.bca, "bca")] {
            let estimate = MeanInterval.estimate(of: sample, confidence: 0.95, method: method, plan: plan)
            let ends = [(estimate.interval?.low, "_lo"), (estimate.interval?.high, "_hi")]
            for (end, suffix) in ends where !band[prefix + suffix].isNull {
                let value = try #require(end)
                let low = try #require(band[prefix + suffix][0].number)
                let high = try #require(band[prefix + suffix][1].number)
                let slack = 1e-9 * max(abs(low), abs(high))
                #expect(
                    value >= low - slack && value <= high + slack,
                    "\(prefix)\(suffix): \(value) in \(low)...\(high)"
                )
            }
        }
    }

    @Test(
        "studentized intervals agree with R's boot at 400,000 replicates",
        arguments: [("aircondit", "aircondit"), ("lsat", "law_school_lsat"), ("ln20", "lognormal_s1_n20")]
    )
    func studentized(key: String, name: String) throws {
        let sample = Sample(Oracle.root["datasets"][name]["x"].numbers)
        let large = ResamplingPlan(replicates: 100_000, key: RandomKey(seed: 42, label: "test/t"), threads: 2)
        for (row, confidence) in [(0, 0.9), (1, 0.95)] {
            let expected = Oracle.root["R_boot"]["stud"][key][row].numbers
            let estimate = MeanInterval.estimate(of: sample, confidence: confidence, plan: large)
            #expect(estimate.method == .bootstrapT)
            let low = try #require(estimate.interval?.low)
            let high = try #require(estimate.interval?.high)
            let width = expected[1] - expected[0]
            #expect(abs(low - expected[0]) < 0.01 * width, "\(low) against \(expected[0])")
            #expect(abs(high - expected[1]) < 0.025 * width, "\(high) against \(expected[1])")
        }
    }

    @Test("the acceleration of several samples is scipy's")
    func multisample() throws {
        let reference = Oracle.root["bca_multisample_a"]
        let z = reference["z"].numbers
        let y = reference["y"].numbers
        let meanOfZ = try #require(Moments.mean(z))
        let meanOfY = try #require(Moments.mean(y))
        func without(_ values: [Double], _ index: Int) -> Double {
            var rest = values
            rest.remove(at: index)
            return Moments.mean(rest) ?? 0
        }
        let a = BCa.acceleration(jackknifeOfSamples: [
            z.indices.map { BCa.JackknifeValue(value: without(z, $0) - meanOfY) },
            y.indices.map { BCa.JackknifeValue(value: meanOfZ - without(y, $0)) },
        ])
        #expect(agrees(a, reference["scipy_test_reference"].number, relative: 1e-10))
    }
}

@Suite("means of awkward samples")
struct MeanEdgeTests {
    private func estimate(_ values: [Double], censored: Int = 0, method: MeanInterval.Method = .bootstrapT) -> Estimate
    {
        MeanInterval.estimate(
            of: Sample(values, censored: censored),
            confidence: 0.95,
            method: method,
            plan: ResamplingPlan(replicates: 199, key: RandomKey(seed: 1, label: "edge"))
        )
    }

    @Test("every method copes with every awkward sample", arguments: MeanInterval.Method.allCases)
    func total(method: MeanInterval.Method) {
        let samples: [[Double]] = [
            [], [1], [1, 1], [1, 2], [.nan], [.infinity, 1, .nan], [0, 0, 0], [1e308, 1e308, -1e308],
            [1e-300, 2e-300, 3e-300], Array(repeating: 5, count: 40), Array(repeating: 5, count: 40) + [6],
            (0..<12).map { Double($0 % 2) },
        ]
        for values in samples {
            let result = estimate(values, method: method)
            for number in [result.value, result.interval?.low, result.interval?.high, result.standardError] {
                #expect(number?.isFinite != false, "\(values)")
            }
            if let low = result.interval?.low, let high = result.interval?.high { #expect(low <= high) }
        }
    }

    @Test("no value, one value, equal values, few values and timeouts each say so")
    func flags() {
        #expect(estimate([]).flags == [.noData])
        #expect(estimate([3]).flags == [.singleObservation])
        #expect(estimate([3]).value == 3)
        #expect(estimate([3]).interval == nil)
        #expect(estimate([2, 2, 2]).flags == [.degenerate])
        #expect(estimate([1, 2, 4]).flags == [.studentForSmallSample])
        let timedOut = estimate([1, 2, 4], censored: 2)
        #expect(timedOut.value == nil)
        #expect(timedOut.flags == [.withheldForCensoring(2)])
    }

    @Test("replicates without variance are dropped and counted")
    func dropped() {
        // 19 equal values and one other: (19/20)^20 = 36 % of the resamples have no variance.
        let result = estimate(Array(repeating: 1, count: 19) + [2])
        guard case .droppedReplicates(let count)? = result.flags.first else {
            Issue.record("no replicate was reported as dropped")
            return
        }
        #expect(count > 40 && count < 110)
    }

    @Test("a percentile that the sample can't carry is marked")
    func smallForQuantile() {
        let sample = Sample((1...50).map { Double($0) })
        let p99 = QuantileInterval.estimate(of: sample, p: 0.99, confidence: 0.95)
        #expect(p99.flags == [.interpolatesTopTwo, .smallForQuantile, .endNotIdentified])
        #expect(p99.interval?.requiredSampleSize == 368)
        #expect(QuantileInterval.estimate(of: sample, p: 0.5, confidence: 0.95).flags.isEmpty)
    }
}
