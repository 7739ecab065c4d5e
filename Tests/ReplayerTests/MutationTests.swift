// Requests and recorded streams that are almost right: whatever comes from outside is answered, and never stops anything.

import Core
import Foundation
import Testing

@testable import Replayer

@Suite("Mutations")
struct MutationTests {
    static let bodies = [
        #"{"messages":[{"role":"user","content":[{"text":"hello"},{"cachePoint":{"type":"default"}}]}],"#
            + #""system":[{"text":"be brief"}],"inferenceConfig":{"maxTokens":9},"performanceConfig":{"latency":"standard"}}"#,
        #"{"messages":[{"content":"hi"}],"toolConfig":{"tools":[{"toolSpec":{"name":"t","inputSchema":{"json":"#
            + #"{"type":"object","properties":{"a":{"type":"array","items":{"enum":["x",1]}}}}}}}]}}"#,
        #"{"anthropic_version":"bedrock-2023-05-31","max_tokens":5,"messages":[{"role":"user","content":"a\u00e9"}]}"#,
        #"{"input":{"invokeModel":{"body":"eyJwcm9tcHQiOiIxMjM0NTY3OCJ9"}}}"#,
    ]

    /// Changes, drops, doubles or moves a few bytes.
    static func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var result = bytes
        for _ in 0...Int.random(in: 0..<4, using: &generator) where !result.isEmpty {
            let index = Int.random(in: 0..<result.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: result[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: result.remove(at: index)
            case 2: result.insert(contentsOf: result[index..<min(index + 9, result.count)], at: index)
            default: result.removeLast(min(result.count, index % 7))
            }
        }
        return result
    }

    @Test("an almost right body is answered, or refused in AWS's shape", arguments: RuntimeOperation.allCases)
    func requests(_ operation: RuntimeOperation) throws {
        var generator = SeededGenerator(seed: 11)
        let drawn = ScenarioSource(Answers.scenario(TestServer.quick))
        var recording = Recording()
        recording.add(Answers.converse(), chunks: TraceSourceTests.chunks)
        let recorded = [TraceMatch.request, .prompt].map { recording.source(match: $0) }
        for round in 0..<400 {
            let body = Self.mutated(Array(Self.bodies[round % Self.bodies.count].utf8), &generator)
            let request = RuntimeRequest(operation: operation, model: Answers.model, body: body)
            let drawnStatus = try #require(drawn.answer(to: request).head?.status)
            #expect([200, 400].contains(drawnStatus))
            for source in recorded {
                let status = try #require(source.answer(to: request).head?.status)
                #expect([200, 400].contains(status))
            }
        }
    }

    @Test("what an almost right stream adds up to is JSON, or nothing", arguments: ModelFamily.allCases)
    func streams(_ family: ModelFamily) throws {
        var model = Answers.scenario(Answers.profile(output: .constant(12), reasoning: .constant(3))).models[0]
        model.toolUseShare = 1
        let request = RuntimeRequest(
            operation: .converse,
            model: Answers.model,
            body: Array(Self.bodies[1].utf8)
        )
        let generated = AnswerGenerator(model: model, seed: 5, speed: 1, occurrence: 0)
        let answer = try generated.answer(to: request, RequestBody(request))
        var padding = PaddingSource(generated.generator(.padding), isOn: false)
        let invoke = try family.events(answer, &padding).map { event in
            let events = try #require(RecordedEvent.all(of: EventFrames.event(event.type, event.payload)))
            return try #require(events.first?.chunk?.bytes)
        }
        let converse = ConverseStreamEvents.events(answer, &padding)
        var generator = SeededGenerator(seed: 13)
        var wholeCount = 0
        for _ in 0..<300 {
            var objects = invoke
            let index = Int.random(in: 0..<objects.count, using: &generator)
            objects[index] = Self.mutated(objects[index], &generator)
            let frames = objects.flatMap { object in
                EventFrames.event("chunk", Array(#"{"bytes":"\#(Data(object).base64EncodedString())"}"#.utf8))
            }
            var events = converse.map { RecordedEvent(type: $0.type, isException: false, payload: $0.payload) }
            let place = Int.random(in: 0..<events.count, using: &generator)
            events[place].payload = Self.mutated(events[place].payload, &generator)
            let whole = [
                InvokeAssembler(try #require(RecordedEvent.all(of: frames)))?.answer, ConverseAssembler(events)?.answer,
            ]
            for bytes in whole.compactMap({ $0 }) {
                wholeCount += 1
                #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(bytes)) }
            }
        }
        #expect(wholeCount > 100)
    }
}
