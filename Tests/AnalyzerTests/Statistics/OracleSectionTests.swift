// What the reference file holds beyond one method's own tests: no section of it goes unread.

import Testing

@testable import Analyzer

@Suite("the whole of the reference file", .enabled(if: Oracle.isPresent, Oracle.absent))
struct OracleSectionTests {
    /// Each section and who reads it; a section that the file gains must find a reader here.
    private static let readers: [String: String] = [
        "meta": "nothing to compare: versions and conventions",
        "datasets": "QuantileTests, MeanTests, BootstrapTests",
        "scipy_hd_and_sd": "here",
        "R_boot": "here and MeanTests",
        "classic_multivariate": "here and ClassicTests",
        "two_sample": "ComparisonTests and here",
        "bca_multisample_a": "MeanTests",
        "paired": "ComparisonTests",
        "multiple_testing": "ComparisonTests and here",
        "time_series": "DriftTests, ClusteredTests and here",
        "block_bootstrap": "ClusteredTests",
        "cluster": "ClusteredTests, DriftTests",
        "cluster_morley": "ClusteredTests and here",
        "two_way": "ClusteredTests and here",
        "planning": "DriftTests",
        "min_n_quantile_ci": "QuantileTests and here",
        "power": "DriftTests",
        "mannwhitney_min_p": "ComparisonTests",
        "confidence_sequence": "DriftTests",
        "special": "SpecialFunctionsTests",
        "rng": "RandomStreamTests and here",
        "golden_bootstrap": "BootstrapTests and here",
        "ideal_large": "Benchmarks/bootstrap/run --oracle, where numpy draws the samples",
    ]

    @Test("every section has a reader")
    func sections() {
        #expect(Oracle.root.keys == Self.readers.keys.sorted())
    }

    @Test("scipy's Harrell-Davis quantiles and their jackknife errors", arguments: Oracle.names("scipy_hd_and_sd"))
    func harrellDavis(name: String) throws {
        let reference = Oracle.root["scipy_hd_and_sd"][name]
        let sorted = Sample(Oracle.root["datasets"][name]["x"].numbers).sorted
        let size = Double(sorted.count)
        for (index, p) in [0.5, 0.9, 0.99].enumerated() {
            #expect(agrees(Quantile.harrellDavis(sorted: sorted, p: p), reference["hdquantiles"][index].number))
            let without = sorted.indices.compactMap { left in
                Quantile.harrellDavis(sorted: sorted.indices.filter { $0 != left }.map { sorted[$0] }, p: p)
            }
            // scipy weights the variance of the leave-one-out values with n − 1 in place of the jackknife's (n − 1)²/n.
            let spread = try #require(Moments.standardDeviation(without)) * ((size - 1) / size).squareRoot()
            let deviation = spread * (size - 1).squareRoot()
            guard let expected = reference["hdquantiles_sd"][index].number else { continue }
            #expect(agrees(deviation, expected, relative: 1e-9), "p \(p)")
        }
    }

    @Test(
        "R's boot of a mean at 400,000 replicates lies within its own error of the exact law",
        arguments: [
            ("aircondit_mean", "aircondit"), ("scipy16_mean", "scipy_vs_R_16"), ("lsat_mean", "law_school_lsat"),
            ("cd4_mean", "cd4_baseline"), ("lognormal20_mean", "lognormal_s1_n20"),
        ]
    )
    func means(key: String, name: String) throws {
        let reference = Oracle.root["R_boot"][key]
        let values = Oracle.root["datasets"][name]["x"].numbers
        let law = try #require(ExactMeanBootstrap(values))
        let error = law.standardError
        #expect(agrees(law.estimate, reference["t0"].number, relative: 1e-12))
        for (row, confidence) in [(0, 0.9), (1, 0.95)] {
            // An end's own error is about 3 SE/√400,000; five of those. BCa's tails are thinner, and R counts ties otherwise.
            func isNear(_ interval: Interval, _ kind: String, _ slack: Double) {
                #expect(agrees(interval.low, reference[kind][row][0].number, relative: 0, absolute: slack), "\(kind)")
                #expect(agrees(interval.high, reference[kind][row][1].number, relative: 0, absolute: slack), "\(kind)")
            }
            isNear(law.percentile(confidence: confidence), "perc", 0.025 * error)
            isNear(law.basic(confidence: confidence), "basic", 0.025 * error)
            let bca = law.bca(acceleration: BCa.accelerationOfMean(values), confidence: confidence)
            isNear(bca.interval, "bca", 0.06 * error)
            let reach = -SpecialFunctions.normalQuantile((1 - confidence) / 2) * error
            let normal = Interval(low: law.estimate - reach, high: law.estimate + reach, confidence: confidence)
            isNear(normal, "norm", 0.015 * error)
        }
    }

