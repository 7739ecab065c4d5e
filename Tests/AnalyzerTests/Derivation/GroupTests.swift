// Requests put into groups, and the counts, spans and statistics of each.

import Core
import Testing

@testable import Analyzer

@Suite("Groups of requests")
struct GroupTests {
    /// A request of three deltas whose first token comes `ttft` ms after dispatch and that ends 40 ms later.
    static func request(
        _ number: UInt64,
        start: Double = 0,
        ttft: Double = 20,
        outputTokens: Int = 6
    ) -> HandmadeRequest {
        var request = HandmadeRequest(
            .texts(["a", "b", "c"], outputTokens: outputTokens),
            at: [10, ttft, ttft + 10, ttft + 30, ttft + 31, ttft + 32, ttft + 40]
        )
        request.id = AttemptID(request: number, attempt: 1)
        request.start = start
        request.prompt = "p\(number)"
        return request
    }

    static func failed(_ number: UInt64, status: Int = 429) -> HandmadeRequest {
        var request = HandmadeRequest(chunks: [(9, Array("{}".utf8))], completed: 9)
        request.id = AttemptID(request: number, attempt: 1)
        request.status = status
        request.headers = [HeaderField("x-amzn-ErrorType", "ThrottlingException")]
        return request
    }

    static var plan: SummaryPlan {
        var plan = SummaryPlan()
        plan.resamples = 199
        return plan
    }

    @Test("five requests give the mean, quantiles and throughput of a calculation by hand")
    func statistics() throws {
        // First tokens at 10, 20, 30, 40, 50 ms; dispatched every 100 ms; each ends 40 ms after its first token.
        let rows = (1...5).map { Self.request($0, start: Double($0 - 1) * 100, ttft: Double($0) * 10 + 1).row }
        let group = try #require(Grouping.summarize(rows, plan: Self.plan).first)
        #expect(group.total == 5)
        #expect(group.ok == 5)
        let ttft = try #require(group.metric("ttft_ms"))
        #expect(ttft.count == 5)
        #expect(ttft.mean.value == 31)
        #expect(ttft.quantile("p50")?.value == 31)
        // Type 7 at p90 of five values: 3.6 steps up, 41 + 0.6 × 10.
        #expect(abs((ttft.quantile("p90")?.value ?? 0) - 47) < 1e-9)
        #expect(ttft.quantile("p90")?.flags.contains(.smallForQuantile) == true)
        #expect(ttft.minimum == 11)
        #expect(ttft.maximum == 51)
        // √(Σ(x − 31)²/4) = √(1000/4).
        #expect(abs((ttft.standardDeviation ?? 0) - 250.0.squareRoot()) < 1e-9)
        let gaps = try #require(group.metric("itl_ms"))
        #expect(gaps.count == 10)
        #expect(gaps.mean.value == 15)
        // From 0 to 400 + 51 + 40 = 491 ms.
        #expect(abs((group.requestsPerSecond ?? 0) - 5 / 0.491) < 1e-9)
        #expect(abs((group.outputTokensPerSecond ?? 0) - 30 / 0.491) < 1e-9)
    }

    @Test("failures and warm-ups are counted beside the statistics, never in them")
    func failures() throws {
        var warmup = Self.request(3, ttft: 5_000)
        warmup.isWarmup = true
        let rows = [
            Self.request(1).row, Self.request(2, start: 100).row, warmup.row, Self.failed(4).row, Self.failed(5).row,
        ]
        let group = try #require(Grouping.summarize(rows, plan: Self.plan).first)
        #expect(group.total == 4)
        #expect(group.ok == 2)
        #expect(group.warmup == 1)
        #expect(group.outcomes == ["http_error:ThrottlingException": 2])
        #expect(group.metric("ttft_ms")?.count == 2)
        #expect(group.metric("ttft_ms")?.maximum == 20)
    }

    @Test("no rows give no group; a group whose requests all failed gives counts and no number")
    func degenerate() throws {
        #expect(Grouping.summarize([], plan: Self.plan).isEmpty)
        let failed = try #require(Grouping.summarize([Self.failed(1).row], plan: Self.plan).first)
        #expect(failed.total == 1)
        #expect(failed.ok == 0)
        let ttft = try #require(failed.metric("ttft_ms"))
        #expect(ttft.count == 0)
        #expect(ttft.mean.value == nil)
        #expect(ttft.mean.flags == [.noData])
        #expect(ttft.quantile("p99")?.value == nil)
        #expect(ttft.minimum == nil)
        #expect(failed.requestsPerSecond == nil)
    }

