// Faults as functions from a good answer to a bad one.

import Core
import Testing

@testable import Replayer

@Suite("Faults")
struct FaultTests {
    static let good = ScenarioSource(Answers.scenario()).answer(to: Answers.converse())

    static func damaged(_ text: String, seed: UInt64 = 3) throws -> AnswerScript {
        var generator = SeededGenerator(seed: seed)
        return try FaultInjector([Fault(text + "=100%")], label: "test.yaml; seed=7")
            .apply(to: good, for: Answers.converse(), number: 1, &generator)
    }

    @Test("a fault of rate 0 changes nothing, one of rate 100 % strikes always", arguments: FaultKind.names)
    func rates(_ name: String) throws {
        for seed in 0..<50 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let spared = try FaultInjector([Fault(name + "=0")], label: "")
                .apply(to: Self.good, for: Answers.converse(), number: 1, &generator)
            #expect(spared == Self.good)
            #expect(try Self.damaged(name, seed: UInt64(seed)).note == "fault \(name)")
        }
    }

    @Test("a rate is the share of requests that the fault meets")
    func share() throws {
        let source = ScenarioSource(Answers.scenario(faults: [try Fault("throttle=5%")]))
        let n = 2_000
        let count = (0..<UInt64(n)).filter { source.answer(to: Answers.converse(), occurrence: $0).head?.status == 429 }
            .count
        #expect(abs(Double(count) / Double(n) - 0.05) < 4 * (0.05 * 0.95 / Double(n)).squareRoot())
    }

    @Test(
        "requests are met by their number in order of arrival",
        arguments: [("requests:1", [1]), ("requests:2-3,5", [2, 3, 5]), ("requests:7", [])]
    )
    func byNumber(trigger: String, met: [Int]) throws {
        let source = ScenarioSource(Answers.scenario(faults: [try Fault("throttle=\(trigger)")]))
        let statuses = (1...6).map { number in
            let arrival = Arrival(monotonic: 0, secondsSinceEpoch: 0, number: UInt64(number))
            return source.answer(to: Answers.converse(), at: arrival).head?.status
        }
        #expect(statuses == (1...6).map { met.contains($0) ? 429 : 200 })
    }

    @Test("requests are met by a text in their prompt, in the system's or the user's words, of either operation")
    func byPrompt() throws {
        let source = ScenarioSource(Answers.scenario(faults: [try Fault("AccessDeniedException=prompt:fail here")]))
        func status(_ operation: RuntimeOperation, _ body: String) -> Int? {
            source.answer(to: RuntimeRequest(operation: operation, model: Answers.model, body: Array(body.utf8))).head?
                .status
        }
        #expect(status(.converseStream, #"{"messages":[{"content":[{"text":"please fail here, now"}]}]}"#) == 403)
        #expect(status(.converse, #"{"system":[{"text":"fail here"}],"messages":[]}"#) == 403)
        #expect(status(.invokeModelWithResponseStream, #"{"messages":[{"content":"fail here"}]}"#) == 403)
        #expect(status(.converseStream, #"{"messages":[{"content":[{"text":"fail elsewhere"}]}]}"#) == 200)
        // What is no text of the prompt meets nothing.
        #expect(status(.converseStream, #"{"messages":[],"requestMetadata":{"text":"fail here"}}"#) == 200)
    }

    @Test("adding a fault spares the draws of the answers it does not meet")
    func answersStay() throws {
        let plain = ScenarioSource(Answers.scenario())
        let faulty = ScenarioSource(Answers.scenario(faults: [try Fault("reset=50%")]))
        var spared = 0
        for occurrence in 0..<UInt64(100) {
            let answer = faulty.answer(to: Answers.converse(), occurrence: occurrence)
            guard answer.ending == .complete else { continue }
            spared += 1
            #expect(answer == plain.answer(to: Answers.converse(), occurrence: occurrence))
        }
        #expect((20...80).contains(spared))
    }

    @Test("refusals carry the status and type of their exception")
    func refusals() throws {
        // Statuses from the service's model.
        let statuses = [
            "ThrottlingException": 429, "ModelNotReadyException": 429, "ServiceUnavailableException": 503,
            "InternalServerException": 500, "ModelTimeoutException": 408, "ModelErrorException": 424,
            "ValidationException": 400, "ServiceQuotaExceededException": 400, "ConflictException": 400,
            "AccessDeniedException": 403, "ResourceNotFoundException": 404, "ModelStreamErrorException": 424,
        ]
        #expect(Set(statuses.keys) == Set(AWSError.modelled.map(\.type)))
        for (name, status) in statuses {
            let script = try Self.damaged(name)
            #expect(script.head?.status == status)
            #expect(script.head?.headers.first { $0.name == "x-amzn-ErrorType" }?.value.hasPrefix(name + ":") == true)
            #expect(script.head?.headers.contains(HeaderField("x-bedrock-replayer", "test.yaml; seed=7")) == true)
        }
    }

    @Test("an exception ends the stream behind whole events", arguments: ["exception", "throttlingException"])
    func exceptions(_ name: String) throws {
        let script = try Self.damaged(name)
        let events = try Answers.events(script)
        #expect(events.last?.type == (name == "exception" ? "modelStreamErrorException" : name))
        #expect(events.last?.json["message"] is String)
        #expect(script.ending == .complete)
        #expect(script.chunks.dropLast() == Self.good.chunks.prefix(script.chunks.count - 1))
        #expect(script.chunks.last?.events == (events.count - 1)..<events.count)
    }

    @Test(
        "broken connections keep what was sent before",
        arguments: [("reset", AnswerEnding.reset), ("close", .close), ("stall", .stall)]
    )
    func brokenConnections(name: String, ending: AnswerEnding) throws {
        let script = try Self.damaged(name)
        #expect(script.ending == ending)
        #expect((1..<Self.good.chunks.count).contains(script.chunks.count))
        #expect(script.chunks == Array(Self.good.chunks.prefix(script.chunks.count)))
    }

    @Test("a truncated body ends within a frame, and cleanly")
    func truncation() throws {
        let script = try Self.damaged("truncate")
        let kept = script.chunks.flatMap(\.bytes)
        let whole = Self.good.chunks.flatMap(\.bytes)
        #expect(script.ending == .complete)
        #expect(kept == Array(whole.prefix(kept.count)))
        var decoder = EventStreamDecoder()
        var count = 0
        try decoder.feed(kept.span.bytes) { _, _ in count += 1 }
        #expect(decoder.pendingByteCount > 0)
        #expect(script.chunks.last?.events == count..<count)
    }

    @Test("a corrupt frame fails its checksum")
    func corruption() throws {
        let script = try Self.damaged("corrupt")
        let bytes = script.chunks.flatMap(\.bytes)
        var decoder = EventStreamDecoder()
        #expect(throws: EventStreamError.self) { try decoder.feed(bytes.span.bytes) { _, _ in } }
        #expect(zip(bytes, Self.good.chunks.flatMap(\.bytes)).filter { $0 != $1 }.count == 1)
    }

    @Test("bursts and single bytes carry the same body", arguments: ["burst", "one-byte"])
    func sameBody(_ name: String) throws {
        let script = try Self.damaged(name)
        #expect(script.chunks.flatMap(\.bytes) == Self.good.chunks.flatMap(\.bytes))
        #expect(script.chunks.flatMap { Array($0.events) } == Self.good.chunks.flatMap { Array($0.events) })
        #expect(script.endOffset == Self.good.endOffset)
        if name == "burst" {
            #expect(script.chunks.count == (Self.good.chunks.count + 15) / 16)
        } else {
            #expect(script.chunks.allSatisfy { $0.bytes.count == 1 })
        }
    }

    @Test("a slow head delays what follows it")
    func slowHead() throws {
        let script = try Self.damaged("slow-headers")
        let head = try #require(script.head)
        #expect(head.spread == .seconds(1))
        #expect(script.chunks.allSatisfy { $0.offset >= head.offset + head.spread })
        #expect(script.chunks.flatMap(\.bytes) == Self.good.chunks.flatMap(\.bytes))
    }
}
