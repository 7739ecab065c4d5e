// The exact law of resampled quantiles and brute-force resampling against the oracle's exact figures and golden runs.

import Testing

@testable import Analyzer

/// Where the reference merges atoms nearer than a relative 1e-12, and the whole sample is no wider than that.
private let mergedInReference: Set<String> = ["offset_1e9"]

@Suite("exact bootstrap of quantiles", .enabled(if: Oracle.isPresent, Oracle.absent))
struct ExactQuantileBootstrapTests {
    @Test("percentile, basic, BCa and standard error are those of the exact law", arguments: Oracle.datasets)
    func law(name: String) throws {
        guard !mergedInReference.contains(name) else { return }
        let reference = Oracle.root["datasets"][name]
        let sample = Sample(reference["x"].numbers)
        for key in ["0.5", "0.9", "0.99"] where !reference["boot"][key].isNull {
            let expected = reference["boot"][key]
            let p = try #require(Double(key))
            let law = try #require(ExactQuantileBootstrap(sorted: sample.sorted, p: p))
            #expect(agrees(law.estimate, expected["theta"].number, relative: 4e-15))
            for (field, confidence) in [("ideal95", 0.95), ("ideal90", 0.9)] {
                let ideal = expected[field]
                let percentile = law.percentile(confidence: confidence)
                let basic = law.basic(confidence: confidence)
                let place: Comment = "\(name) p\(key) \(field)"
                #expect(agrees(percentile.low, ideal["percentile"][0].number), place)
                #expect(agrees(percentile.high, ideal["percentile"][1].number), place)
                #expect(agrees(basic.low, ideal["basic"][0].number, relative: 1e-11, absolute: 1e-11), place)
                #expect(agrees(basic.high, ideal["basic"][1].number, relative: 1e-11, absolute: 1e-11), place)
                #expect(agrees(law.standardError, ideal["se_ideal"].number, relative: 1e-8, absolute: 1e-12), place)
                #expect(agrees(law.probabilityBelowEstimate, ideal["p0_mid"].number, relative: 1e-10), place)
                let bca = law.bca(confidence: confidence)
                let noise = Oracle.isRoundingNoise(acceleration: ideal["a"].number, count: sample.count)
                if ideal["bca"].isNull || noise {
                    #expect(bca.flags == [.degenerate] || bca.flags == [.bcaUndefined], place)
                } else {
                    #expect(bca.flags.isEmpty, place)
                    #expect(agrees(bca.interval.low, ideal["bca"][0].number), place)
                    #expect(agrees(bca.interval.high, ideal["bca"][1].number), place)
                }
            }
        }
    }

    @Test("the acceleration is the jackknife's, and the analytic one the formula's", arguments: Oracle.datasets)
    func acceleration(name: String) throws {
        guard !mergedInReference.contains(name) else { return }
        let reference = Oracle.root["datasets"][name]
        let sample = Sample(reference["x"].numbers)
        for key in ["0.5", "0.9", "0.99"] where !reference["boot"][key].isNull {
            let p = try #require(Double(key))
            let jackknife = reference["boot"][key]["jackknife_a"].number
            let undefined =
                jackknife?.isNaN != false || Oracle.isRoundingNoise(acceleration: jackknife, count: sample.count)
            let expected = undefined ? nil : jackknife
            let a = BCa.accelerationOfQuantile(sorted: sample.sorted, p: p)
            #expect(agrees(a, expected, relative: 1e-6, absolute: 1e-9), "p \(key)")
            let analytic = BCa.analyticAccelerationOfQuantile(count: sample.count, p: p)
            #expect(agrees(analytic, reference["boot"][key]["analytic_a"].number, relative: 1e-12), "p \(key)")
        }
    }
}

@Suite("resampling of means")
struct ResamplingTests {
    @Test(
        "golden runs of 9,999 replicates come out bit for bit",
        .enabled(if: Oracle.isPresent, Oracle.absent),
        arguments: Oracle.names("golden_bootstrap")
    )
    func golden(name: String) throws {
        let golden = Oracle.root["golden_bootstrap"][name]
        let values = Oracle.root["datasets"][name]["x"].numbers
        let plan = ResamplingPlan(
            replicates: try #require(golden["B"].int),
            key: RandomKey(seed: try #require(golden["seed"].unsigned), label: try #require(golden["label"].text))
        )
        let means = BootstrapReplicates.means(values, plan: plan)
        #expect(Array(means.prefix(5)) == golden["first5"].numbers)
        #expect(means.last == golden["last"].number)
        let estimate = try #require(golden["theta_leftright"].number)
        let distribution = BootstrapDistribution(estimate: estimate, replicates: means)
        #expect(distribution.probabilityBelowEstimate == golden["p0_mid"].number)
        let percentile = distribution.percentile(confidence: 0.95)
        #expect(agrees(percentile.low, golden["percentile95_type7"][0].number, relative: 1e-14))
        #expect(agrees(percentile.high, golden["percentile95_type7"][1].number, relative: 1e-14))
        let a = BCa.accelerationOfMean(values)
        #expect(agrees(a, golden["a"].number, relative: 1e-12))
        let bca = distribution.bca(acceleration: a, confidence: 0.95)
        #expect(agrees(bca.interval.low, golden["bca95_type7"][0].number, relative: 1e-11))
        #expect(agrees(bca.interval.high, golden["bca95_type7"][1].number, relative: 1e-11))
        #expect(agrees(Moments.mean(means), golden["mean_of_reps"].number, relative: 1e-13))
        #expect(agrees(distribution.standardError, golden["sd_of_reps"].number, relative: 1e-12))
    }

    @Test("one, two and three threads give the same replicates")
    func threads() {
        let values = (0..<37).map { Elementary.exp(Double($0) / 9) }
        let one = BootstrapReplicates.means(
            values,
            plan: ResamplingPlan(replicates: 501, key: RandomKey(seed: 9, label: "t"))
        )
        for threads in [2, 3] {
            let plan = ResamplingPlan(replicates: 501, key: RandomKey(seed: 9, label: "t"), threads: threads)
            #expect(BootstrapReplicates.means(values, plan: plan) == one)
        }
    }

    @Test("constants and single values end in a flagged point, never in NaN")
    func degenerate() {
        let plan = ResamplingPlan(replicates: 99, key: RandomKey(seed: 1, label: "c"))
        let distribution = BootstrapDistribution(
            estimate: 4,
            replicates: BootstrapReplicates.means([4, 4, 4], plan: plan)
        )
        let bca = distribution.bca(acceleration: BCa.accelerationOfMean([4, 4, 4]), confidence: 0.95)
        #expect(bca.flags == [.degenerate])
        #expect(bca.interval.low == 4)
        #expect(BootstrapReplicates.means([], plan: plan).isEmpty)
    }
}
