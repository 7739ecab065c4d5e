// Each lens on timelines made by hand, against the arithmetic of the tool it stands for.

import Core
import Testing

@testable import Analyzer

@Suite("Lenses")
struct LensTests {
    /// Role 10, empty text 12, reasoning 20, text 30, text 50, stop of the block 52, stop 55, counts 61, end 64.
    ///
    /// Connected at 4, sent at 5; 9 output tokens; the service says nothing of its first byte.
    static var request: HandmadeRequest {
        var request = HandmadeRequest(
            .converse([
                ("messageStart", #"{"role":"assistant"}"#), HandmadeAnswer.text(""),
                ("contentBlockDelta", #"{"delta":{"reasoningContent":{"text":"Hm"}},"contentBlockIndex":0}"#),
                HandmadeAnswer.text("One"), HandmadeAnswer.text(" two"),
                ("contentBlockStop", #"{"contentBlockIndex":0}"#), ("messageStop", #"{"stopReason":"end_turn"}"#),
                ("metadata", #"{"usage":{"inputTokens":7,"outputTokens":9},"metrics":{"latencyMs":44}}"#),
            ]),
            at: [10, 12, 20, 30, 50, 52, 55, 61],
            completed: 64
        )
        request.connected = 4
        request.sent = 5
        return request
    }

    static func metrics(_ name: String, _ request: HandmadeRequest = request) throws -> [String: Double] {
        let lens = try #require(Lens.named(name))
        let metrics = RequestMetrics(request.timeline, lens: lens)
        return Dictionary(
            uniqueKeysWithValues: lens.columns.compactMap { column in
                column.read(metrics).map { (column.name, ($0 * 1e9).rounded() / 1e9) }
            }
        )
    }

    static func rounded(_ value: Double) -> Double { (value * 1e9).rounded() / 1e9 }

    @Test("default: from the connection on, first reasoning to last text")
    func standard() throws {
        let metrics = try Self.metrics("default")
        #expect(metrics["ttft_ms"] == 16)
        #expect(metrics["ttft_text_ms"] == 26)
        #expect(metrics["ttlt_ms"] == 46)
        #expect(metrics["e2e_ms"] == 64)
        #expect(metrics["otps"] == 300)
        #expect(metrics["tpot_ms"] == 3.75)
        #expect(Set(metrics.keys).isDisjoint(with: ["ttst_ms", "ntpot_ms", "itl_ms"]))
    }

    @Test("cloudwatch: from the sent request where the service gives no first byte")
    func cloudWatch() throws {
        // 20 − 5; 50 − 5; 9 tokens in 45 − 15 = 30 ms.
        #expect(try Self.metrics("cloudwatch") == ["ttft_ms": 15, "e2e_ms": 45, "otps": 300])
    }

    @Test("cloudwatch: the service's own durations where it states both")
    func cloudWatchService() throws {
        let request = HandmadeRequest(
            .invoke([
                #"{"generation":"One","prompt_token_count":3,"generation_token_count":1,"stop_reason":null}"#,
                #"{"generation":" two","prompt_token_count":null,"generation_token_count":8,"stop_reason":"stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":3,"outputTokenCount":8,"invocationLatency":90,"firstByteLatency":10}}"#,
            ]),
            at: [20, 30]
        )
        // 8 tokens in 90 − 10 = 80 ms.
        #expect(try Self.metrics("cloudwatch", request) == ["ttft_ms": 10, "e2e_ms": 90, "otps": 100])
    }

    @Test(
        "aws-samples: the empty delta counts, set-up is in, times are rounded to 10 ms, speed has the first token in it"
    )
    func awsSamples() throws {
        // round(0.012, 2) = 0.01; round(0.064, 2) = 0.06; 9 / 0.06.
        #expect(try Self.metrics("aws-samples") == ["ttft_ms": 10, "e2e_ms": 60, "otps": 150])
    }

    @Test(
        "aws-samples rounds as Python does",
        arguments: [(4.9, 0.0), (5.1, 10), (14.9, 10), (15.1, 20), (994.9, 990)]
    )
    func rounding(milliseconds: Double, rounded: Double) throws {
        let m = HandmadeAnswer.texts(["a"], outputTokens: 1).messages
        let request = HandmadeRequest(
            chunks: [(milliseconds, m[0] + m[1]), (2000, m[2] + m[3] + m[4])],
            completed: 2000
        )
        #expect(try Self.metrics("aws-samples", request)["ttft_ms"] == rounded)
    }

    @Test("llmeter: first visible text, up to the end of the block")
    func llmeter() throws {
        // (52 − 30) / (9 − 1).
        #expect(try Self.metrics("llmeter") == ["ttft_ms": 30, "ttlt_ms": 52, "tpot_ms": 2.75])
    }

    @Test("aiperf: first content, second minus first, one latency a request and its inverse")
    func aiperf() throws {
        // (50 − 20) / 8 = 3.75 ms; 1 / 0.00375.
        #expect(
            try Self.metrics("aiperf")
                == ["ttft_ms": 20, "ttst_ms": 10, "e2e_ms": 50, "itl_ms": 3.75, "otps": Self.rounded(1000 / 3.75)]
        )
    }

    @Test("guidellm: its time per token has the first token in it, its speed the whole time")
    func guidellm() throws {
        // 50 / 9; 9 / 0.064.
        #expect(
            try Self.metrics("guidellm")
                == [
                    "ttft_ms": 20, "itl_ms": 3.75, "tpot_ms": Self.rounded(50.0 / 9), "e2e_ms": 64,
                    "otps": Self.rounded(9 / 0.064),
                ]
        )
    }

    @Test("inference-perf: every chunk counts, from the role to the reason to stop")
    func inferencePerf() throws {
        // (55 − 10) / 8; 64 / 9.
        #expect(
            try Self.metrics("inference-perf")
                == ["ttft_ms": 10, "tpot_ms": 5.625, "ntpot_ms": Self.rounded(64.0 / 9), "e2e_ms": 64]
        )
    }

    @Test("vllm: the role's chunk is the first token, and every gap between chunks is pooled")
    func vllm() throws {
        #expect(try Self.metrics("vllm") == ["ttft_ms": 10, "tpot_ms": 5.625, "e2e_ms": 55])
        let lens = try #require(Lens.named("vllm"))
        // 10, 12, 20, 30, 50, 55.
        #expect(RequestMetrics(Self.request.timeline, lens: lens).interTokenLatencies == [2, 8, 10, 20, 5])
        #expect(lens.metrics.map(\.name) == ["ttft_ms", "tpot_ms", "itl_ms", "e2e_ms"])
    }

    @Test("llmperf: the time to the last text over the number of chunks")
    func llmperf() throws {
        // Six chunks: 50 / 6; 9 / 0.064.
        #expect(
            try Self.metrics("llmperf")
                == ["ttft_ms": 30, "itl_ms": Self.rounded(50.0 / 6), "e2e_ms": 64, "otps": Self.rounded(9 / 0.064)]
        )
    }

