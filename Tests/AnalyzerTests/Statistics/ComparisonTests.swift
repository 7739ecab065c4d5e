// Two-sample, paired and multiple comparisons against scipy, R and coin, and against hand calculations.

import Testing

@testable import Analyzer

@Suite("two samples", .enabled(if: Oracle.isPresent, Oracle.absent))
struct TwoSampleOracleTests {
    @Test("U and its three p-values agree with scipy, R and coin", arguments: Oracle.names("two_sample"))
    func mannWhitney(name: String) throws {
        let reference = Oracle.root["two_sample"][name]
        let x = reference["x"].numbers
        let y = reference["y"].numbers
        let u = TwoSample.mannWhitneyU(x, y)
        #expect(u == reference["U_x"].number)
        let ranks = Ranks(of: x + y)
        #expect(ranks.hasTies == reference["ties"].bool)
        let corrected = TwoSample.mannWhitneyNormalP(u: u, x.count, y.count, tieTerm: ranks.tieTerm, continuity: true)
        #expect(agrees(corrected, reference["p_asymptotic_cc"].number, relative: 1e-10))
        let plain = TwoSample.mannWhitneyNormalP(u: u, x.count, y.count, tieTerm: ranks.tieTerm, continuity: false)
        if let expected = reference["p_asymptotic_nocc"].number, !expected.isNaN {
            #expect(agrees(plain, expected, relative: 1e-10))
        }
        if let exact = reference["p_exact"].number {
            let cumulative = try #require(RankNull.mannWhitney(x.count, y.count))
            let tail = Int(min(u, Double(x.count * y.count) - u))
            #expect(agrees(min(1, 2 * cumulative[tail]), exact, relative: 1e-9))
        }
        let test = TwoSample.mannWhitney(x, y)
        if let exact = reference["R"]["coin_exact_p"].number, x.count + y.count <= 80 {
            #expect(agrees(test.pValue, exact, relative: 1e-9), "\(test.method)")
        }
        #expect(test.pValue > 0 && test.pValue <= 1)
    }

