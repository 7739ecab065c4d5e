// Design-aware intervals, block lengths and block bootstraps against arch, statsmodels and closed forms.

import Testing

@testable import Analyzer

/// Flattens table[prompt][round] into observations with their layout.
private func flatten(_ table: OracleValue) -> (values: [Double], layout: RecordingLayout) {
    var values: [Double] = []
    var prompts: [Int] = []
    var rounds: [Int] = []
    for (prompt, row) in table.items.enumerated() {
        for (round, value) in row.numbers.enumerated() {
            values.append(value)
            prompts.append(prompt)
            rounds.append(round)
        }
    }
    return (values, RecordingLayout(prompts: prompts, rounds: rounds))
}

@Suite("design-aware intervals", .enabled(if: Oracle.isPresent, Oracle.absent))
struct ClusteredOracleTests {
    private let reference = Oracle.root["two_way"]

    private func compare(_ result: ClusteredEstimate, _ expected: OracleValue, _ interval: String) throws {
        #expect(agrees(result.estimate.value, expected["estimate"].number, relative: 1e-12))
        let variance = try #require(result.variance)
        #expect(agrees(variance.prompt, expected["V_prompt"].number, relative: 1e-11))
        #expect(agrees(variance.time, expected["V_time"].number, relative: 1e-11))
        #expect(agrees(variance.cell, expected["V_cell"].number, relative: 1e-11))
        #expect(agrees(variance.twoWay, expected["V_twoway"].number, relative: 1e-11))
        #expect(agrees(result.estimate.interval?.low, expected[interval]["ci"][0].number, relative: 1e-9))
        #expect(agrees(result.estimate.interval?.high, expected[interval]["ci"][1].number, relative: 1e-9))
        if !expected[interval]["p_interval"].isNull {
            #expect(
                agrees(result.probabilityInterval?.low, expected[interval]["p_interval"][0].number, relative: 1e-10)
            )
            #expect(
                agrees(result.probabilityInterval?.high, expected[interval]["p_interval"][1].number, relative: 1e-10)
            )
        }
    }

    @Test("one arm: mean, p50 and p90 with both targets")
    func oneArm() throws {
        let (values, layout) = flatten(reference["A"])
        let sections = reference["K"].int
        for (target, name) in [(InferenceTarget.promptsLikeThese, "twoway_t"), (.thesePrompts, "time_sections_t")] {
            let mean = Clustered.mean(values, layout: layout, target: target, confidence: 0.95, sections: sections)
            try compare(mean, reference["A_ci"]["mean"], name)
            for (p, key) in [(0.5, "p50"), (0.9, "p90")] {
                let quantile = Clustered.quantile(
                    values,
                    p: p,
                    layout: layout,
                    target: target,
                    confidence: 0.95,
                    sections: sections
                )
                try compare(quantile, reference["A_ci"][key], name)
            }
        }
    }

    @Test("the log ratio of two arms, and the ratio of geometric means that it stands for")
    func ratio() throws {
        let (a, layout) = flatten(reference["A"])
        let (b, _) = flatten(reference["B"])
        let logRatio = zip(a, b).map { Elementary.log($1) - Elementary.log($0) }
        let sections = reference["K"].int
        let result = Clustered.mean(logRatio, layout: layout, confidence: 0.95, sections: sections)
        try compare(result, reference["log_ratio_B_over_A_ci"]["mean"], "twoway_t")
        let median = Clustered.quantile(logRatio, p: 0.5, layout: layout, confidence: 0.95, sections: sections)
        try compare(median, reference["log_ratio_B_over_A_ci"]["p50"], "twoway_t")
        let ratio = result.estimate.interval?.mapped { Elementary.exp($0) }
        #expect(agrees(ratio?.low, reference["ratio_B_over_A_geomean"]["twoway_ci"][0].number, relative: 1e-10))
        #expect(agrees(ratio?.high, reference["ratio_B_over_A_geomean"]["twoway_ci"][1].number, relative: 1e-10))
    }

    @Test("few rounds leave the prompt term, which is Student's interval of the prompts' means")
    func promptsOnly() throws {
        let cluster = Oracle.root["cluster"]
        let values = cluster["x"].numbers
        let prompts = cluster["cluster"].numbers.map { Int($0) }
        let layout = RecordingLayout(prompts: prompts, rounds: prompts.indices.map { $0 % 8 })
        let result = Clustered.mean(values, layout: layout, confidence: 0.95)
        #expect(result.estimate.flags == [.promptTermOnly])
        #expect(agrees(result.estimate.standardError, cluster["cluster_means_se"].number, relative: 1e-10))
        #expect(agrees(result.estimate.interval?.low, cluster["cluster_t95"][0].number, relative: 1e-10))
        #expect(agrees(result.estimate.interval?.high, cluster["cluster_t95"][1].number, relative: 1e-10))
    }
}