    @Test("an answer without content gives no lens a first token but what its own rule finds", arguments: Lens.all)
    func noContent(lens: Lens) {
        let request = HandmadeRequest(.texts([], outputTokens: 0), at: [10, 20, 30, 40])
        let metrics = RequestMetrics(request.timeline, lens: lens)
        let expected: Double? = lens.name == "vllm" || lens.name == "inference-perf" ? 10 : nil
        #expect(metrics.ttft == expected)
        #expect(metrics.timePerOutputToken == nil)
    }

    // MARK: Percentiles

    @Test("llmeter's p99 goes on beyond the data, as Python's does")
    func pythonExclusive() {
        // python3 -c 'import statistics; print(statistics.quantiles([1,2,3,4,100], n=100)[98])' gives 190.24:
        // 99 × 6 = 594, below 4: 4 + (100 − 4) × 1.94.
        let sorted = [1.0, 2, 3, 4, 100]
        #expect(abs((PercentileRule.pythonExclusive.value(sorted: sorted, p: 0.99) ?? 0) - 190.24) < 1e-9)
        // 90 × 6 = 540: 4 + 96 × 1.4.
        #expect(abs((PercentileRule.pythonExclusive.value(sorted: sorted, p: 0.9) ?? 0) - 138.4) < 1e-9)
        #expect(PercentileRule.pythonExclusive.value(sorted: sorted, p: 0.5) == 3)
        #expect(PercentileRule.pythonExclusive.value(sorted: [7], p: 0.99) == 7)
        #expect(PercentileRule.pythonExclusive.value(sorted: [], p: 0.99) == nil)
    }

    @Test("guidellm's p99 below a hundred requests is the maximum")
    func cumulative() {
        let rule = PercentileRule.hyndmanFan(.type1)
        #expect(rule.value(sorted: (1...99).map(Double.init), p: 0.99) == 99)
        #expect(rule.value(sorted: (1...100).map(Double.init), p: 0.99) == 99)
        #expect(rule.value(sorted: (1...200).map(Double.init), p: 0.99) == 198)
    }

    @Test("a summary under a lens has that tool's metrics and percentiles and says so")
    func summary() throws {
        var plan = GroupTests.plan
        plan.lens = .llmeter
        let rows = [21.0, 22, 23, 24, 120].enumerated().map { index, ttft in
            RequestRow(GroupTests.request(UInt64(index), ttft: ttft).timeline, file: "f", lens: .llmeter)
        }
        let group = try #require(Grouping.summarize(rows, plan: plan).first)
        #expect(group.metrics.map(\.name) == ["ttft_ms", "ttlt_ms", "tpot_ms"])
        // 99 × 6 = 594: 24 + (120 − 24) × 1.94.
        #expect(abs((group.metric("ttft_ms")?.quantile("p99")?.value ?? 0) - 210.24) < 1e-9)
        let document = SummaryDocument(plan: plan, sources: [], groups: [group])
        #expect(SummaryJSON.render(document).contains(#""lens":"llmeter""#))
        #expect(SummaryTable.render(document).contains("Lens llmeter"))
    }
}

extension Lens: CustomStringConvertible {
    package var description: String { name }
}
