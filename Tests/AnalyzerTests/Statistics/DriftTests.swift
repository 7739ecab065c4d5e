// Drift, planning and always-valid bounds against R, statsmodels and the reference's own formulas, and by hand.

import Testing

@testable import Analyzer

@Suite("drift", .enabled(if: Oracle.isPresent, Oracle.absent))
struct DriftOracleTests {
    @Test("every series test agrees", arguments: Oracle.names("time_series"))
    func series(name: String) throws {
        let reference = Oracle.root["time_series"][name]
        let series = reference["x"].numbers
        let ljungBox = try #require(Drift.ljungBox(series))
        #expect(ljungBox.lag == reference["ljung_box_lag"].int)
        #expect(agrees(ljungBox.statistic, reference["ljung_box"].number, relative: 1e-10))
        #expect(agrees(ljungBox.pValue, reference["ljung_box_p"].number, relative: 1e-9))
        let kpss = try #require(Drift.kpss(series))
        #expect(kpss.lag == reference["R"]["kpss_lag"].int)
        #expect(agrees(kpss.statistic, reference["R"]["kpss"].number, relative: 1e-10))
        let trend = try #require(Drift.mannKendall(series))
        #expect(trend.statistic == reference["mann_kendall"]["S"].number)
        #expect(agrees(trend.variance, reference["mann_kendall"]["var"].number))
        #expect(agrees(trend.unscaledZ, reference["mann_kendall"]["z"].number))
        #expect(agrees(trend.unscaledPValue, reference["mann_kendall"]["p"].number, relative: 1e-10))
        #expect(agrees(trend.z, reference["mann_kendall_ess_scaled"]["z"].number, relative: 1e-10))
        #expect(agrees(trend.pValue, reference["mann_kendall_ess_scaled"]["p"].number, relative: 1e-9))
        let change = try #require(Drift.pettitt(series))
        #expect(change.statistic == reference["pettitt"]["K"].number)
        #expect(change.splitAfter == reference["pettitt"]["split_after"].int)
        #expect(agrees(change.pValue, reference["pettitt"]["p_approx"].number, relative: 1e-10))
        #expect(agrees(change.superiority, reference["pettitt"]["A12_after_vs_before"].number))
        #expect(Drift.suggestedWarmUp(series) == reference["mser5_truncation"].int)
    }
}

@Suite("planning and peeking", .enabled(if: Oracle.isPresent, Oracle.absent))
struct PlanningOracleTests {
    @Test("sample sizes and detectable effects agree")
    func sizes() throws {
        for row in Oracle.root["planning"].items {
            let error = try #require(row["se"].number)
            let size = Planning.sampleSize(
                count: try #require(row["n"].int),
                standardError: error,
                halfWidth: try #require(row["target_half_width"].number),
                confidence: 0.95
            )
            #expect(size == row["n_needed"].int)
            #expect(agrees(Planning.minimumDetectableEffect(standardError: error), row["mde_80pct"].number))
        }
        for row in Oracle.root["power"].items {
            let alpha = try #require(row["alpha"].number)
            let size = Planning.armSize(
                effect: try #require(row["delta_over_sd"].number),
                confidence: 1 - alpha,
                power: try #require(row["power"].number)
            )
            #expect(size?.perArm == row["n_per_arm_normal"].int)
            #expect(size?.perArmRanks == row["n_per_arm_wilcoxon_lower_bound_ARE_0.864"].int)
            #expect(size?.pairs == row["n_pairs_normal"].int)
        }
    }

    @Test("the intraclass correlation and design effect agree")
    func correlation() throws {
        let cluster = Oracle.root["cluster"]
        let groups = cluster["cluster"].numbers.map { Int($0) }
        let found = try #require(Planning.intraclassCorrelation(cluster["x"].numbers, groups: groups))
        #expect(agrees(found.correlation, cluster["icc_anova"].number, relative: 1e-10))
        #expect(agrees(found.designEffect, cluster["deff"].number, relative: 1e-10))
    }