@Suite("block lengths", .enabled(if: Oracle.isPresent, Oracle.absent))
struct BlockLengthTests {
    @Test("block lengths, long-run variance and effective size agree with arch", arguments: Oracle.names("time_series"))
    func arch(name: String) throws {
        let reference = Oracle.root["time_series"][name]
        let dependence = try #require(SeriesDependence(reference["x"].numbers))
        #expect(agrees(dependence.stationaryBlock, reference["arch_b_stationary"].number, relative: 1e-10))
        #expect(agrees(dependence.circularBlock, reference["arch_b_circular"].number, relative: 1e-10))
        #expect(dependence.insignificantLag == reference["arch_mhat"].int)
        #expect(dependence.bandwidth == reference["arch_M"].int)
        #expect(agrees(dependence.longRunVariance, reference["long_run_variance"].number, relative: 1e-10))
        #expect(agrees(dependence.variance, reference["gamma0"].number, relative: 1e-12))
        let size = Double(reference["x"].items.count)
        let raw = try #require(reference["ess"].number)
        #expect(agrees(dependence.effectiveSampleSize, min(max(raw, 2), size), relative: 1e-10))
    }

    @Test("block bootstraps have the standard error of the closed form", arguments: Oracle.names("block_bootstrap"))
    func closedForm(name: String) throws {
        let reference = Oracle.root["block_bootstrap"][name]
        let series = Oracle.root["time_series"][name]["x"].numbers
        let block = try #require(reference["block"].int)
        let layout = RecordingLayout(prompts: series.map { _ in 0 }, rounds: Array(series.indices))
        let plan = ResamplingPlan(replicates: 8_000, key: RandomKey(seed: 42, label: "test/block"), threads: 2)
        for (scheme, key) in [
            (ResamplingScheme.circularBlocks(length: block), "circular_se_exact"),
            (.stationary(meanLength: Double(block)), "stationary_se_exact"),
        ] {
            let bootstrap = DesignBootstrap(layout: layout, scheme: scheme, plan: plan)
            let estimate = bootstrap.estimate(of: series, .mean, confidence: 0.95)
            // A standard deviation of 8,000 replicates has a relative error of 1/√16,000 = 0.8 %; five of those.
            #expect(agrees(estimate.standardError, reference[key].number, relative: 0.04), "\(key)")
            // An end's own error is about 3/√8,000 of the standard deviation; five of those.
            let arch = reference["arch_" + key.replacing("_se_exact", with: "_pct95")]
            let slack = 0.2 * (try #require(estimate.standardError))
            #expect(agrees(estimate.interval?.low, arch[0].number, relative: 0, absolute: slack), "\(key)")
            #expect(agrees(estimate.interval?.high, arch[1].number, relative: 0, absolute: slack), "\(key)")
        }
    }

    @Test("Morley's experiments: the exact law of the mean of five cluster means")
    func morley() throws {
        let reference = Oracle.root["cluster_morley"]
        let means = reference["cluster_means"].numbers
        let law = try #require(ExactMeanBootstrap(means))
        let percentile = law.percentile(confidence: 0.95)
        #expect(agrees(percentile.low, reference["ideal"]["percentile"][0].number))
        #expect(agrees(percentile.high, reference["ideal"]["percentile"][1].number))
        #expect(agrees(law.probabilityBelowEstimate, reference["ideal"]["p0_mid"].number))
        let bca = law.bca(acceleration: BCa.accelerationOfMean(means), confidence: 0.95)
        #expect(agrees(bca.interval.low, reference["ideal"]["bca"][0].number))
        #expect(agrees(bca.interval.high, reference["ideal"]["bca"][1].number))
        let prompts = (0..<100).map { $0 / 20 }
        let layout = RecordingLayout(prompts: prompts, rounds: prompts.map { _ in 0 })
        let values = Oracle.root["datasets"]["morley"]["x"].numbers
        let clustered = Clustered.mean(values, layout: layout, confidence: 0.95)
        #expect(agrees(clustered.estimate.standardError, reference["cluster_se"].number, relative: 1e-10))
    }

    @Test("the prompt bootstrap has the exact law of resampled cluster means")
    func prompts() throws {
        let cluster = Oracle.root["cluster"]
        let values = cluster["x"].numbers
        let prompts = cluster["cluster"].numbers.map { Int($0) }
        let layout = RecordingLayout(prompts: prompts, rounds: prompts.indices.map { $0 % 8 })
        let plan = ResamplingPlan(key: RandomKey(seed: 42, label: "test/prompts"))
        let bootstrap = DesignBootstrap(layout: layout, scheme: .promptClusters, plan: plan)
        let interval = try #require(bootstrap.estimate(of: values, .mean, confidence: 0.95).interval)
        let band = cluster["ideal_cluster_bootstrap_mean"]["mc_accept_5sigma"]["9999"]
        let low = try #require(interval.low)
        let high = try #require(interval.high)
        #expect(low >= band["percentile_lo"].numbers[0] && low <= band["percentile_lo"].numbers[1])
        #expect(high >= band["percentile_hi"].numbers[0] && high <= band["percentile_hi"].numbers[1])
    }
}

@Suite("designs")
struct DesignTests {
    private let layout = RecordingLayout(
        prompts: (0..<240).map { $0 % 6 },
        rounds: (0..<240).map { $0 / 6 }
    )