    @Test("one request gives numbers without intervals")
    func single() throws {
        let group = try #require(Grouping.summarize([Self.request(1).row], plan: Self.plan).first)
        let ttft = try #require(group.metric("ttft_ms"))
        #expect(ttft.mean.value == 20)
        #expect(ttft.mean.interval == nil)
        #expect(ttft.quantile("p50")?.value == 20)
        #expect(ttft.quantile("p50")?.interval == nil)
        #expect(ttft.standardDeviation == nil)
    }

    @Test(
        "every key reads its part of the request, and is found by its name",
        arguments: [
            ("model", "m"), ("region", "us-east-1"), ("latency", "optimized"), ("operation", "converse-stream"),
            ("prompt", "p1"), ("file", "hand.mcap"), ("hour", "14"), ("connection", "reused"), ("label.team", "red"),
            ("served_latency", nil), ("tier", nil), ("task_type", nil), ("experiment", nil), ("label.none", nil),
        ] as [(String, String?)]
    )
    func keys(name: String, value: String?) throws {
        var request = Self.request(1)
        request.latency = "optimized"
        request.labels = ["team": "red"]
        // 1,790,000,000 s is 2026-09-21 14:13:20 UTC.
        let key = try #require(GroupKey(name))
        #expect(key.description == name)
        #expect(key.value(of: request.row) == value)
    }

    @Test("the concurrency of a request counts what was under way when it was dispatched, and sorts by size")
    func concurrency() {
        // Each takes 60 ms: dispatched at 0, 10, 60 and 61; the first ends as the third is dispatched.
        var rows = [0.0, 10, 60, 61].enumerated().map { Self.request(UInt64($0), start: $1, ttft: 20).row }
        Concurrency.mark(&rows)
        #expect(rows.map(\.concurrency) == [1, 2, 2, 3])
        rows[3].concurrency = 10
        #expect(Grouping.groups(rows, by: [.concurrency]).map(\.key) == [["1"], ["2"], ["10"]])
    }

    @Test("names that are no key are refused", arguments: ["", "label", "label.", "Model", "model "])
    func unknownKeys(name: String) {
        #expect(GroupKey(name) == nil)
    }

    @Test("groups come in the order of their values, missing ones first, whatever the order of the rows")
    func order() {
        let models = ["b", "a", "é", "B"]
        var rows = models.enumerated().map { index, model in
            var request = Self.request(UInt64(index))
            request.model = model
            return request.row
        }
        var missing = Self.request(9)
        missing.latency = "standard"
        missing.model = "a"
        rows.append(missing.row)
        let keys = Grouping.groups(rows, by: [.model, .latency]).map(\.key)
        #expect(keys == [["B", nil], ["a", nil], ["a", "standard"], ["b", nil], ["é", nil]])
        #expect(Grouping.groups(rows.reversed(), by: [.model, .latency]).map(\.key) == keys)
    }

    @Test("one and two threads give the same numbers")
    func threads() {
        let rows = (1...40).map { Self.request($0, start: Double($0) * 50, ttft: 20 + Double($0 * $0 % 37)).row }
        var plan = Self.plan
        plan.resamples = 999
        let one = Grouping.summarize(rows, plan: plan)
        plan.threads = 2
        let two = Grouping.summarize(rows, plan: plan)
        let text = { (groups: [GroupSummary]) in
            SummaryJSON.render(SummaryDocument(plan: Self.plan, sources: [], groups: groups))
        }
        #expect(text(one) == text(two))
        #expect(one[0].metric("ttft_ms")?.mean.interval?.isComplete == true)
    }

    @Test("a repeated prompt makes the interval follow prompts, not requests")
    func repeatedPrompts() throws {
        // Two prompts, twelve repeats; all variation lies between the prompts.
        let rows = (0..<24).map { index in
            var request = Self.request(
                UInt64(index),
                start: Double(index) * 100,
                ttft: index.isMultiple(of: 2) ? 20 : 60
            )
            request.prompt = index.isMultiple(of: 2) ? "a" : "b"
            return request.row
        }
        let mean = try #require(Grouping.summarize(rows, plan: Self.plan).first?.metric("ttft_ms")?.mean)
        #expect(mean.value == 40)
        #expect(mean.method == .twoWay)
        // Twenty-four requests taken as independent would give about ±8.6; two prompts cannot be so sure.
        #expect((mean.interval?.low ?? -.infinity) < 20)
    }
}