    @Test("the correlation of CD4 counts has scipy's and R's intervals")
    func cd4() throws {
        let reference = Oracle.root["classic_multivariate"]["cd4_correlation"]
        let x = Oracle.root["datasets"]["cd4_baseline"]["x"].numbers
        let y = Oracle.root["datasets"]["cd4_oneyear"]["x"].numbers
        @Sendable func correlation(_ drawn: [Int]) -> Double {
            let size = Double(drawn.count)
            let meanX = drawn.reduce(0) { $0 + x[$1] } / size
            let meanY = drawn.reduce(0) { $0 + y[$1] } / size
            var products = 0.0
            var squaresX = 0.0
            var squaresY = 0.0
            for i in drawn {
                products += (x[i] - meanX) * (y[i] - meanY)
                squaresX += (x[i] - meanX) * (x[i] - meanX)
                squaresY += (y[i] - meanY) * (y[i] - meanY)
            }
            return products / (squaresX * squaresY).squareRoot()
        }
        let all = Array(x.indices)
        let plan = ResamplingPlan(replicates: 20_000, key: RandomKey(seed: 42, label: "cd4"), threads: 2)
        let law = BootstrapDistribution(
            estimate: correlation(all),
            replicates: BootstrapReplicates.replicates(ofSize: x.count, plan: plan, statistic: correlation)
        )
        let jackknife = all.map { left in BCa.JackknifeValue(value: correlation(all.filter { $0 != left })) }
        let acceleration = BCa.acceleration(jackknifeOfSamples: [jackknife])
        #expect(agrees(law.estimate, reference["theta"].number, relative: 1e-12))
        let error = try #require(reference["conf90"]["se"].number)
        #expect(agrees(law.standardError, error, relative: 0.03))
        let percentile = law.percentile(confidence: 0.9)
        let bca = law.bca(acceleration: acceleration, confidence: 0.9).interval
        // Five errors of an end at 20,000 replicates, in the long lower and the short upper tail.
        for (interval, kind) in [(percentile, "percentile"), (bca, "bca")] {
            #expect(agrees(interval.low, reference["conf90"][kind][0].number, relative: 0, absolute: 0.12 * error))
            #expect(agrees(interval.high, reference["conf90"][kind][1].number, relative: 0, absolute: 0.06 * error))
        }
        #expect(agrees(bca.low, Oracle.root["R_boot"]["cd4_cor"]["bca"][0][0].number, absolute: 0.12 * error))
    }

    @Test("the published thetas of the multivariate classics", arguments: Oracle.names("classic_multivariate"))
    func thetas(name: String) throws {
        let theta = try #require(Oracle.root["classic_multivariate"][name]["theta"].number)
        let counterpart = ["law_school_correlation": "law_cor", "cd4_correlation": "cd4_cor"]
        let key = counterpart[name] ?? (name == "city_ratio" ? "city_ratio" : "spatialA_var")
        // Both references of one statistic; ours meets them in ClassicTests and above.
        #expect(agrees(theta, Oracle.root["R_boot"][key]["t0"].number, relative: 1e-12))
    }

    @Test("scipy's difference of means lies within its error of the two exact laws", arguments: ["mouse"])
    func difference(name: String) throws {
        let reference = Oracle.root["two_sample"][name]
        let x = reference["x"].numbers
        let y = reference["y"].numbers
        let plan = ResamplingPlan(replicates: 40_000, key: RandomKey(seed: 42, label: "test/x"), threads: 2)
        let other = ResamplingPlan(replicates: 40_000, key: RandomKey(seed: 42, label: "test/y"), threads: 2)
        let replicates = zip(
            BootstrapReplicates.means(x, plan: plan),
            BootstrapReplicates.means(y, plan: other)
        ).map { $0 - $1 }
        let estimate = try #require(Moments.mean(x)) - (try #require(Moments.mean(y)))
        let law = BootstrapDistribution(estimate: estimate, replicates: replicates)
        let error = try #require(law.standardError)
        let percentile = law.percentile(confidence: 0.95)
        let bca = law.bca(acceleration: reference["scipy_diff_mean"]["a"].number, confidence: 0.95).interval
        for (interval, kind) in [(percentile, "percentile"), (bca, "bca")] {
            let expected = reference["scipy_diff_mean"][kind]
            #expect(agrees(interval.low, expected[0].number, relative: 0, absolute: 0.08 * error), "\(kind)")
            #expect(agrees(interval.high, expected[1].number, relative: 0, absolute: 0.08 * error), "\(kind)")
        }
    }

    @Test("simultaneous levels are Bonferroni's", arguments: Oracle.names("multiple_testing"))
    func bonferroni(name: String) throws {
        let reference = Oracle.root["multiple_testing"][name]
        let p = reference["p"].numbers
        for (value, adjusted) in zip(p, reference["bonferroni"].numbers) where !value.isNaN && adjusted < 1 {
            // An interval at this level excludes 0 exactly where p · m < 1 − confidence.
            let level = MultipleComparisons.simultaneousConfidence(1 - adjusted, count: p.count)
            #expect(agrees(1 - level, value, relative: 1e-9, absolute: 1e-15))
        }
    }

