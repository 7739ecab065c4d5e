// Tables that everybody who checks a bootstrap knows, typed in from the books (Efron and Tibshirani 1993; Davison and Hinkley 1997).

import Testing

@testable import Analyzer

private enum Classic {
    /// Efron and Tibshirani, Table 3.1: fifteen law schools.
    static let lsat: [Double] = [576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594]
    static let gpa = [3.39, 3.30, 2.81, 3.03, 3.44, 3.07, 3.00, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96]
    /// Efron and Tibshirani, Table 14.1, first column: the spatial test.
    static let spatial: [Double] = [
        48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41,
    ]
    /// Davison and Hinkley, Example 1.1: hours between failures of air conditioning.
    static let failures: [Double] = [3, 5, 7, 18, 43, 85, 91, 98, 100, 130, 230, 487]

    static func correlation(_ drawn: [Int]) -> Double {
        let x = drawn.map { lsat[$0] }
        let y = drawn.map { gpa[$0] }
        let meanX = x.reduce(0, +) / Double(x.count)
        let meanY = y.reduce(0, +) / Double(y.count)
        var products = 0.0
        var squaresX = 0.0
        var squaresY = 0.0
        for (a, b) in zip(x, y) {
            products += (a - meanX) * (b - meanY)
            squaresX += (a - meanX) * (a - meanX)
            squaresY += (b - meanY) * (b - meanY)
        }
        return products / (squaresX * squaresY).squareRoot()
    }

    /// The plug-in variance, with divisor n.
    static func variance(_ drawn: [Int]) -> Double {
        let x = drawn.map { spatial[$0] }
        let mean = x.reduce(0, +) / Double(x.count)
        return x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    }

    /// The BCa law of a statistic given by drawn indices, with the jackknife's acceleration.
    static func law(
        size: Int,
        label: String,
        _ statistic: @Sendable ([Int]) -> Double
    ) -> (law: BootstrapDistribution, acceleration: Double?) {
        let plan = ResamplingPlan(replicates: 40_000, key: RandomKey(seed: 42, label: label), threads: 2)
        let all = Array(0..<size)
        let replicates = BootstrapReplicates.replicates(ofSize: size, plan: plan, statistic: statistic)
        let jackknife = all.map { left in BCa.JackknifeValue(value: statistic(all.filter { $0 != left })) }
        return (
            BootstrapDistribution(estimate: statistic(all), replicates: replicates),
            BCa.acceleration(jackknifeOfSamples: [jackknife])
        )
    }
}

@Suite("published tables")
struct ClassicTests {
    @Test("the law school correlation is .776 with BCa interval [.43, .93] at 90 %")
    func lawSchool() throws {
        let (law, acceleration) = Classic.law(size: 15, label: "law school", Classic.correlation)
        #expect(agrees(law.estimate, 0.776374491289407, relative: 1e-12))
        // Efron and Tibshirani, section 6.3: the standard error levels off near .132.
        #expect(agrees(law.standardError, 0.1337, relative: 0.02))
        let bca = law.bca(acceleration: acceleration, confidence: 0.9)
        // R's boot at 400,000 replicates: [.4296, .9270].
        #expect(agrees(bca.interval.low, 0.4296, absolute: 0.012))
        #expect(agrees(bca.interval.high, 0.9270, absolute: 0.003))
        let percentile = law.percentile(confidence: 0.9)
        #expect(agrees(percentile.low, 0.5228, absolute: 0.008))
        #expect(agrees(percentile.high, 0.9477, absolute: 0.002))
    }

