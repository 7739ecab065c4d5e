// Synthetic answers as values: same in, same out; frames that decode; counts that agree with each other.

import Core
import Foundation
import Testing

@testable import Replayer

/// Requests and readings that tests of answers share.
enum Answers {
    static let model = "us.anthropic.claude-3-5-haiku-20241022-v1:0"

    static func converse(
        _ prompt: String = "hello",
        maxTokens: Int? = nil,
        latency: String? = nil,
        model: String = model
    ) -> RuntimeRequest {
        var body = #"{"messages":[{"role":"user","content":[{"text":"\#(prompt)"}]}]"#
        if let maxTokens { body += #","inferenceConfig":{"maxTokens":\#(maxTokens)}"# }
        if let latency { body += #","performanceConfig":{"latency":"\#(latency)"}"# }
        return RuntimeRequest(operation: .converseStream, model: model, body: Array((body + "}").utf8))
    }

    static func profile(
        ttft: Distribution = .lognormal(median: 600, sigma: 0.4),
        gap: Distribution = .gamma(shape: 2, scale: 9),
        perDelta: Distribution = .uniform(low: 1, high: 6),
        output: Distribution = .uniform(low: 40, high: 80),
        reasoning: Distribution? = nil
    ) -> LatencyProfile {
        LatencyProfile(
            timeToFirstToken_ms: ttft,
            gap_ms: gap,
            tokensPerDelta: perDelta,
            outputTokens: output,
            reasoningTokens: reasoning
        )
    }

    static func scenario(
        seed: UInt64 = 7,
        _ profile: LatencyProfile = profile(),
        optimized: LatencyProfile? = nil,
        family: ModelFamily? = nil,
        faults: [Fault] = []
    ) -> Scenario {
        Scenario(
            name: "test.yaml",
            seed: seed,
            models: [ModelScenario(match: Glob("*"), family: family, standard: profile, optimized: optimized)],
            faults: faults
        )
    }

    struct Event {
        var type: String
        var json: [String: Any]
    }

    /// The events of a body, through the decoder that the analyzer uses too.
    static func events(_ body: [UInt8]) throws -> [Event] {
        var decoder = EventStreamDecoder()
        var events: [Event] = []
        var failure: (any Error)?
        try decoder.feed(body.span.bytes) { frame, bytes in
            do {
                let headers = try frame.headers(in: bytes)
                let type = headers.first { $0.name == ":event-type" || $0.name == ":exception-type" }
                guard case .string(let name) = type?.value else { return }
                let payload = bytes.extracting(frame.payloadRange).withUnsafeBytes { Data($0) }
                let json = try JSONSerialization.jsonObject(with: payload) as? [String: Any]
                events.append(Event(type: name, json: json ?? [:]))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        #expect(decoder.pendingByteCount == 0)
        return events
    }

    static func events(_ script: AnswerScript) throws -> [Event] {
        try events(script.chunks.flatMap(\.bytes))
    }

    /// The inner JSON of an Invoke stream.
    static func inner(_ script: AnswerScript) throws -> [[String: Any]] {
        try events(script).map { event in
            #expect(event.type == "chunk")
            let text = try #require(event.json["bytes"] as? String)
            let data = try #require(Data(base64Encoded: text))
            return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        }
    }
}

@Suite("Synthetic answers")
struct SyntheticAnswerTests {
    @Test("the same request, occurrence and seed give the same answer, whatever came before")
    func deterministic() {
        let request = Answers.converse()
        let one = ScenarioSource(Answers.scenario())
        let other = ScenarioSource(Answers.scenario())
        for index in 0..<20 { _ = other.answer(to: Answers.converse("another \(index)")) }
        #expect(one.answer(to: request) == other.answer(to: request))
        #expect(one.answer(to: request) == other.answer(to: request, occurrence: 1))
    }

    @Test("requests in any order, and from many threads at once, are given the same answers", arguments: [1, 2, 3])
    func anyOrder(seed: UInt64) async throws {
        let faults = [try Fault("throttle=20%"), try Fault("truncate=20%")]
        let requests = (0..<40).map { Answers.converse("prompt \($0)") }
        let inOrder = ScenarioSource(Answers.scenario(faults: faults))
        let expected = requests.map { inOrder.answer(to: $0) }
        var generator = SeededGenerator(seed: seed)
        let shuffled = ScenarioSource(Answers.scenario(faults: faults))
        for index in requests.indices.shuffled(using: &generator) {
            #expect(shuffled.answer(to: requests[index]) == expected[index])
        }
        let shared = ScenarioSource(Answers.scenario(faults: faults))
        await withTaskGroup(of: (Int, AnswerScript).self) { group in
            for index in requests.indices { group.addTask { (index, shared.answer(to: requests[index])) } }
            for await (index, script) in group { #expect(script == expected[index]) }
        }
        #expect(Set(expected.map(\.note)).count > 1)
    }

    @Test("another occurrence, seed, body or model is another draw")
    func draws() {
        let source = ScenarioSource(Answers.scenario())
        let scripts = [
            source.answer(to: Answers.converse(), occurrence: 0),
            source.answer(to: Answers.converse(), occurrence: 1),
            source.answer(to: Answers.converse("other"), occurrence: 0),
            source.answer(to: Answers.converse(model: "us.amazon.nova-pro-v1:0"), occurrence: 0),
            ScenarioSource(Answers.scenario(seed: 8)).answer(to: Answers.converse(), occurrence: 0),
        ]
        #expect(Set(scripts.map(\.endOffset)).count == scripts.count)
        #expect(Set(scripts.map(\.requestID)).count == scripts.count)
    }

    @Test("padding changes no instant and no word")
    func paddingIsApart() throws {
        var plain = Answers.scenario()
        plain.models[0].isPadded = false
        let padded = ScenarioSource(Answers.scenario()).answer(to: Answers.converse())
        let bare = ScenarioSource(plain).answer(to: Answers.converse())
        #expect(padded.chunks.map(\.offset) == bare.chunks.map(\.offset))
        let words = { (script: AnswerScript) in
            try Answers.events(script).compactMap { ($0.json["delta"] as? [String: Any])?["text"] as? String }
        }
        #expect(try words(padded) == words(bare))
        #expect(
            try Answers.events(padded).allSatisfy {
                ($0.json["p"] as? String).map { (2...61).contains($0.count) } ?? false
            }
        )
        #expect(try Answers.events(bare).allSatisfy { $0.json["p"] == nil })
    }

    @Test("a ConverseStream answer has the service's grammar, and its numbers agree")
    func converseGrammar() throws {
        let script = ScenarioSource(Answers.scenario()).answer(to: Answers.converse("12345678"))
        let events = try Answers.events(script)
        let deltas = events.filter { $0.type == "contentBlockDelta" }
        #expect(
            events.map(\.type) == ["messageStart"] + deltas.map(\.type)
                + ["contentBlockStop", "messageStop", "metadata"]
        )
        let text = deltas.compactMap { ($0.json["delta"] as? [String: Any])?["text"] as? String }.joined()
        let usage = try #require(events.last?.json["usage"] as? [String: Any])
        // One word is one token; 8 characters at 4 a token are 2.
        #expect(usage["outputTokens"] as? Int == text.split(separator: " ").count)
        #expect(usage["inputTokens"] as? Int == 2)
        let metrics = try #require(events.last?.json["metrics"] as? [String: Any])
        #expect(metrics["latencyMs"] as? Int == Int(script.endOffset.count / 1_000_000))
        #expect(script.chunks.map(\.offset) == script.chunks.map(\.offset).sorted())
        #expect(script.chunks.map(\.events) == (0..<events.count).map { $0..<($0 + 1) })
        #expect(script.head?.status == 200)
        #expect(
            script.head?.headers.contains(HeaderField("Content-Type", "application/vnd.amazon.eventstream")) == true
        )
        #expect(script.head?.headers.contains(HeaderField("x-bedrock-replayer", "test.yaml; seed=7")) == true)
    }

    @Test("constant distributions give exactly the instants they state")
    func instants() {
        let profile = Answers.profile(
            ttft: .constant(40),
            gap: .constant(4),
            perDelta: .constant(2),
            output: .constant(6)
        )
        let script = ScenarioSource(Answers.scenario(profile)).answer(to: Answers.converse())
        // messageStart 1 ms before the first delta, three deltas, three closing events 0.5 ms apart.
        #expect(script.chunks.map(\.offset.milliseconds) == [39, 40, 44, 48, 48.5, 49, 49.5])
        #expect(script.head?.offset.milliseconds == 39)
        let double = ScenarioSource(Answers.scenario(profile), speed: 2).answer(to: Answers.converse())
        #expect(double.chunks.map(\.offset.milliseconds) == [19.5, 20, 22, 24, 24.25, 24.5, 24.75])
        let instant = ScenarioSource(Answers.scenario(profile), speed: .infinity).answer(to: Answers.converse())
        #expect(instant.chunks.allSatisfy { $0.offset == .zero })
        #expect(instant.chunks.count == 7)
    }

    @Test("the first delta comes as the distribution of TTFT says")
    func timeToFirstToken() {
        let source = ScenarioSource(Answers.scenario())
        let n = 2_000
        let times = (0..<UInt64(n)).map {
            source.answer(to: Answers.converse(), occurrence: $0).chunks[1].offset.milliseconds
        }
        // Lognormal quantiles: 600 · exp(±0.4 · 1.2815516)
        for (probability, quantile) in [(0.1, 359.3462), (0.5, 600), (0.9, 1001.8194)] {
            let share = Double(times.filter { $0 <= quantile }.count) / Double(n)
            #expect(abs(share - probability) < 4 * (probability * (1 - probability) / Double(n)).squareRoot())
        }
    }

    @Test("an answer never exceeds the request's limit, and says why it ended", arguments: [1, 5, 39, 200])
    func limit(_ maxTokens: Int) throws {
        for occurrence in 0..<20 {
            let script = ScenarioSource(Answers.scenario(Answers.profile(reasoning: .uniform(low: 0, high: 60))))
                .answer(to: Answers.converse(maxTokens: maxTokens), occurrence: UInt64(occurrence))
            let events = try Answers.events(script)
            let usage = try #require(events.last?.json["usage"] as? [String: Any])
            let tokens = try #require(usage["outputTokens"] as? Int)
            #expect(tokens <= maxTokens)
            let stop = try #require(events.first { $0.type == "messageStop" }?.json["stopReason"] as? String)
            // 40 to 80 tokens of text and up to 60 of reasoning: 200 are always enough, 39 never.
            #expect(stop == (maxTokens == 200 ? "end_turn" : "max_tokens"))
        }
    }

    @Test("the profile asked for is served and stated; without one the request is refused")
    func profiles() throws {
        let fast = Answers.profile(ttft: .constant(10))
        let source = ScenarioSource(Answers.scenario(Answers.profile(ttft: .constant(500)), optimized: fast))
        let optimized = source.answer(to: Answers.converse(latency: "optimized"))
        #expect(optimized.chunks[1].offset == .milliseconds(10))
        let stated = try Answers.events(optimized).last?.json["performanceConfig"] as? [String: String]
        #expect(stated == ["latency": "optimized"])
        let silent = source.answer(to: Answers.converse())
        #expect(silent.chunks[1].offset == .milliseconds(500))
        #expect(try Answers.events(silent).last?.json["performanceConfig"] == nil)
        let refused = ScenarioSource(Answers.scenario()).answer(to: Answers.converse(latency: "optimized"))
        #expect(refused.head?.status == 400)
        #expect(refused.note == "ValidationException")
    }

    @Test("a share of optimized requests is served, and stated, as standard")
    func servedAsStandard() throws {
        var fast = Answers.profile(ttft: .constant(10))
        fast.standardShare = 0.25
        let source = ScenarioSource(Answers.scenario(Answers.profile(ttft: .constant(500)), optimized: fast))
        let n = 400
        var standard = 0
        for occurrence in 0..<UInt64(n) {
            let script = source.answer(to: Answers.converse(latency: "optimized"), occurrence: occurrence)
            let stated = try Answers.events(script).last?.json["performanceConfig"] as? [String: String]
            let isStandard = script.chunks[1].offset == .milliseconds(500)
            #expect(stated == ["latency": isStandard ? "standard" : "optimized"])
            if isStandard { standard += 1 }
        }
        #expect(abs(Double(standard) / Double(n) - 0.25) < 4 * (0.25 * 0.75 / Double(n)).squareRoot())
    }

    @Test(
        "every family streams its own JSON, with the service's measurements on the last object",
        arguments: ModelFamily.allCases
    )
    func families(_ family: ModelFamily) throws {
        let profile = Answers.profile(ttft: .constant(100), output: .constant(30))
        let request = RuntimeRequest(
            operation: .invokeModelWithResponseStream,
            model: "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc",
            body: Array(#"{"prompt":"12345678","max_tokens":20}"#.utf8)
        )
        let script = ScenarioSource(Answers.scenario(profile, family: family)).answer(to: request)
        #expect(script.head?.headers.contains(HeaderField("x-amzn-bedrock-content-type", "application/json")) == true)
        let objects = try Answers.inner(script)
        let metrics = try #require(objects.last?["amazon-bedrock-invocationMetrics"] as? [String: Int])
        #expect(metrics["inputTokenCount"] == 2)
        #expect(metrics["outputTokenCount"] == 20)
        #expect(metrics["firstByteLatency"] == 100)
        #expect(try #require(metrics["invocationLatency"]) >= 100)
        #expect(objects.dropLast().allSatisfy { $0["amazon-bedrock-invocationMetrics"] == nil })
        let text = objects.compactMap { Self.text($0, family) }.joined()
        #expect(text.split(separator: " ").count == 20)
        #expect(objects.compactMap { Self.reason($0, family) } == [family.limitReason])
    }

    private static func text(_ object: [String: Any], _ family: ModelFamily) -> String? {
        switch family {
        case .anthropic: (object["delta"] as? [String: Any])?["text"] as? String
        case .nova: ((object["contentBlockDelta"] as? [String: Any])?["delta"] as? [String: Any])?["text"] as? String
        case .llama: object["generation"] as? String
        case .mistral: (object["outputs"] as? [[String: Any]])?.first?["text"] as? String
        case .titan: object["outputText"] as? String
        }
    }

    private static func reason(_ object: [String: Any], _ family: ModelFamily) -> String? {
        switch family {
        case .anthropic: (object["delta"] as? [String: Any])?["stop_reason"] as? String
        case .nova: (object["messageStop"] as? [String: Any])?["stopReason"] as? String
        case .llama: object["stop_reason"] as? String
        case .mistral: (object["outputs"] as? [[String: Any]])?.first?["stop_reason"] as? String
        case .titan: object["completionReason"] as? String
        }
    }

    @Test("a family is told from the model's name, and asked for where the name tells none")
    func familyNames() {
        let names: [(String, ModelFamily?)] = [
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", .anthropic), ("amazon.nova-lite-v1:0", .nova),
            ("us.meta.llama3-3-70b-instruct-v1:0", .llama), ("mistral.mixtral-8x7b-instruct-v0:1", .mistral),
            ("amazon.titan-text-express-v1", .titan), ("cohere.command-r-v1:0", nil),
        ]
        for (name, family) in names { #expect(ModelFamily(modelID: name) == family, "\(name)") }
        let request = RuntimeRequest(
            operation: .invokeModelWithResponseStream,
            model: "unnamed",
            body: Array("{}".utf8)
        )
        let script = ScenarioSource(Answers.scenario()).answer(to: request)
        #expect(script.head?.status == 400)
        #expect(String(decoding: script.chunks[0].bytes, as: UTF8.self).contains("family:"))
    }

    @Test(
        "a body that is no request is a ValidationException",
        arguments: [
            "", "{", "[]", "null", "hello", #"{"messages":"#, #"{"messages":[]} x"#,
            #"{"inferenceConfig":{"maxTokens":0}}"#,
            #"{"inferenceConfig":{"maxTokens":"ten"}}"#, #"{"performanceConfig":{"latency":"fast"}}"#,
            String(repeating: "[", count: 3_000), #"{"messages":"# + String(repeating: "[", count: 3_000),
        ]
    )
    func badBodies(_ body: String) throws {
        let request = RuntimeRequest(operation: .converseStream, model: "m", body: Array(body.utf8))
        let script = ScenarioSource(Answers.scenario()).answer(to: request)
        #expect(script.head?.status == 400)
        let type = script.head?.headers.first { $0.name == "x-amzn-ErrorType" }?.value
        #expect(type == "ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/")
        let json = try JSONSerialization.jsonObject(with: Data(script.chunks[0].bytes)) as? [String: String]
        #expect(json?["message"]?.isEmpty == false)
    }
}

extension ModelFamily {
    fileprivate var limitReason: String {
        switch self {
        case .anthropic, .nova: "max_tokens"
        case .llama, .mistral: "length"
        case .titan: "LENGTH"
        }
    }
}

extension AnswerSource {
    /// The next answer to `request`, at no particular time.
    func answer(to request: RuntimeRequest) -> AnswerScript {
        answer(to: request, at: Arrival(monotonic: 0, secondsSinceEpoch: 0))
    }
}