    @Test(
        "weighted statistics are those of the written-out resample",
        arguments: [
            ResamplingScheme.promptClusters, .circularBlocks(length: 7), .stationary(meanLength: 4.5),
            .pigeonhole(length: 3),
        ]
    )
    func writtenOut(scheme: ResamplingScheme) throws {
        var stream = RandomKey(seed: 3, label: "values").stream(replicate: 0)
        let values = layout.prompts.map { Double($0) + (stream.unit() * 8).rounded() }
        let plan = ResamplingPlan(replicates: 60, key: RandomKey(seed: 5, label: "design"))
        let bootstrap = DesignBootstrap(layout: layout, scheme: scheme, plan: plan)
        let statistics: [ResampledStatistic] = [.quantile(0.9), .mean, .quantile(0.5), .quantile(0.99)]
        let replicates = bootstrap.replicates(of: values, statistics)
        for replicate in 0..<60 {
            let drawn = bootstrap.multiplicities(replicate: replicate)
            var sample: [Double] = []
            for i in values.indices {
                let times = drawn.prompts[layout.prompts[i]] * drawn.rounds[layout.rounds[i]]
                sample += Array(repeating: values[i], count: times)
            }
            sample.sort()
            #expect(agrees(replicates[0][replicate], Quantile.value(sorted: sample, p: 0.9)))
            #expect(agrees(replicates[1][replicate], Moments.mean(sample)))
            #expect(agrees(replicates[2][replicate], Quantile.value(sorted: sample, p: 0.5)))
            #expect(agrees(replicates[3][replicate], Quantile.value(sorted: sample, p: 0.99)))
            if scheme.drawsRounds { #expect(drawn.rounds.reduce(0, +) == 40) }
            if scheme.drawsPrompts { #expect(drawn.prompts.reduce(0, +) == 6) }
        }
        let threaded = DesignBootstrap(
            layout: layout,
            scheme: scheme,
            plan: ResamplingPlan(replicates: 60, key: RandomKey(seed: 5, label: "design"), threads: 2)
        )
        #expect(threaded.replicates(of: values, statistics) == replicates)
    }

    @Test("far and near keys are numbered in their order")
    func numbering() {
        let near = RecordingLayout(prompts: [7, 5, 7, 9], rounds: [-2, -2, 0, 3])
        #expect(near.prompts == [1, 0, 1, 2])
        #expect(near.rounds == [0, 0, 1, 2])
        let far = RecordingLayout(prompts: [.max, .min, .max, 0], rounds: [0, 1_000_000_000, 0, 7])
        #expect(far.prompts == [2, 0, 2, 1])
        #expect(far.rounds == [0, 2, 0, 1])
        #expect(far.promptCount == 3)
        #expect(RecordingLayout(prompts: [0, 0, 1], rounds: [0, 0, 0]).cellSizes == (1, 2))
    }

    @Test("the order of observations does not matter")
    func order() {
        let values = (0..<240).map { Double(($0 * 7919) % 241) }
        let order = (0..<240).map { ($0 * 77) % 240 }
        let shuffled = RecordingLayout(
            prompts: order.map { layout.prompts[$0] },
            rounds: order.map { layout.rounds[$0] }
        )
        let one = Clustered.quantile(values, p: 0.9, layout: layout, confidence: 0.95)
        let other = Clustered.quantile(order.map { values[$0] }, p: 0.9, layout: shuffled, confidence: 0.95)
        #expect(one.estimate.value == other.estimate.value)
        #expect(agrees(one.estimate.interval?.low, other.estimate.interval?.low))
    }

    @Test("one prompt speaks for itself only; independent requests say so")
    func fallbacks() {
        let values = (0..<40).map { Double(($0 * 13) % 17) }
        let onePrompt = RecordingLayout(prompts: Array(repeating: 0, count: 40), rounds: Array(0..<40))
        let result = Clustered.mean(values, layout: onePrompt, confidence: 0.95)
        #expect(result.target == .thesePrompts)
        #expect(result.estimate.flags.contains(.onePrompt))
        let distinct = RecordingLayout(prompts: Array(0..<40), rounds: Array(repeating: 0, count: 40))
        let independent = Clustered.mean(values, layout: distinct, confidence: 0.95)
        #expect(independent.target == .independent)
        #expect(independent.estimate.flags == [.independentRequests])
        let tooLittle = RecordingLayout(prompts: [0, 0, 0], rounds: [0, 1, 2])
        let none = Clustered.mean([1, 2, 4], layout: tooLittle, confidence: 0.95)
        #expect(none.estimate.interval == nil)
        #expect(none.estimate.flags == [.onePrompt, .promptTermOnly])
    }

    @Test("no observation, one, equal ones and NaN end in flags")
    func degenerate() {
        let empty = RecordingLayout(prompts: [], rounds: [])
        #expect(Clustered.mean([], layout: empty, confidence: 0.95).estimate.flags == [.noData])
        #expect(Clustered.quantile([], p: 0.5, layout: empty, confidence: 0.95).estimate.flags == [.noData])
        let one = RecordingLayout(prompts: [0], rounds: [0])
        #expect(Clustered.mean([2], layout: one, confidence: 0.95).estimate.flags == [.singleObservation])
        let constant = Array(repeating: 3.0, count: 240)
        #expect(Clustered.mean(constant, layout: layout, confidence: 0.95).estimate.interval?.low == 3)
        #expect(Clustered.quantile(constant, p: 0.9, layout: layout, confidence: 0.95).estimate.interval?.high == 3)
        #expect(
            Clustered.mean([.nan, 1], layout: RecordingLayout(prompts: [0, 1], rounds: [0, 1]), confidence: 0.95)
                .estimate.value == nil
        )
        let plan = ResamplingPlan(replicates: 9, key: RandomKey(seed: 1, label: "x"))
        let bootstrap = DesignBootstrap(layout: empty, scheme: .pigeonhole(length: 2), plan: plan)
        #expect(bootstrap.estimate(of: [], .mean, confidence: 0.95).flags == [.noData])
        #expect(SeriesDependence([1]) == nil)
        #expect(SeriesDependence([1, 1, 1])?.effectiveSampleSize == 3)
        #expect(SeriesDependence([1, 2])?.effectiveSampleSize == 2)
    }

    @Test("the ratio of sums weighs long answers more than the mean of ratios does")
    func ratioOfSums() {
        // 10 tokens in 1 s and 300 tokens in 10 s: 310 / 11 tokens per second, not (10 + 30) / 2.
        let small = RecordingLayout(prompts: [0, 1], rounds: [0, 0])
        let result = Clustered.ratioOfSums([10, 300], over: [1, 10], layout: small, confidence: 0.95)
        #expect(agrees(result.estimate.value, 310.0 / 11))
        #expect(
            Clustered.ratioOfSums([1], over: [0], layout: RecordingLayout(prompts: [0], rounds: [0]), confidence: 0.95)
                .estimate.value == nil
        )
    }
}