    @Test(
        "effect sizes agree with the formulas of Cliff and of Brunner and Munzel",
        arguments: Oracle.names("two_sample")
    )
    func superiority(name: String) throws {
        let reference = Oracle.root["two_sample"][name]
        let effect = try #require(
            TwoSample.superiority(reference["x"].numbers, reference["y"].numbers, confidence: 0.95)
        )
        #expect(agrees(effect.probability, reference["A12"].number))
        #expect(agrees(effect.delta, reference["cliffs_delta_x_vs_y"].number, absolute: 1e-14))
        if !reference["cliff_var_unbiased"].isNull {
            #expect(
                agrees(effect.deltaVariance, reference["cliff_var_unbiased"].number, relative: 1e-10, absolute: 1e-14)
            )
        }
        if let w = reference["brunner_munzel"]["W"].number, w.isFinite {
            #expect(agrees(effect.brunnerMunzel, w, relative: 1e-10))
            #expect(agrees(effect.pValue, reference["brunner_munzel"]["p_t"].number, relative: 1e-10))
            #expect(effect.interval?.isComplete == true)
        } else {
            #expect(effect.brunnerMunzel == nil)
        }
    }

    @Test(
        "the Hodges-Lehmann shift is the median of all differences, its interval R's",
        arguments: Oracle.names("two_sample")
    )
    func hodgesLehmann(name: String) throws {
        let reference = Oracle.root["two_sample"][name]
        let x = reference["x"].numbers
        let y = reference["y"].numbers
        let shift = TwoSample.hodgesLehmann(x, y, confidence: 0.95)
        #expect(agrees(shift.value, reference["hodges_lehmann_x_minus_y"].number, relative: 1e-12, absolute: 1e-12))
        let interval = reference["R"]["ci"]
        guard let low = interval[0].number, let high = interval[1].number,
            TwoSample.smallestMannWhitneyP(x.count, y.count) < 0.05
        else { return }
        // R's interval under ties is a root-finder's, good to about 1e-4 of the spread of a difference's step.
        let isExact = reference["R"]["method"].text == "Wilcoxon rank sum exact test"
        let tolerance = isExact ? 1e-12 * max(abs(low), abs(high), 1) : 2e-3 * max(high - low, 1e-3)
        #expect(agrees(shift.interval?.low, low, relative: 0, absolute: tolerance))
        #expect(agrees(shift.interval?.high, high, relative: 0, absolute: tolerance))
    }

    @Test("Welch's interval and the Kolmogorov distance agree with scipy", arguments: Oracle.names("two_sample"))
    func welch(name: String) {
        let reference = Oracle.root["two_sample"][name]
        let x = reference["x"].numbers
        let y = reference["y"].numbers
        // Two different constants have no variance: scipy says p = 0, we say nothing.
        if let p = reference["welch"]["p"].number, p.isFinite, name != "const_diff" {
            let result = TwoSample.welch(x, y, confidence: 0.95)
            #expect(agrees(result.pValue, p, relative: 1e-9))
            #expect(agrees(result.estimate.interval?.low, reference["welch"]["ci95"][0].number, relative: 1e-10))
            #expect(agrees(result.estimate.interval?.high, reference["welch"]["ci95"][1].number, relative: 1e-10))
        }
        if let distance = reference["ks"]["D"].number {
            #expect(agrees(TwoSample.kolmogorovDistance(x, y), distance))
        }
    }

    @Test("differences and ratios of medians follow the exact law", arguments: Oracle.names("two_sample"))
    func contrasts(name: String) throws {
        let reference = Oracle.root["two_sample"][name]
        let x = Sample(reference["x"].numbers).sorted
        let y = Sample(reference["y"].numbers).sorted
        if !reference["ideal_diff_median"].isNull {
            let ideal = reference["ideal_diff_median"]
            let law = try #require(ExactQuantileContrast(x, over: y, p: 0.5, kind: .difference))
            #expect(agrees(law.estimate, reference["diff_median_x_minus_y"].number, absolute: 1e-12))
            let interval = law.percentile(confidence: 0.95)
            #expect(agrees(interval.low, ideal["percentile"][0].number, relative: 1e-10, absolute: 1e-12))
            #expect(agrees(interval.high, ideal["percentile"][1].number, relative: 1e-10, absolute: 1e-12))
            #expect(agrees(law.probabilityBelowEstimate, ideal["p0_mid"].number, relative: 1e-9))
            if !ideal["bca"].isNull {
                let bca = law.bca(acceleration: law.acceleration, confidence: 0.95)
                #expect(agrees(law.acceleration, ideal["a"].number, relative: 1e-6, absolute: 1e-9))
                #expect(agrees(bca.interval.low, ideal["bca"][0].number, relative: 1e-10, absolute: 1e-12))
                #expect(agrees(bca.interval.high, ideal["bca"][1].number, relative: 1e-10, absolute: 1e-12))
            }
        }
        if !reference["ideal_ratio_median_percentile95"].isNull {
            let law = try #require(ExactQuantileContrast(x, over: y, p: 0.5, kind: .ratio))
            #expect(agrees(law.estimate, reference["ratio_median_x_over_y"].number))
            let interval = law.percentile(confidence: 0.95)
            #expect(agrees(interval.low, reference["ideal_ratio_median_percentile95"][0].number, relative: 1e-10))
            #expect(agrees(interval.high, reference["ideal_ratio_median_percentile95"][1].number, relative: 1e-10))
        }
    }

    @Test("the smallest reachable p-values agree", arguments: Oracle.names("mannwhitney_min_p"))
    func smallest(name: String) throws {
        let n = try #require(Int(name))
        let expected = Oracle.root["mannwhitney_min_p"][name].number
        #expect(agrees(TwoSample.smallestMannWhitneyP(n, n), expected, relative: 1e-12))
    }
}

