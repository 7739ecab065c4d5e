// Goodput, censored timeouts and the concurrency that a group reached.

import Core
import Testing

@testable import Analyzer

@Suite("Objectives, timeouts, concurrency")
struct ObjectiveTests {
    /// A request that timed out; its first token came at `ttft` ms where it came at all.
    static func timedOut(_ number: UInt64, ttft: Double? = nil) -> HandmadeRequest {
        let m = HandmadeAnswer.texts(["a"], outputTokens: 1).messages
        var request = HandmadeRequest(chunks: ttft.map { [(1, m[0]), ($0, m[1])] } ?? [], completed: 1000)
        request.id = AttemptID(request: number, attempt: 1)
        request.prompt = "t\(number)"
        request.outcome = .timeout
        request.error = ("CURLE_OPERATION_TIMEDOUT", "")
        return request
    }

    @Test("goodput counts successful requests that keep every limit, of all requests")
    func goodput() throws {
        // ttft 20 and 60 ms; tpot 30 ms / 5 = 6 ms each; two failures. From 0 to 200 + 100 ms.
        let rows = [
            GroupTests.request(1, ttft: 20).row, GroupTests.request(2, start: 200, ttft: 60).row,
            GroupTests.failed(3).row, Self.timedOut(4, ttft: 5).row,
        ]
        var plan = GroupTests.plan
        plan.objective = try ServiceLevelObjective("ttft_ms<50,tpot_ms<=6", lens: .standard)
        let group = try #require(Grouping.summarize(rows, plan: plan).first)
        #expect(group.goodput?.requests == 1)
        #expect(group.goodput?.share == 0.25)
        #expect(abs((group.goodput?.requestsPerSecond ?? 0) - 1 / 0.3) < 1e-9)
        let text = SummaryJSON.render(SummaryDocument(plan: plan, sources: [], groups: [group]))
        #expect(text.contains(#""goodput":{"requests":1,"share":0.25"#))
    }

    @Test(
        "limits hold or not, and a metric that is missing keeps none",
        arguments: [
            ("ttft_ms<20", false), ("ttft_ms<=20", true), ("otps>100", true), ("otps>=1000", false),
            ("ttft_ms < 21, e2e_ms < 61", true), ("server_ttft_ms<1000", false),
        ]
    )
    func limits(text: String, isMet: Bool) throws {
        let objective = try ServiceLevelObjective(text, lens: .standard)
        #expect(objective.isMet(by: GroupTests.request(1, ttft: 20).row) == isMet)
    }

    @Test(
        "a wrong limit is named with its place",
        arguments: [
            ("", 1), ("ttft_ms", 1), ("ttft<5", 1), ("ttft_ms<5,", 11), ("ttft_ms<5,tpot_ms<x", 19), ("ttft_ms<inf", 9),
        ]
    )
    func wrongLimits(text: String, position: Int) {
        let error = #expect(throws: FilterError.self) { try ServiceLevelObjective(text, lens: .standard) }
        #expect(error?.position == position)
    }

    @Test("censored timeouts lie above every value: quantiles count them, means are withheld")
    func censored() throws {
        let rows =
            (1...3).map { GroupTests.request($0, ttft: Double($0) * 10 + 10).row }
            + [Self.timedOut(4).row, Self.timedOut(5, ttft: 25).row]
        var plan = GroupTests.plan
        let excluded = try #require(Grouping.summarize(rows, plan: plan).first)
        #expect(excluded.metric("ttft_ms")?.count == 3)
        #expect(excluded.metric("ttft_ms")?.quantile("p50")?.value == 30)
        plan.timeouts = .censored
        let group = try #require(Grouping.summarize(rows, plan: plan).first)
        let ttft = try #require(group.metric("ttft_ms"))
        // 20, 25, 30, 40, ∞: the first token of request 5 had come.
        #expect(ttft.count == 5)
        #expect(ttft.quantile("p50")?.value == 30)
        #expect(ttft.quantile("p99")?.value == nil)
        #expect(ttft.quantile("p99")?.flags.contains(.beyondCensoring) == true)
        #expect(ttft.mean.value == nil)
        #expect(ttft.mean.flags == [.withheldForCensoring(1)])
        #expect(ttft.minimum == 20)
        #expect(ttft.maximum == nil)
        // Both timeouts cut the end off: 60, 70, 80, ∞, ∞.
        #expect(group.metric("e2e_ms")?.quantile("p50")?.value == 80)
        // A speed that nobody saw is not an observation.
        #expect(group.metric("otps")?.count == 3)
        #expect(group.ok == 3)
    }

    @Test("concurrency is the busy time over the span, and the most at once")
    func concurrency() throws {
        // [0, 60], [30, 90], [90, 150]: 180 ms busy in 150 ms; the third begins as the second ends.
        let rows = [0.0, 30, 90].enumerated().map { GroupTests.request(UInt64($0), start: $1, ttft: 20).row }
        let concurrency = try #require(Concurrency(RowSelection(rows)))
        #expect(abs(concurrency.mean - 1.2) < 1e-9)
        #expect(concurrency.maximum == 2)
        #expect(Concurrency(RowSelection([])) == nil)
    }
}