    @Test("the spatial test's variance has the intervals of Table 14.2")
    func spatial() throws {
        let (law, acceleration) = Classic.law(size: 26, label: "spatial", Classic.variance)
        #expect(agrees(law.estimate, 171.534, relative: 1e-5))
        #expect(agrees(acceleration, 0.0612, relative: 0.01))
        let bca = law.bca(acceleration: acceleration, confidence: 0.9)
        // Table 14.2 with 2,000 replicates: percentile (100.8, 233.9), BCa (115.8, 259.6).
        #expect(agrees(bca.interval.low, 115.8, relative: 0.02))
        #expect(agrees(bca.interval.high, 259.6, relative: 0.02))
        let percentile = law.percentile(confidence: 0.9)
        #expect(agrees(percentile.low, 100.8, relative: 0.035))
        #expect(agrees(percentile.high, 233.9, relative: 0.02))
    }

    @Test("the city ratio has scipy's BCa interval, ties counted half")
    func city() throws {
        // Davison and Hinkley, Table 1.3: populations in 1920 and 1930.
        let u: [Double] = [138, 93, 61, 179, 48, 37, 29, 23, 30, 2]
        let x: [Double] = [143, 104, 69, 260, 75, 63, 50, 48, 111, 50]
        let (law, acceleration) = Classic.law(size: 10, label: "city") { drawn in
            drawn.reduce(0) { $0 + x[$1] } / drawn.reduce(0) { $0 + u[$1] }
        }
        #expect(agrees(law.estimate, 1.5203125))
        let bca = law.bca(acceleration: acceleration, confidence: 0.95)
        // scipy at a million replicates.
        #expect(agrees(bca.interval.low, 1.2468, absolute: 0.004))
        #expect(agrees(bca.interval.high, 2.0888, absolute: 0.025))
    }

    @Test("the exact law of the air-conditioning mean has R's BCa interval")
    func airConditioning() throws {
        let law = try #require(ExactMeanBootstrap(Classic.failures))
        #expect(agrees(law.estimate, 1297.0 / 12))
        let bca = law.bca(acceleration: BCa.accelerationOfMean(Classic.failures), confidence: 0.95)
        // R's boot.ci at 400,000 replicates: [57.0, 226.2].
        #expect(agrees(bca.interval.low, 57.0, absolute: 0.15))
        #expect(agrees(bca.interval.high, 226.2, absolute: 0.3))
    }

    @Test("the exact law of the median of three is counted on fingers")
    func medianOfThree() throws {
        // Of 27 resamples of {1, 2, 3} the median is 1 in 7, 2 in 13 and 3 in 7.
        let law = try #require(ExactQuantileBootstrap(sorted: [1, 2, 3], p: 0.5))
        #expect(agrees(law.cumulative(1), 7.0 / 27))
        #expect(agrees(law.cumulative(2), 20.0 / 27))
        #expect(agrees(law.cumulative(3), 1))
        #expect(agrees(law.standardError, (14.0 / 27).squareRoot()))
        #expect(law.probabilityBelowEstimate == 0.5)
    }

    @Test("replicates of the exact law and of brute force agree for an interpolated quantile")
    func bruteForce() throws {
        // p90 of 8 values lies between order statistics: 30,000 resamples against the law, five standard errors.
        let values: [Double] = [3, 1, 4, 15, 9, 2, 6, 5]
        let sorted = values.sorted()
        let law = try #require(ExactQuantileBootstrap(sorted: sorted, p: 0.9))
        let plan = ResamplingPlan(replicates: 30_000, key: RandomKey(seed: 42, label: "brute"), threads: 2)
        let replicates = BootstrapReplicates.replicates(ofSize: 8, plan: plan) { drawn in
            Quantile.value(sorted: drawn.map { values[$0] }.sorted(), p: 0.9) ?? .nan
        }
        for t in [4.0, 5.5, 6.9, 8, 9, 10.8, 13.2, 14.9] {
            let share = Double(replicates.count(where: { $0 <= t })) / 30_000
            let expected = law.cumulative(t)
            let error = (expected * (1 - expected) / 30_000).squareRoot()
            #expect(abs(share - expected) <= 5 * error + 1e-12, "t \(t)")
        }
    }
}
