// Answers that come whole, tools, caches: they must say what the stream of the same draw says.

import Core
import Foundation
import Testing

@testable import Replayer

@Suite("Whole answers, tools and caches")
struct WholeAnswerTests {
    static func json(_ script: AnswerScript) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(script.chunks.flatMap(\.bytes))) as? [String: Any]
        )
    }

    static func request(_ operation: RuntimeOperation, _ body: String, model: String = Answers.model) -> RuntimeRequest
    {
        RuntimeRequest(operation: operation, model: model, body: Array(body.utf8))
    }

    @Test("Converse gives one JSON answer when the stream would have ended")
    func converse() throws {
        let body = #"{"messages":[{"role":"user","content":[{"text":"12345678"}]}],"inferenceConfig":{"maxTokens":20}}"#
        let profile = Answers.profile(ttft: .constant(40), gap: .constant(4), perDelta: .constant(2))
        let script = ScenarioSource(Answers.scenario(profile)).answer(to: Self.request(.converse, body))
        let json = try Self.json(script)
        let message = try #require((json["output"] as? [String: Any])?["message"] as? [String: Any])
        let text = try #require((message["content"] as? [[String: Any]])?.first?["text"] as? String)
        #expect(text.split(separator: " ").count == 20)
        #expect(json["stopReason"] as? String == "max_tokens")
        let usage = try #require(json["usage"] as? [String: Any])
        #expect(usage["inputTokens"] as? Int == 2)
        #expect(usage["outputTokens"] as? Int == 20)
        // Ten deltas from 40 ms on, 4 ms apart, and three closing gaps of 0.5 ms.
        #expect(script.head?.offset.milliseconds == 77.5)
        #expect((json["metrics"] as? [String: Any])?["latencyMs"] as? Int == 77)
        #expect(script.head?.headers.contains(HeaderField("Content-Length", "\(script.chunks[0].bytes.count)")) == true)
    }

    @Test("InvokeModel gives each family's own JSON, and its counts in the head", arguments: ModelFamily.allCases)
    func invoke(_ family: ModelFamily) throws {
        let source = ScenarioSource(Answers.scenario(Answers.profile(output: .constant(30)), family: family))
        let script = source.answer(to: Self.request(.invokeModel, #"{"prompt":"12345678","max_tokens":20}"#))
        let json = try Self.json(script)
        let text: String? =
            switch family {
            case .anthropic: (json["content"] as? [[String: Any]])?.first?["text"] as? String
            case .nova:
                (((json["output"] as? [String: Any])?["message"] as? [String: Any])?["content"] as? [[String: Any]])?
                    .first?["text"] as? String
            case .llama: json["generation"] as? String
            case .mistral: (json["outputs"] as? [[String: Any]])?.first?["text"] as? String
            case .titan: (json["results"] as? [[String: Any]])?.first?["outputText"] as? String
            }
        #expect(text?.split(separator: " ").count == 20)
        let headers = script.head?.headers ?? []
        #expect(headers.contains(HeaderField("x-amzn-bedrock-output-token-count", "20")))
        #expect(headers.contains(HeaderField("x-amzn-bedrock-input-token-count", "2")))
    }

    @Test(
        "tokens are counted as an answer would count them",
        arguments: [
            (#"{"input":{"converse":{"messages":[{"role":"user","content":[{"text":"12345678"}]}]}}}"#, 2),
            (
                #"{"input":{"converse":{"system":[{"text":"1234"}],"messages":[{"content":[{"text":"123456789"}]}]}}}"#,
                4
            ),
            // {"prompt":"12345678"} in base64
            (#"{"input":{"invokeModel":{"body":"eyJwcm9tcHQiOiIxMjM0NTY3OCJ9"}}}"#, 2),
        ]
    )
    func countTokens(body: String, count: Int) throws {
        let script = ScenarioSource(Answers.scenario()).answer(to: Self.request(.countTokens, body))
        #expect(try Self.json(script)["inputTokens"] as? Int == count)
    }

    static let tools = #"""
        ,"toolConfig":{"tools":[{"toolSpec":{"description":"d","name":"look_up","inputSchema":{"json":{"type":"object",
        "properties":{"city":{"type":"string"},"days":{"type":"integer"},"unit":{"type":"string","enum":["celsius","f"]},
        "deep":{"type":"boolean"},"list":{"type":"array"},"more":{"type":"object"}},"required":["city"]}}}}]}}
        """#

    @Test("a tool's call fits its schema, in the stream and in the whole answer")
    func toolUse() throws {
        var scenario = Answers.scenario()
        scenario.models[0].toolUseShare = 1
        let body = #"{"messages":[{"role":"user","content":[{"text":"weather?"}]}]"# + Self.tools
        let events = try Answers.events(ScenarioSource(scenario).answer(to: Self.request(.converseStream, body)))
        let start = try #require(events.first { $0.type == "contentBlockStart" }?.json)
        let tool = try #require((start["start"] as? [String: Any])?["toolUse"] as? [String: Any])
        #expect(tool["name"] as? String == "look_up")
        let pieces = events.compactMap {
            (($0.json["delta"] as? [String: Any])?["toolUse"] as? [String: Any])?["input"] as? String
        }
        let input = try #require(
            try JSONSerialization.jsonObject(with: Data(pieces.joined().utf8)) as? [String: Any]
        )
        #expect(Set(input.keys) == ["city", "days", "unit", "deep", "list", "more"])
        #expect(input["city"] is String)
        #expect(input["days"] is Int)
        #expect(input["unit"] as? String == "celsius")
        #expect(events.first { $0.type == "messageStop" }?.json["stopReason"] as? String == "tool_use")
        let indexes = events.filter { $0.type == "contentBlockStop" }.map { $0.json["contentBlockIndex"] as? Int }
        #expect(indexes == [0, 1])

        let whole = try Self.json(ScenarioSource(scenario).answer(to: Self.request(.converse, body)))
        let message = try #require((whole["output"] as? [String: Any])?["message"] as? [String: Any])
        let call = try #require((message["content"] as? [[String: Any]])?.last?["toolUse"] as? [String: Any])
        #expect((call["input"] as? [String: Any])?.keys.count == 6)
    }

    @Test("without a share no tool is called, unless the request insists")
    func toolChoice() throws {
        let body = #"{"messages":[{"role":"user","content":[{"text":"weather?"}]}]"#
        let source = ScenarioSource(Answers.scenario())
        let stop = { (tools: String) in
            try Answers.events(source.answer(to: Self.request(.converseStream, body + tools)))
                .first { $0.type == "messageStop" }?.json["stopReason"] as? String
        }
        #expect(try stop(Self.tools) == "end_turn")
        let insisting = Self.tools.replacingOccurrences(
            of: #""toolConfig":{"#,
            with: #""toolConfig":{"toolChoice":{"any":{}},"#
        )
        #expect(try stop(insisting) == "tool_use")
    }

    @Test("text before a cache point is written to the cache first, and read from it after")
    func cache() throws {
        // 16 characters of system text and 8 before the point are 6 tokens; 4 after it are 1.
        let body = #"""
            {"messages":[{"role":"user","content":[{"text":"12345678"},{"cachePoint":{"type":"default"}},{"text":"1234"}]}],
            "system":[{"text":"1234567812345678"}]}
            """#
        let source = ScenarioSource(Answers.scenario())
        for (occurrence, counts) in [(0, [0, 6]), (1, [6, 0]), (2, [6, 0])] {
            let script = source.answer(to: Self.request(.converseStream, body), occurrence: UInt64(occurrence))
            let usage = try #require(try Answers.events(script).last?.json["usage"] as? [String: Any])
            #expect(usage["cacheReadInputTokens"] as? Int == counts[0])
            #expect(usage["cacheWriteInputTokens"] as? Int == counts[1])
            #expect(usage["inputTokens"] as? Int == 1)
        }
        let plain = try Answers.events(source.answer(to: Answers.converse())).last?.json["usage"] as? [String: Any]
        #expect(plain?["cacheReadInputTokens"] == nil)
    }
}

@Suite("Load")
struct LoadTests {
    static let second: UInt64 = 1_000_000_000

    @Test("a bucket admits a minute's worth at once, and then what gathers")
    func bucket() {
        var bucket = TokenBucket(perMinute: 60)
        bucket.refill(now: 0)
        #expect(bucket.holds(60))
        bucket.take(60)
        #expect(!bucket.holds(1))
        bucket.refill(now: Self.second)
        #expect(bucket.holds(1))
        #expect(!bucket.holds(2))
        bucket.refill(now: 1_000 * Self.second)
        #expect(bucket.holds(60))
        #expect(!bucket.holds(61))
    }

    @Test("requests wait for the place that is free first")
    func queue() {
        var queue = ServiceQueue(capacity: 2)
        // Two places: busy until 10 and 4; the third waits from 1 to 4, the fourth from 2 to 7.
        #expect(queue.enter(at: 0, for: Nanoseconds(10)) == .zero)
        #expect(queue.enter(at: 1, for: Nanoseconds(3)) == .zero)
        #expect(queue.enter(at: 1, for: Nanoseconds(3)) == Nanoseconds(3))
        #expect(queue.enter(at: 2, for: Nanoseconds(1)) == Nanoseconds(5))
        #expect(queue.enter(at: 20, for: Nanoseconds(1)) == .zero)
    }

    @Test("factors of the day are linear between hours, and wrap at midnight")
    func hours() throws {
        let hours = try #require(HourlyFactors((0..<24).map { Double($0) + 1 }))
        #expect(hours.factor(secondsSinceEpoch: 0) == 1)
        #expect(hours.factor(secondsSinceEpoch: 5_400) == 2.5)
        #expect(hours.factor(secondsSinceEpoch: 86_400 * 20_000 + 23 * 3_600 + 1_800) == 12.5)
        #expect(HourlyFactors([1]) == nil)
    }

    @Test("the longest answers that a file can ask for overflow nothing")
    func extremes() {
        let profile = Answers.profile(
            ttft: .constant(1e9),
            gap: .constant(1e9),
            perDelta: .constant(1),
            output: .constant(1e9)
        )
        var scenario = Answers.scenario(profile)
        scenario.models[0].limits = ServiceLimits(capacity: 1)
        let source = ScenarioSource(scenario)
        for _ in 0..<3 {
            let arrival = Arrival(monotonic: Self.second, secondsSinceEpoch: 0)
            let script = source.answer(to: Answers.converse(maxTokens: 100), at: arrival)
            #expect(script.endOffset <= .seconds(14 * 86_400 + 1))
            #expect(script.chunks.map(\.offset) == script.chunks.map(\.offset).sorted())
        }
    }

    @Test("quotas throttle, places delay, and the hour stretches")
    func together() throws {
        let profile = Answers.profile(
            ttft: .constant(100),
            gap: .constant(10),
            perDelta: .constant(1),
            output: .constant(5)
        )
        var scenario = Answers.scenario(profile)
        scenario.models[0].limits = ServiceLimits(requestsPerMinute: 3, capacity: 1)
        let source = ScenarioSource(scenario)
        let arrival = Arrival(monotonic: Self.second, secondsSinceEpoch: 0)
        let scripts = (0..<4).map { _ in source.answer(to: Answers.converse(), at: arrival) }
        // Each takes 100 + 4 · 10 + 3 · 0.5 ms, one after the other.
        #expect(scripts.map { $0.head?.status } == [200, 200, 200, 429])
        #expect(scripts[..<3].map(\.endOffset.milliseconds) == [141.5, 283, 424.5])
        let metrics = try Answers.events(scripts[1]).last?.json["metrics"] as? [String: Int]
        #expect(metrics == ["latencyMs": 283])

        scenario.models[0].limits = ServiceLimits(tokensPerMinute: 10)
        let tokens = ScenarioSource(scenario)
        // 2 input tokens and 5 output tokens fit once.
        #expect((0..<2).map { _ in tokens.answer(to: Answers.converse(), at: arrival).head?.status } == [200, 429])

        scenario.models[0].limits = ServiceLimits()
        scenario.models[0].hours = HourlyFactors(Array(repeating: 2, count: 24))
        #expect(
            ScenarioSource(scenario).answer(to: Answers.converse(), at: arrival).chunks[1].offset == .milliseconds(200)
        )
    }
}
