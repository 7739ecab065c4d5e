// Gaps pooled over requests, without sorting: against a plain sort, and against the same observations one by one.

import Testing

@testable import Analyzer

@Suite("Pooled gaps")
struct PooledTests {
    /// Lists of gaps in nanoseconds drawn by a stream: what spread, how many values repeat.
    static func lists(_ count: Int, span: UInt64, lowest: Int64 = 0, label: String = "pooled") -> [GapList] {
        var stream = RandomKey(seed: 7, label: label).stream(replicate: 0)
        return (0..<count).map { _ in
            GapList(nanoseconds: (0..<stream.index(below: 9)).map { _ in lowest + Int64(stream.index(below: span)) })
        }
    }

    @Test(
        "selection by counting finds what a sort finds",
        arguments: [
            (1, 0), (3, -1), (5_000, 0), (40_000, 0), (1 << 25, 5), (3_000_000_000, 0), (1 << 40, -7), (1 << 60, -9),
        ] as [(UInt64, Int64)]
    )
    func selection(span: UInt64, lowest: Int64) throws {
        let lists = Self.lists(300, span: span, lowest: lowest)
        var sorted: [Int64] = []
        for list in lists { list.forEach { sorted.append($0) } }
        sorted.sort()
        let ends = (try #require(sorted.first), try #require(sorted.last))
        for threads in [1, 2, 3] {
            let order = PooledOrder(lists, minimum: ends.0, maximum: ends.1, threads: threads)
            let found = order.values(ofRanks: 1...sorted.count)
            #expect(found.count == sorted.count)
            #expect(sorted.indices.allSatisfy { found[$0 + 1] == sorted[$0] })
        }
    }

    @Test("gaps keep their nanoseconds, narrow or wide")
    func storage() {
        let narrow: [Int64] = [0, 1, 4_294_967_295]
        let wide: [Int64] = [0, 4_294_967_296, -5]
        for gaps in [narrow, wide, []] {
            var kept: [Int64] = []
            GapList(nanoseconds: gaps).forEach { kept.append($0) }
            #expect(kept == gaps)
            #expect(GapList(nanoseconds: gaps).milliseconds == gaps.map { Double($0) / 1e6 })
        }
        #expect(GapList(narrow: [1, 2]) == GapList(nanoseconds: [1, 2]))
    }

    @Test(
        "the pooled summary is that of the same observations one by one",
        arguments: [(5, 40, 20_000_000), (1, 40, 20_000_000), (6, 4, 20_000_000), (5, 40, 4), (12, 30, 3_000_000_000)]
    )
    func summary(prompts: Int, rounds: Int, span: UInt64) throws {
        let lists = Self.lists(prompts * rounds, span: span)
        let promptOf = lists.indices.map { $0 % prompts }
        let roundOf = lists.indices.map { $0 / prompts }
        let plan = ResamplingPlan(replicates: 199, key: RandomKey(seed: 1, label: "t"))
        let pooled = SampleSummary(pooling: lists, prompts: promptOf, rounds: roundOf, confidence: 0.9, plan: plan)
        let single = SampleSummary(
            Arm(
                values: lists.flatMap(\.milliseconds),
                prompts: lists.indices.flatMap { [Int](repeating: promptOf[$0], count: lists[$0].count) },
                rounds: lists.indices.flatMap { [Int](repeating: roundOf[$0], count: lists[$0].count) }
            ),
            confidence: 0.9,
            plan: plan
        )
        func expectSame(_ ours: Double?, _ theirs: Double?, _ what: String) {
            switch (ours, theirs) {
            case (nil, nil): break
            case (let ours?, let theirs?):
                #expect(abs(ours - theirs) <= 1e-9 * max(abs(theirs), 1), "\(what)")
            default: Issue.record("\(what): \(String(describing: ours)) is not \(String(describing: theirs))")
            }
        }
        #expect(pooled.count == single.count)
        #expect(pooled.target == single.target)
        expectSame(pooled.minimum, single.minimum, "minimum")
        expectSame(pooled.maximum, single.maximum, "maximum")
        expectSame(pooled.standardDeviation, single.standardDeviation, "deviation")
        let pairs =
            [(pooled.mean, single.mean)] + zip(pooled.quantiles.map(\.estimate), single.quantiles.map(\.estimate))
        for (ours, theirs) in pairs {
            expectSame(ours.value, theirs.value, "value")
            expectSame(ours.interval?.low, theirs.interval?.low, "low")
            expectSame(ours.interval?.high, theirs.interval?.high, "high")
            expectSame(ours.standardError, theirs.standardError, "error")
            #expect(ours.flags == theirs.flags)
            #expect(ours.method == theirs.method)
        }
        var two = plan
        two.threads = 2
        let again = SampleSummary(pooling: lists, prompts: promptOf, rounds: roundOf, confidence: 0.9, plan: two)
        #expect(again.mean == pooled.mean)
        #expect(again.quantiles.map(\.estimate) == pooled.quantiles.map(\.estimate))
    }

    @Test("no gap, one gap a request and equal gaps take the ordinary path")
    func ordinary() {
        let plan = ResamplingPlan(replicates: 199, key: RandomKey(seed: 1, label: "t"))
        func summary(_ lists: [GapList]) -> SampleSummary {
            SampleSummary(
                pooling: lists,
                prompts: Array(lists.indices),
                rounds: [Int](repeating: 0, count: lists.count),
                confidence: 0.95,
                plan: plan
            )
        }
        #expect(summary([GapList(), GapList()]).mean.flags == [.noData])
        let singles = summary((1...40).map { GapList(nanoseconds: [$0 * 1_000_000]) })
        #expect(singles.target == .independent)
        #expect(singles.mean.value == 20.5)
        let equal = summary([GapList(nanoseconds: [5, 5]), GapList(nanoseconds: [5, 5])])
        #expect(equal.mean.flags.contains(.degenerate))
    }

    @Test("other definitions of a quantile read the same order statistics")
    func definitions() throws {
        let lists = Self.lists(60, span: 30_000_000)
        let sorted = lists.flatMap(\.milliseconds).sorted()
        let plan = ResamplingPlan(replicates: 199, key: RandomKey(seed: 1, label: "t"))
        for definition in QuantileDefinition.allCases {
            let summary = SampleSummary(
                pooling: lists,
                prompts: lists.indices.map { $0 % 6 },
                rounds: lists.indices.map { $0 / 6 },
                definition: definition,
                confidence: 0.95,
                plan: plan
            )
            for (p, estimate) in summary.quantiles {
                #expect(estimate.value == Quantile.value(sorted: sorted, p: p, definition: definition))
            }
        }
    }
}