@Suite("pairs and families", .enabled(if: Oracle.isPresent, Oracle.absent))
struct PairedOracleTests {
    @Test("paired tests agree with scipy and R", arguments: Oracle.names("paired"))
    func tests(name: String) throws {
        let reference = Oracle.root["paired"][name]
        let differences = zip(reference["x"].numbers, reference["y"].numbers).map { $0 - $1 }
        let rounded = differences.map { ($0 * 1e9).rounded() / 1e9 }
        #expect(rounded.count(where: { $0 == 0 }) == reference["n_zero"].int)
        let pseudomedian = Paired.pseudomedian(rounded, confidence: 0.95)
        #expect(agrees(pseudomedian.value, reference["pseudomedian_walsh"].number, relative: 1e-9, absolute: 1e-9))
        if let p = reference["sign_test_p"].number { #expect(agrees(Paired.signTest(rounded), p)) }
        if let p = reference["paired_t"]["p"].number {
            let student = Paired.student(differences, confidence: 0.95)
            #expect(agrees(student.pValue, p, relative: 1e-9))
            #expect(agrees(student.estimate.interval?.low, reference["paired_t"]["ci95"][0].number, relative: 1e-10))
            #expect(agrees(student.estimate.interval?.high, reference["paired_t"]["ci95"][1].number, relative: 1e-10))
        }
        for (zeros, key) in [(Paired.Zeros.dropped, "wilcoxon_wilcox"), (.ranked, "wilcoxon_pratt")] {
            guard let p = reference[key]["p"].number else { continue }
            let ranks = Paired.SignedRanks(rounded, zeros)
            #expect(min(ranks.positive, ranks.negative) == reference[key]["T"].number)
            let ours = ranks.isPlain ? Paired.signedRank(rounded).test.pValue : ranks.normalP(continuity: false)
            #expect(agrees(ours, p, relative: 1e-9), "\(key)")
        }
        if let p = reference["R"]["p"].number, !p.isNaN {
            let ranks = Paired.SignedRanks(rounded, .dropped)
            let ours = ranks.isPlain ? Paired.signedRank(rounded).test.pValue : ranks.normalP(continuity: true)
            #expect(agrees(ours, p, relative: 1e-9))
            if ranks.isPlain {
                #expect(agrees(pseudomedian.interval?.low, reference["R"]["ci"][0].number, relative: 1e-9))
                #expect(agrees(pseudomedian.interval?.high, reference["R"]["ci"][1].number, relative: 1e-9))
            }
        }
    }

    @Test("adjusted p-values agree with R", arguments: Oracle.names("multiple_testing"))
    func adjusted(name: String) {
        let reference = Oracle.root["multiple_testing"][name]
        let p = reference["p"].numbers
        for (ours, expected) in zip(MultipleComparisons.holm(p), reference["holm"].numbers) {
            #expect(agrees(ours, expected, relative: 1e-13))
        }
        for (ours, expected) in zip(MultipleComparisons.benjaminiHochberg(p), reference["bh"].numbers) {
            #expect(agrees(ours, expected, relative: 1e-13))
        }
    }
}

@Suite("comparisons")
struct ComparisonTests {
    @Test("exact tests of tiny samples are the counts of arrangements")
    func counts() {
        // 2 against 3: of C(5,2) = 10 arrangements of ranks 1...5, U = 0 once, 1 once, 2 twice; two-sided p of U = 1 is 2 · 2/10.
        #expect(agrees(TwoSample.mannWhitney([1, 3], [2, 4, 5]).pValue, 0.4))
        // Signed ranks of 1, 2, -3: V+ = 3 of 0...6; P(V <= 3) = 5/8 by counting subsets, doubled and capped at 1.
        #expect(Paired.signedRank([1, 2, -3]).test.pValue == 1)
        // Four positive differences: 2 / 2^4.
        #expect(Paired.signedRank([1, 2, 3, 4]).test.pValue == 0.125)
        // With ties the permutation law: |d| = 1, 1, 2, all positive: 2 / 2^3.
        #expect(Paired.signedRank([1, 1, 2]).test.pValue == 0.25)
    }

