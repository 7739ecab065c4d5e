// Recorded InvokeModel streams as the whole answers that they add up to.

import Core
import Foundation
import TestSupport
import Testing

@testable import Replayer

@Suite("Whole answers from recorded streams")
struct InvokeAssemblyTests {
    static func frames(_ objects: [String]) -> [UInt8] {
        objects.flatMap { object in
            EventFrames.event("chunk", Array(#"{"bytes":"\#(Data(object.utf8).base64EncodedString())"}"#.utf8))
        }
    }

    static func dictionary(_ bytes: [UInt8]) throws -> NSDictionary {
        try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? NSDictionary)
    }

    @Test(
        "a stream adds up to the answer that the same draw gives whole",
        arguments: ModelFamily.allCases,
        [0, 1, 2, 3]
    )
    func sameDraw(family: ModelFamily, seed: Int) throws {
        let tool = #","toolConfig":{"tools":[{"toolSpec":{"name":"t","inputSchema":{"json":{"type":"object"}}}}]}"#
        var body = Answers.converse()
        // The text families know neither tools nor reasoning.
        let knowsBlocks = family == .anthropic || family == .nova
        if knowsBlocks {
            let text = #"{"messages":[{"role":"user","content":[{"text":"hello"}]}]\#(tool)}"#
            body = RuntimeRequest(operation: .converse, model: Answers.model, body: Array(text.utf8))
        }
        var model = Answers.scenario(Answers.profile(reasoning: knowsBlocks ? .constant(7) : nil)).models[0]
        model.toolUseShare = 0.5
        let generator = AnswerGenerator(model: model, seed: UInt64(seed), speed: 1, occurrence: 0)
        let answer = try generator.answer(to: body, RequestBody(body))
        var padding = PaddingSource(generator.generator(.padding), isOn: true)
        let stream = family.events(answer, &padding).flatMap { EventFrames.event($0.type, $0.payload) }
        let events = try #require(RecordedEvent.all(of: stream))
        let assembled = try #require(InvokeAssembler(events))
        #expect(try Self.dictionary(assembled.answer) == Self.dictionary(family.body(answer)))
        let counts = assembled.headers.filter { $0.name.hasSuffix("output-token-count") }.map(\.value)
        #expect(counts == [String(answer.outputTokens)])
    }

    @Test("a trace's InvokeModel stream answers an InvokeModel request, when it ended, with the counts in its head")
    func served() throws {
        let body = #"{"prompt":"hello"}"#
        let stream = RuntimeRequest(
            operation: .invokeModelWithResponseStream,
            model: "meta.llama3",
            body: Array(body.utf8)
        )
        let frames = [
            #"{"generation":"Good ","prompt_token_count":3,"generation_token_count":1,"stop_reason":null}"#,
            #"{"generation":"day","prompt_token_count":null,"generation_token_count":2,"stop_reason":"stop","#
                + #""amazon-bedrock-invocationMetrics":{"inputTokenCount":3,"outputTokenCount":2,"invocationLatency":40}}"#,
        ].map { Self.frames([$0]) }
        var recording = Recording()
        recording.add(stream, chunks: [(20, frames[0]), (40, frames[1])], headers: Recording.streamHeaders)
        var request = stream
        request.operation = .invokeModel
        let script = recording.source().answer(to: request)
        #expect(script.head?.status == 200)
        #expect(script.head?.offset.milliseconds == 40)
        #expect(
            try Self.dictionary(script.chunks.flatMap(\.bytes)) == [
                "generation": "Good day", "prompt_token_count": 3, "generation_token_count": 2, "stop_reason": "stop",
            ]
        )
        let headers = script.head?.headers ?? []
        #expect(headers.filter { $0.name.lowercased() == "content-type" }.map(\.value) == ["application/json"])
        for (name, value) in [("invocation-latency", "40"), ("input-token-count", "3"), ("output-token-count", "2")] {
            #expect(headers.contains(HeaderField("x-amzn-bedrock-\(name)", value)))
        }
    }

    @Test(
        "what has no end, or is of a family not known here, adds up to nothing",
        arguments: [
            [], ["{}"], [#"{"generation":"a"}"#], [#"{"text":"a","amazon-bedrock-invocationMetrics":{}}"#],
            [#"{"type":"message_start"}"#, #"{"amazon-bedrock-invocationMetrics":{}}"#],
            [#"{"messageStart":{}}"#, #"{"amazon-bedrock-invocationMetrics":{}}"#], ["no json"],
        ]
    )
    func nothing(objects: [String]) throws {
        let events = try #require(RecordedEvent.all(of: Self.frames(objects)))
        #expect(InvokeAssembler(events) == nil)
    }

    static let realStreams = SharedData.files(below: "data/real_streams", withExtension: "bin")

    /// The text of a whole Anthropic answer, or of a stream's deltas, read with Foundation's JSON alone.
    private static func text(_ object: Any?) -> String {
        switch object {
        case let list as [Any]: list.map { text($0) }.joined()
        case let members as [String: Any]: members["text"] as? String ?? ""
        default: ""
        }
    }

    @Test(
        "real streams of Anthropic's models add up to their words and their reason to stop",
        .enabled(if: !realStreams.isEmpty, "the recorded streams are not here")
    )
    func real() throws {
        var count = 0
        for file in Self.realStreams {
            let body = [UInt8](try Data(contentsOf: file))
            guard let events = RecordedEvent.all(of: body), events.allSatisfy({ $0.type == "chunk" }),
                let assembled = InvokeAssembler(events)
            else { continue }
            let objects = try events.map { event in
                try #require(try JSONSerialization.jsonObject(with: Data(event.chunk?.bytes ?? [])) as? [String: Any])
            }
            guard objects.first?["type"] as? String == "message_start" else { continue }
            count += 1
            let whole = try #require(try JSONSerialization.jsonObject(with: Data(assembled.answer)) as? [String: Any])
            #expect(Self.text(whole["content"]) == objects.map { Self.text($0["delta"]) }.joined())
            let reasons = objects.compactMap { ($0["delta"] as? [String: Any])?["stop_reason"] as? String }
            #expect(whole["stop_reason"] as? String == reasons.last)
            let usage = try #require(whole["usage"] as? [String: Any])
            let output = objects.compactMap { ($0["usage"] as? [String: Any])?["output_tokens"] as? Int }.last
            #expect(usage["output_tokens"] as? Int == output)
        }
        #expect(count > 20)
    }
}