    @Test("autocorrelations are those that the Ljung-Box statistic is made of", arguments: Oracle.names("time_series"))
    func autocorrelations(name: String) throws {
        let reference = Oracle.root["time_series"][name]
        let series = reference["x"].numbers
        let n = Double(series.count)
        // Q(5) = n(n + 2) Σ r²/(n − k), from the reference's own five coefficients.
        let coefficients = reference["acf_1_5"].numbers
        let expected =
            n * (n + 2)
            * coefficients.enumerated().reduce(0) { $0 + $1.element * $1.element / (n - Double($1.offset) - 1) }
        let lag = min(5, series.count / 2)
        guard lag == 5 else { return }
        #expect(agrees(try #require(Drift.ljungBox(series, lag: 5)).statistic, expected, relative: 1e-9))
        // Another implementation of the block length (R's np), and statsmodels' KPSS.
        let dependence = try #require(SeriesDependence(series))
        let blocks = reference["np_b_star"].numbers
        // Of twelve values the two peers themselves give different lengths.
        if blocks.count == 2, name != "short_12" {
            #expect(agrees(dependence.stationaryBlock, blocks[0], relative: 1e-9))
            #expect(agrees(dependence.circularBlock, blocks[1], relative: 1e-9))
        }
    }

    @Test("standard errors of requests taken as independent, and statsmodels' clustered one")
    func errors() throws {
        for name in ["cluster", "cluster_morley"] {
            let reference = Oracle.root[name]
            let values = name == "cluster" ? reference["x"].numbers : Oracle.root["datasets"]["morley"]["x"].numbers
            let layout = RecordingLayout(prompts: Array(values.indices), rounds: values.map { _ in 0 })
            let naive = Clustered.mean(values, layout: layout, target: .independent, confidence: 0.95)
            #expect(agrees(naive.estimate.standardError, reference["naive_se"].number, relative: 1e-10))
        }
        // statsmodels multiplies by (N − 1)/(N − 1) · G/(G − 1) for a mean: the prompt term as it is.
        let table = Oracle.root["two_way"]["A"]
        let values = table.items.flatMap(\.numbers)
        let prompts = table.items.enumerated().flatMap { prompt, row in row.numbers.map { _ in prompt } }
        let rounds = table.items.flatMap { Array($0.items.indices) }
        let layout = RecordingLayout(prompts: prompts, rounds: rounds)
        let clustered = Clustered.mean(values, layout: layout, confidence: 0.95)
        let error = try #require(clustered.variance).prompt.squareRoot()
        #expect(agrees(error, Oracle.root["two_way"]["statsmodels_cluster_se_prompt"].number, relative: 1e-9))
    }

    @Test(
        "the smallest sample of a total level is the one whose extremes miss so seldom",
        arguments: Oracle.names("min_n_quantile_ci")
    )
    func totalLevel(name: String) throws {
        let expected = try #require(Oracle.root["min_n_quantile_ci"][name]["two_sided_total"].int)
        let parts = name.split(whereSeparator: { "=,".contains($0) })
        let p = try #require(Double(parts[1]))
        let confidence = try #require(Double(parts[3]))
        func missed(_ n: Int) -> Double { Elementary.pow(p, Double(n)) + Elementary.pow(1 - p, Double(n)) }
        #expect(missed(expected) <= 1 - confidence + 1e-12)
        #expect(missed(expected - 1) > 1 - confidence - 1e-12)
        // Ours shares the level equally between the sides, which asks for no fewer.
        #expect(QuantileInterval.minimumSampleSize(p: p, confidence: confidence) >= expected)
    }

    @Test("generators from both seeds, and the draws of the golden runs")
    func random() throws {
        for (seed, key) in [(UInt64(0), "seed=0"), (1_234_567, "seed=1234567")] {
            var source = SplitMix64(seed: seed)
            for value in Oracle.root["rng"]["splitmix64"][key].items { #expect(value.unsigned == source.next()) }
        }
        for text in Oracle.root["rng"]["fnv1a64"].keys {
            #expect(RandomKey.fnv1a(text) == Oracle.root["rng"]["fnv1a64"][text].unsigned)
        }
        for name in Oracle.names("golden_bootstrap") {
            let golden = Oracle.root["golden_bootstrap"][name]
            let key = RandomKey(
                seed: try #require(golden["seed"].unsigned),
                label: try #require(golden["label"].text)
            )
            let size = UInt64(Oracle.root["datasets"][name]["x"].items.count)
            let last = UInt64(try #require(golden["B"].int)) - 1
            for (replicate, member) in [(0, "first_rep_indices"), (last, "last_rep_indices")] {
                var stream = key.stream(replicate: replicate)
                for index in golden[member].items { #expect(index.int == stream.index(below: size)) }
            }
            let share = try #require(golden["p0_mid"].number)
            #expect(agrees(SpecialFunctions.normalQuantile(share), golden["z0"].number, relative: 1e-12))
        }
    }
}