    @Test("selection by counting finds the listed differences and averages")
    func selection() {
        var stream = RandomKey(seed: 11, label: "selection").stream(replicate: 0)
        let x = (0..<23).map { _ in (stream.unit() * 40).rounded() / 8 - 2 }.sorted()
        let y = (0..<17).map { _ in (stream.unit() * 40).rounded() / 8 - 2 }.sorted()
        let differences = x.flatMap { a in y.map { a - $0 } }.sorted()
        for rank in 1...differences.count {
            #expect(PairwiseSelection.difference(x, y, rank: rank) == differences[rank - 1])
        }
        var averages: [Double] = []
        for i in x.indices { for j in i..<x.count { averages.append((x[i] + x[j]) / 2) } }
        averages.sort()
        for rank in 1...averages.count { #expect(PairwiseSelection.walshAverage(x, rank: rank) == averages[rank - 1]) }
    }

    @Test("samples too small for the level have no interval, not a wrong one")
    func unreachable() {
        let shift = TwoSample.hodgesLehmann([1, 2], [3, 4], confidence: 0.95)
        #expect(shift.interval?.low == nil)
        #expect(shift.flags == [.endNotIdentified])
        #expect(TwoSample.mannWhitney([1, 2], [3, 4]).smallestPossible > 0.3)
        #expect(Paired.pseudomedian([1, 2, 3], confidence: 0.95).interval?.low == nil)
    }

    @Test("separated samples bound the probability by their sizes alone")
    func separated() {
        // Three disjoint pairs all point one way: p^3 = 0.025 gives the lower bound 0.2924.
        let effect = TwoSample.superiority([4, 5, 6], [1, 2, 3], confidence: 0.95)
        #expect(effect?.probability == 1)
        #expect(agrees(effect?.interval?.low, 0.2924017738, relative: 1e-9))
        #expect(effect?.interval?.high == 1)
    }

    @Test("empty, constant and single samples give values or nothing, never NaN")
    func degenerate() {
        #expect(TwoSample.mannWhitney([], [1]).method == .notPossible)
        #expect(TwoSample.mannWhitney([2, 2], [2, 2, 2]).pValue == 1)
        #expect(TwoSample.superiority([], [1], confidence: 0.95) == nil)
        #expect(TwoSample.superiority([1], [1], confidence: 0.95)?.probability == 0.5)
        #expect(TwoSample.superiority([2, 2], [2, 2], confidence: 0.95)?.interval == nil)
        #expect(TwoSample.hodgesLehmann([], [1], confidence: 0.95).value == nil)
        #expect(TwoSample.welch([1], [2], confidence: 0.95).pValue == nil)
        #expect(TwoSample.welch([1, 1], [2, 2], confidence: 0.95).estimate.flags == [.degenerate])
        #expect(Paired.signedRank([]).test.pValue == 1)
        #expect(Paired.signedRank([0, 0]).test.method == .allEqual)
        #expect(Paired.student([1, 1], confidence: 0.95).estimate.flags == [.degenerate])
        #expect(Paired.signTest([0]) == 1)
        #expect(MultipleComparisons.holm([]).isEmpty)
        let adjusted = MultipleComparisons.holm([0.01, .nan, 0.04])
        #expect(adjusted[0] == 0.02)
        #expect(adjusted[1].isNaN)
        #expect(adjusted[2] == 0.04)
    }

    @Test("normal and exact tests take over from one another without a jump")
    func largeSamples() {
        let x = (0..<300).map { Double($0) * 2 }
        let y = (0..<45).map { Double($0) * 13.37 + 0.123 }
        let exact = TwoSample.mannWhitney(x, y)
        #expect(exact.method == .exact)
        let u = TwoSample.mannWhitneyU(x, y)
        let normal = TwoSample.mannWhitneyNormalP(u: u, 300, 45, tieTerm: 0, continuity: true)
        #expect(agrees(exact.pValue, normal, relative: 0.02))
        #expect(TwoSample.mannWhitney(x, (0..<60).map { Double($0) * 9.37 + 0.123 }).method == .normal)
    }

    @Test("pairs are matched by prompt and round, the rest is counted")
    func matching() {
        let baseline = Arm(values: [10, 11, 12, 13], prompts: [0, 0, 1, 1], rounds: [0, 1, 0, 1])
        let candidate = Arm(values: [24, 20, 22, 99], prompts: [1, 0, 0, 2], rounds: [0, 0, 1, 0])
        let sample = PairedSample(baseline: baseline, candidate: candidate)
        #expect(sample.baseline == [10, 11, 12])
        #expect(sample.candidate == [20, 22, 24])
        #expect(sample.unpairedCount == 2)
    }

    @Test("a constant factor is found exactly, with both arms resampled alike")
    func constantFactor() throws {
        var stream = RandomKey(seed: 2, label: "arms").stream(replicate: 0)
        var arm = Arm(values: [], prompts: [], rounds: [])
        for prompt in 0..<8 {
            for round in 0..<20 {
                arm.values.append(100 + 50 * stream.unit())
                arm.prompts.append(prompt)
                arm.rounds.append(round)
            }
        }
        var faster = arm
        faster.values = arm.values.map { $0 / 2 }
        let plan = ResamplingPlan(replicates: 99, key: RandomKey(seed: 1, label: "cmp"))
        let result = Comparison.paired(PairedSample(baseline: arm, candidate: faster), confidence: 0.95, plan: plan)
        #expect(agrees(result.ratio.estimate.value, 0.5, relative: 1e-12))
        #expect(agrees(result.medianRatio.estimate.value, 0.5, relative: 1e-12))
        #expect(result.quantiles.map(\.p) == [0.5, 0.9, 0.99])
        for contrast in result.quantiles.prefix(2) {
            #expect(agrees(contrast.ratio.value, 0.5, relative: 1e-12), "p \(contrast.p)")
            #expect(agrees(contrast.ratio.interval?.low, 0.5, relative: 1e-12), "p \(contrast.p)")
            #expect(agrees(contrast.ratio.interval?.high, 0.5, relative: 1e-12), "p \(contrast.p)")
            #expect(contrast.pValue == 0.01)
            #expect(try #require(contrast.difference.interval?.high) < 0)
        }
        // 160 pairs don't carry a p99: its value is shown, its interval is not.
        #expect(agrees(result.quantiles[2].ratio.value, 0.5, relative: 1e-12))
        #expect(result.quantiles[2].ratio.interval?.low == nil)
        #expect(result.quantiles[2].ratio.interval?.requiredSampleSize == 368)
        let verdict = VerdictRule().verdict(ratio: result.ratio.estimate.interval, direction: .lowerIsBetter)
        #expect(verdict.verdict == .faster)
        #expect(verdict.isSignificant)
    }

    @Test("the error of a contrast of medians is that of the two exact laws, where each prompt is asked once")
    func contrastError() throws {
        func arm(_ factor: Double, _ first: Int) -> Arm {
            Arm(
                values: (0..<41).map { factor * Elementary.exp(Double(($0 * 17) % 41) / 20) },
                prompts: (0..<41).map { first + $0 },
                rounds: [Int](repeating: 0, count: 41)
            )
        }
        let plan = ResamplingPlan(replicates: 20_000, key: RandomKey(seed: 6, label: "cmp"), threads: 2)
        let (below, above) = (arm(1, 0), arm(1.5, 100))
        let contrast = try #require(
            Comparison.unpaired(baseline: below, candidate: above, confidence: 0.95, quantiles: [0.5], plan: plan)
                .quantiles.first
        )
        func error(_ arm: Arm) throws -> Double {
            try #require(ExactQuantileBootstrap(sorted: arm.values.sorted(), p: 0.5)).standardError ?? .nan
        }
        let variance = try error(below) * error(below) + error(above) * error(above)
        // A standard deviation of 20,000 replicates is off by 0.5 %; five of those.
        #expect(agrees(contrast.difference.standardError, (variance * 41 / 40).squareRoot(), relative: 0.025))
        #expect(agrees(contrast.ratio.value, 1.5, relative: 1e-12))
        #expect(contrast.ratio.method == .promptBootstrapT)
        // Welch: both arms have 40 degrees; their log errors are alike, so that the sum has 80.
        let logError = try #require(contrast.ratio.standardError) / 1.5
        let reach = -SpecialFunctions.studentQuantile(0.025, degrees: 80) * logError
        #expect(agrees(contrast.ratio.interval?.high, 1.5 * Elementary.exp(reach), relative: 0.01))
    }