    @Test("always-valid ranks agree")
    func ranks() throws {
        let rows = Oracle.root["confidence_sequence"]["beta_binomial_mixture"].items
        #expect(rows.count >= 10)
        for row in rows {
            let n = try #require(row["n"].int)
            let p = try #require(row["p"].number)
            let alpha = try #require(row["alpha"].number)
            let rho = try #require(row["rho"].number)
            let found = ConfidenceSequence.ranks(count: n, p: p, confidence: 1 - alpha, concentration: rho)
            let ranks = try #require(found)
            #expect(ranks.smallest == row["k_accept"][0].int, "n \(n), p \(p)")
            #expect(ranks.largest == row["k_accept"][1].int, "n \(n), p \(p)")
        }
    }
}

@Suite("drift and planning by hand")
struct DriftTests {
    @Test("short, constant and non-finite series have no verdict, and nothing traps")
    func degenerate() {
        for series in [[], [1], [1, 2], [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3], [.nan, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]] {
            _ = Drift.ljungBox(series)
            #expect(Drift.kpss(series) == nil)
            #expect(Drift.mannKendall(series) == nil)
            #expect(Drift.pettitt(series) == nil)
        }
        #expect(Drift.ljungBox([3, 3, 3, 3]) == nil)
        #expect(Drift.suggestedWarmUp([1, 2, 3]) == nil)
        #expect(Drift.suggestedWarmUp(Array(repeating: 2, count: 30)) == 0)
    }

    @Test("a step is found where it is, and counts only if it is large")
    func step() throws {
        let flat = (0..<60).map { 100 + Double(($0 * 37) % 11) / 10 }
        let stepped = flat.enumerated().map { $0 < 25 ? $1 : $1 * 1.2 }
        let change = try #require(Drift.pettitt(stepped))
        #expect(change.splitAfter == 25)
        #expect(change.isSubstantial())
        #expect(!change.isSubstantial(margin: 0.5))
        #expect(try #require(Drift.pettitt(flat)).isSubstantial() == false)
    }

    @Test("ties neither rise nor fall")
    func ties() throws {
        // 1, 2, 2, 3: pairs 12, 12, 13, 23, 23 rise, 22 is tied.
        #expect(try #require(Drift.mannKendall([1, 2, 2, 3])).statistic == 5)
    }

    @Test("repeats per prompt follow Kalibera and Jones")
    func repeats() {
        // Prompts 0, 10, 20 with repeats ±1: variance within 2, of the means 100, so T2² = 100 − 2/2 = 99;
        // √(990/1 · 2/99) = √20, rounded up to 5.
        let values: [Double] = [-1, 1, 9, 11, 19, 21]
        let groups = [0, 0, 1, 1, 2, 2]
        #expect(Planning.repeatsPerPrompt(values, groups: groups, repeatCost: 1, promptCost: 990) == 5)
        #expect(Planning.repeatsPerPrompt([1, 1, 1, 1], groups: [0, 0, 1, 1], repeatCost: 1, promptCost: 1) == nil)
        #expect(Planning.intraclassCorrelation([1, 2], groups: [0, 1]) == nil)
        #expect(Planning.armSize(effect: 0) == nil)
        #expect(Planning.sampleSize(count: 10, standardError: 1, halfWidth: 0, confidence: 0.95) == nil)
    }

    @Test("an always-valid interval is wider than a fixed one, and open where it knows nothing")
    func alwaysValid() throws {
        let sample = Sample((1...400).map { Double($0) })
        let valid = ConfidenceSequence.estimate(of: sample, p: 0.5, confidence: 0.95)
        let fixed = QuantileInterval.nyblom(sorted: sample.sorted, p: 0.5, confidence: 0.95)
        #expect(try #require(valid.interval?.low) < (try #require(fixed.low)))
        #expect(try #require(valid.interval?.high) > (try #require(fixed.high)))
        let few = ConfidenceSequence.estimate(of: Sample([1, 2, 3]), p: 0.99, confidence: 0.95)
        #expect(few.interval?.high == nil)
        #expect(ConfidenceSequence.estimate(of: Sample([]), p: 0.5, confidence: 0.95).flags == [.noData])
    }
}