    @Test("of equal arms in pairs the medians differ in about 5 of 100 recordings, not in none")
    func falseAlarms() {
        var rejected = 0
        for repetition in 0..<200 as Range<UInt64> {
            var stream = RandomKey(seed: 12, label: "alarms").stream(replicate: repetition)
            func normal() -> Double { SpecialFunctions.normalQuantile(stream.unit() * 0.999998 + 1e-6) }
            var arms = [Arm(values: [], prompts: [], rounds: []), Arm(values: [], prompts: [], rounds: [])]
            let prompts = (0..<8).map { _ in 0.4 * normal() }
            for round in 0..<30 {
                let time = 0.15 * normal()
                for (prompt, level) in prompts.enumerated() {
                    for index in arms.indices {
                        arms[index].values.append(Elementary.exp(level + time + 0.3 * normal()))
                        arms[index].prompts.append(prompt)
                        arms[index].rounds.append(round)
                    }
                }
            }
            let result = Comparison.paired(
                PairedSample(baseline: arms[0], candidate: arms[1]),
                confidence: 0.95,
                quantiles: [0.5],
                plan: ResamplingPlan(replicates: 99, key: RandomKey(seed: repetition, label: "alarms"))
            )
            if (result.quantiles[0].pValue ?? 1) < 0.05 { rejected += 1 }
        }
        // Of 200 at 5 % one expects 10; no more than 20 in 999 of 1,000 such runs, and the pigeonhole bootstrap found 0.
        #expect((1...20).contains(rejected), "\(rejected)")
    }

    @Test("values at or below zero refuse the ratio and keep the difference")
    func noRatio() {
        let arm = Arm(values: [0, 1, 2], prompts: [0, 1, 2], rounds: [0, 0, 0])
        let plan = ResamplingPlan(replicates: 9, key: RandomKey(seed: 1, label: "cmp"))
        let result = Comparison.paired(PairedSample(baseline: arm, candidate: arm), confidence: 0.95, plan: plan)
        #expect(result.ratio.estimate.value == nil)
        #expect(result.ratio.estimate.flags == [.ratioRefused])
        #expect(result.difference.estimate.value == 0)
        #expect(result.quantiles[0].ratio.flags == [.ratioRefused])
        #expect(result.quantiles[0].difference.value == 0)
    }

    @Test(
        "the verdict names size and significance",
        arguments: [
            (0.90, 0.95, MetricDirection.lowerIsBetter, Verdict.faster, true),
            (0.90, 0.95, .higherIsBetter, .slower, true),
            (1.05, 1.20, .lowerIsBetter, .slower, true),
            (1.01, 1.02, .lowerIsBetter, .practicallyEqual, true),
            (0.98, 1.02, .lowerIsBetter, .practicallyEqual, false),
            (0.90, 1.10, .lowerIsBetter, .uncertain, false),
        ]
    )
    func verdicts(low: Double, high: Double, direction: MetricDirection, expected: Verdict, significant: Bool) {
        let interval = Interval(low: low, high: high, confidence: 0.95)
        let found = VerdictRule(margin: 0.03).verdict(ratio: interval, direction: direction)
        #expect(found.verdict == expected)
        #expect(found.isSignificant == significant)
        let capped = VerdictRule().verdict(ratio: interval, direction: direction, confoundedWithTime: true)
        #expect(capped.verdict == .uncertain)
    }

    @Test("one prompt in a few rounds has no interval that resampling could pretend to")
    func nothingToResample() {
        let arm = Arm(
            values: (1...40).map { Double($0) },
            prompts: (1...40).map { _ in 0 },
            rounds: (0..<40).map { $0 / 20 }
        )
        let plan = ResamplingPlan(replicates: 19, key: RandomKey(seed: 1, label: "cmp"))
        var other = arm
        other.values = arm.values.map { $0 * 2 }
        let result = Comparison.paired(PairedSample(baseline: arm, candidate: other), confidence: 0.95, plan: plan)
        #expect(result.quantiles[0].ratio.value == 2)
        #expect(result.quantiles[0].ratio.interval?.isComplete == false)
        #expect(result.quantiles[0].pValue == nil)
    }

    @Test("an end that is not identified excludes nothing")
    func openEnd() {
        let open = Interval(low: nil, high: 1.02, confidence: 0.95)
        #expect(VerdictRule().verdict(ratio: open, direction: .lowerIsBetter).verdict == .uncertain)
    }

    @Test("A before B is confounded with time, A beside B is not")
    func confounding() {
        let first = (0..<100).map { Double($0) }
        #expect(Comparison.isConfoundedWithTime(first, first.map { $0 + 100 }))
        #expect(!Comparison.isConfoundedWithTime(first, first.map { $0 + 0.5 }))
        #expect(!Comparison.isConfoundedWithTime([0, 2, 4], [1, 3, 5]))
        // Ten rounds, each with all of A before all of B.
        let rounds = (0..<100).map { Double($0 / 10 * 20 + $0 % 10) }
        #expect(!Comparison.isConfoundedWithTime(rounds, rounds.map { $0 + 10 }))
    }
}
