// Recorded answers served again: bytes, gaps, heads, failures, and who gets which.

import Core
import Foundation
import Testing

@testable import Replayer

/// A small recording, made by hand.
struct Recording {
    static let epoch: UInt64 = 1_700_000_000_000_000_000

    static func instant(_ milliseconds: Double) -> TraceInstant {
        TraceInstant(nanosecondsSinceEpoch: epoch + UInt64(milliseconds * 1e6))
    }

    var records: [TraceRecord] = []
    private var nextID: UInt64 = 1

    /// Adds an attempt: dispatched at `start`, then chunks at milliseconds from there.
    mutating func add(
        _ request: RuntimeRequest,
        start: Double = 0,
        chunks: [(ms: Double, bytes: [UInt8])],
        outcome: TransportOutcome = .ok,
        end: Double? = nil,
        connected: Double? = nil,
        status: Int = 200,
        headers: [HeaderField] = Recording.streamHeaders,
        error: String? = nil,
        latency: String? = nil,
        isWarmup: Bool = false
    ) {
        let id = AttemptID(request: nextID)
        nextID += 1
        records.append(
            .request(
                RequestRecord(
                    id: id,
                    scheduled: Self.instant(start),
                    dispatched: Self.instant(start),
                    url: "http://x/",
                    headers: [],
                    body: String(decoding: request.body, as: UTF8.self),
                    operation: request.operation.traceName,
                    model: request.model,
                    region: "us-east-1",
                    latency: latency,
                    promptID: "p",
                    isWarmup: isWarmup
                )
            )
        )
        records.append(
            .connection(
                ConnectionRecord(
                    id: id,
                    connection: 1,
                    isReused: connected == nil,
                    tcpConnected: connected.map { Self.instant(start + $0) },
                    remoteAddress: "127.0.0.1:1",
                    httpVersion: "1.1"
                )
            )
        )
        if let first = chunks.first, status > 0 {
            let head = ResponseRecord(
                id: id,
                status: status,
                headers: headers,
                sent: nil,
                firstByte: Self.instant(start + max(0, first.ms - 1))
            )
            records.append(.response(head))
        }
        for (index, chunk) in chunks.enumerated() {
            let stamp = ChunkStamp(
                instant: Self.instant(start + chunk.ms),
                length: UInt32(chunk.bytes.count),
                source: .kernel
            )
            records.append(
                .chunks(ChunkBatch(attempt: id, firstIndex: UInt32(index), stamps: [stamp], data: chunk.bytes))
            )
        }
        let last = end ?? chunks.last?.ms ?? 0
        if let error {
            records.append(
                .error(
                    ErrorRecord(
                        id: id,
                        instant: Self.instant(start + last),
                        code: error,
                        curlCode: 56,
                        errno: 104,
                        message: "m",
                        byteOffset: 0
                    )
                )
            )
        }
        records.append(
            .end(
                EndRecord(
                    id: id,
                    completed: Self.instant(start + last),
                    chunks: UInt32(chunks.count),
                    bytes: UInt64(chunks.reduce(0) { $0 + $1.bytes.count }),
                    xxHash64: 0,
                    outcome: outcome
                )
            )
        )
    }

    static let streamHeaders = [
        HeaderField("Content-Type", "application/vnd.amazon.eventstream"),
        HeaderField("Transfer-Encoding", "chunked"), HeaderField("Connection", "keep-alive"),
        HeaderField("Date", "Fri, 31 Jan 2025 17:31:33 GMT"), HeaderField("x-amzn-RequestId", "recorded-id"),
        HeaderField("x-amzn-bedrock-content-type", "application/json"),
    ]

    var answers: [RecordedAnswer] {
        var collector = RecordedAnswerCollector()
        for record in records { collector.add(record) }
        return collector.finish()
    }

    func source(match: TraceMatch = .request, speed: Double = 1, faults: [Fault] = []) -> TraceSource {
        TraceSource(answers, name: "run.mcap", match: match, speed: speed, faults: faults)
    }
}

@Suite("Recorded answers")
struct TraceSourceTests {
    static let frames = (0..<4).map { EventFrames.event("contentBlockDelta", Array(#"{"n":\#($0)}"#.utf8)) }
    static let chunks = frames.enumerated().map { (ms: 300 + 20 * Double($0), bytes: $1) }

    @Test("bytes, chunks and gaps are the recorded ones; the head is too, but for what belongs to a connection")
    func fidelity() {
        var recording = Recording()
        recording.add(Answers.converse(), chunks: Self.chunks, end: 365)
        let script = recording.source().answer(to: Answers.converse())
        #expect(script.chunks.map(\.bytes) == Self.frames)
        #expect(script.chunks.map(\.offset.milliseconds) == [300, 320, 340, 360])
        #expect(script.chunks.map(\.events) == [0..<1, 1..<2, 2..<3, 3..<4])
        #expect(script.head?.offset.milliseconds == 299)
        #expect(script.endOffset.milliseconds == 365)
        #expect(script.ending == .complete)
        let names = script.head?.headers.map { $0.name.lowercased() } ?? []
        #expect(
            names == [
                "content-type", "x-amzn-bedrock-content-type", "x-amzn-requestid",
                "x-bedrock-replayer-recorded-request-id", "x-bedrock-replayer",
            ]
        )
        #expect(script.head?.headers.first { $0.name == "x-bedrock-replayer" }?.value == "run.mcap; seed=1")
        #expect(script.head?.headers.contains(HeaderField("x-amzn-RequestId", "recorded-id")) == false)
    }

    @Test("events are counted where their last byte is, however the recording was cut")
    func eventsAcrossChunks() {
        let all = Self.frames.flatMap { $0 }
        let cut = Self.frames[0].count + 5
        var recording = Recording()
        recording.add(
            Answers.converse(),
            chunks: [(1, Array(all[..<3])), (2, Array(all[3..<cut])), (3, Array(all[cut...]))]
        )
        let script = recording.source().answer(to: Answers.converse())
        #expect(script.chunks.map(\.events) == [0..<0, 0..<1, 1..<4])
    }

    @Test("the recorder's own connection set-up is left out")
    func connectionSetUp() {
        var recording = Recording()
        recording.add(Answers.converse(), chunks: Self.chunks, connected: 50)
        let script = recording.source().answer(to: Answers.converse())
        #expect(script.chunks.map(\.offset.milliseconds) == [250, 270, 290, 310])
        #expect(script.head?.offset.milliseconds == 249)
    }

    @Test("a speed divides every time", arguments: [(2.0, [150.0, 160, 170, 180]), (.infinity, [0, 0, 0, 0])])
    func speeds(speed: Double, offsets: [Double]) {
        var recording = Recording()
        recording.add(Answers.converse(), chunks: Self.chunks)
        let script = recording.source(speed: speed).answer(to: Answers.converse())
        #expect(script.chunks.map(\.offset.milliseconds) == offsets)
    }

    @Test("repeated requests are given the recorded answers in turn, in the order they were asked")
    func turns() {
        var recording = Recording()
        for index in 0..<3 {
            // The later they were asked, the earlier they are in the file.
            recording.add(Answers.converse(), start: Double(1_000 - index), chunks: [(5, [UInt8(index)])])
        }
        recording.add(Answers.converse("other"), start: 5, chunks: [(5, [9])])
        let source = recording.source()
        let bytes = (0..<5).map { _ in source.answer(to: Answers.converse()).chunks[0].bytes }
        #expect(bytes == [[2], [1], [0], [2], [1]])
        #expect(source.answer(to: Answers.converse("other")).chunks[0].bytes == [9])
        let ids = (0..<3).map { _ in source.answer(to: Answers.converse()).requestID }
        #expect(Set(ids).count == 3)
    }

    @Test("an unmatched request is a ValidationException that says why")
    func unmatched() throws {
        var recording = Recording()
        recording.add(Answers.converse(), chunks: Self.chunks)
        let message = { (request: RuntimeRequest, match: TraceMatch) in
            let script = recording.source(match: match).answer(to: request)
            #expect(script.head?.status == 400)
            return String(decoding: script.chunks[0].bytes, as: UTF8.self)
        }
        #expect(message(Answers.converse("new"), .request).contains("--match model"))
        #expect(message(Answers.converse(model: "m"), .request).contains("It holds: \(Answers.model)"))
        #expect(message(Answers.converse(model: "m"), .model).contains("no converse-stream answer of 'm'"))
        let invoke = RuntimeRequest(operation: .invokeModelWithResponseStream, model: "m", body: [])
        #expect(message(invoke, .sequence).contains("no invoke-model-with-response-stream answer"))
    }

    /// A request for the same, as another client would spell it: other white space, order, escapes, numbers.
    static func spelled(_ body: String) -> RuntimeRequest {
        RuntimeRequest(operation: .converseStream, model: Answers.model, body: Array(body.utf8))
    }

    @Test("a body is matched by its JSON value, whatever client wrote it; what differs in value does not match")
    func bodySpellings() {
        var recording = Recording()
        recording.add(Answers.converse("h\u{e9}llo", maxTokens: 10), chunks: Self.chunks)
        let source = recording.source()
        let status = { (body: String) in source.answer(to: Self.spelled(body)).head?.status }
        let message = #"{"role": "user", "content": [{"text": "h\u00e9llo"}]}"#
        #expect(status(#"{"inferenceConfig": {"maxTokens": 10}, "messages": [\#(message)]}"#) == 200)
        #expect(status(#"{ "messages" :[\#(message)] , "inferenceConfig":{"maxTokens":1.0e1}}"#) == 200)
        for other in [
            #"{"inferenceConfig": {"maxTokens": 11}, "messages": [\#(message)]}"#,
            #"{"inferenceConfig": {"maxTokens": "10"}, "messages": [\#(message)]}"#,
            #"{"inferenceConfig": {"maxTokens": 10}, "messages": [\#(message), \#(message)]}"#,
            #"{"inferenceConfig": {"maxTokens": 10}, "messages": \#(message)}"#,
            #"{"inferenceConfig": {"maxTokens": 10}, "messages": [\#(message)], "system": null}"#,
            #"{"inferenceConfig": {"maxTokens": 10}, "messages": [\#(message)]} x"#,
        ] {
            #expect(status(other) == 400, "\(other)")
        }
    }

    @Test("by prompt the parameters may differ, and the words and the model may not")
    func byPrompt() {
        var recording = Recording()
        recording.add(Answers.converse("one", maxTokens: 10), start: 0, chunks: [(5, [1])])
        recording.add(Answers.converse("two", maxTokens: 10), start: 1, chunks: [(5, [2])])
        let source = recording.source(match: .prompt)
        #expect(source.answer(to: Answers.converse("two", maxTokens: 99)).chunks[0].bytes == [2])
        #expect(source.answer(to: Answers.converse("one", latency: "optimized")).chunks[0].bytes == [1])
        #expect(source.answer(to: Answers.converse("one", model: "m")).head?.status == 400)
        let script = source.answer(to: Answers.converse("three"))
        #expect(script.head?.status == 400)
        #expect(String(decoding: script.chunks[0].bytes, as: UTF8.self).contains("none to this prompt"))
    }

    @Test("what no recorded answer fits is a scenario's to answer, where there is one")
    func fallback() {
        var recording = Recording()
        recording.add(Answers.converse("recorded"), chunks: Self.chunks)
        let source = TraceSource(
            recording.answers,
            name: "run.mcap",
            fallback: ScenarioSource(Answers.scenario(TestServer.quick))
        )
        let label = { (script: AnswerScript) in script.head?.headers.first { $0.name == "x-bedrock-replayer" }?.value }
        #expect(label(source.answer(to: Answers.converse("recorded"))) == "run.mcap; seed=1")
        let drawn = source.answer(to: Answers.converse("new"))
        #expect(drawn.head?.status == 200)
        #expect(label(drawn) == "test.yaml; seed=7")
        let count = RuntimeRequest(operation: .countTokens, model: Answers.model, body: Array("{}".utf8))
        #expect(source.answer(to: count).head?.status == 200)
    }

    @Test("by model any body fits, by sequence any model does")
    func matches() {
        var recording = Recording()
        recording.add(Answers.converse("a", model: "one"), start: 0, chunks: [(5, [1])])
        recording.add(Answers.converse("b", model: "two"), start: 1, chunks: [(5, [2])])
        let byModel = recording.source(match: .model)
        #expect(byModel.answer(to: Answers.converse("new", model: "two")).chunks[0].bytes == [2])
        let bySequence = recording.source(match: .sequence)
        let bytes = (0..<3).map { _ in bySequence.answer(to: Answers.converse("new", model: "three")).chunks[0].bytes }
        #expect(bytes == [[1], [2], [1]])
    }

    @Test(
        "failures are served as failures, at their time",
        arguments: [
            (TransportOutcome.transportError, "CURLE_RECV_ERROR", AnswerEnding.reset),
            (.transportError, "CURLE_PARTIAL_FILE", .close), (.timeout, "CURLE_OPERATION_TIMEDOUT", .stall),
        ]
    )
    func failures(outcome: TransportOutcome, code: String, ending: AnswerEnding) {
        var recording = Recording()
        recording.add(Answers.converse(), chunks: Self.chunks, outcome: outcome, end: 400, error: code)
        let script = recording.source().answer(to: Answers.converse())
        #expect(script.ending == ending)
        #expect(script.endOffset.milliseconds == 400)
        #expect(script.chunks.map(\.bytes) == Self.frames)
    }

    @Test("a connection that failed before any head is closed without one")
    func noHead() {
        var recording = Recording()
        recording.add(Answers.converse(), chunks: [], outcome: .transportError, end: 70, error: "CURLE_GOT_NOTHING")
        let script = recording.source().answer(to: Answers.converse())
        #expect(script.head == nil)
        #expect(script.ending == .close)
        #expect(script.endOffset.milliseconds == 70)
    }

    @Test("an error of the service keeps its status, type and body, with a stated length")
    func httpError() {
        var recording = Recording()
        let body = Array(#"{"message":"Too many requests"}"#.utf8)
        recording.add(
            Answers.converse(),
            chunks: [(20, body)],
            outcome: .httpError,
            status: 429,
            headers: [
                HeaderField("content-type", "application/json"), HeaderField("content-length", "\(body.count)"),
                HeaderField("x-amzn-errortype", "ThrottlingException"),
            ]
        )
        let script = recording.source().answer(to: Answers.converse())
        #expect(script.head?.status == 429)
        #expect(script.head?.headers.contains(HeaderField("x-amzn-errortype", "ThrottlingException")) == true)
        #expect(
            script.head?.headers.filter { $0.name.lowercased() == "content-length" }.map(\.value) == ["\(body.count)"]
        )
        #expect(script.chunks.map(\.bytes) == [body])
    }

    @Test("what the recorder cancelled, or what has no end, is left out and counted")
    func leftOut() {
        var recording = Recording()
        recording.add(Answers.converse(), chunks: Self.chunks, outcome: .cancelled)
        recording.add(Answers.converse(), chunks: Self.chunks)
        recording.records.removeLast()
        var collector = RecordedAnswerCollector()
        for record in recording.records { collector.add(record) }
        #expect(collector.finish().isEmpty)
        #expect(collector.cancelledCount == 1)
        #expect(collector.unfinishedCount == 1)
    }

    @Test("the records of an attempt may stand in any order, as records of one instant do")
    func anyOrder() {
        var recording = Recording()
        recording.add(Answers.converse(), chunks: Self.chunks, end: 365)
        var collector = RecordedAnswerCollector()
        for record in recording.records.reversed() { collector.add(record) }
        #expect(collector.finish() == recording.answers)
    }

    @Test("recordings that number their requests alike are kept apart, and served in the order of time")
    func severalRecordings() {
        var late = Recording()
        late.add(Answers.converse(), start: 1_000, chunks: [(5, [2])])
        var early = Recording()
        early.add(Answers.converse(), start: 0, chunks: [(5, [1])])
        var collector = RecordedAnswerCollector()
        for record in late.records + early.records { collector.add(record) }
        #expect(collector.finish().map(\.body) == [[1], [2]])
    }

    @Test("Converse is answered with what the recorded stream adds up to, when it ended")
    func assembled() throws {
        var scenario = Answers.scenario(Answers.profile(output: .constant(30), reasoning: .constant(8)))
        scenario.models[0].toolUseShare = 1
        let body = Array(
            (#"{"messages":[{"role":"user","content":[{"text":"weather?"}]}]"# + WholeAnswerTests.tools).utf8
        )
        let streamed = RuntimeRequest(operation: .converseStream, model: Answers.model, body: body)
        let whole = RuntimeRequest(operation: .converse, model: Answers.model, body: body)
        let stream = ScenarioSource(scenario).answer(to: streamed)
        var recording = Recording()
        recording.add(
            streamed,
            chunks: stream.chunks.map { ($0.offset.milliseconds, $0.bytes) },
            headers: stream.head?.headers ?? []
        )
        let script = recording.source().answer(to: whole)
        let json = try WholeAnswerTests.json(script)
        let message = try #require((json["output"] as? [String: Any])?["message"] as? [String: Any])
        let content = try #require(message["content"] as? [[String: Any]])
        #expect(content.count == 3)
        let thought = (content[0]["reasoningContent"] as? [String: Any])?["reasoningText"] as? [String: Any]
        #expect((thought?["text"] as? String)?.split(separator: " ").count == 8)
        #expect((content[1]["text"] as? String)?.split(separator: " ").count == 30)
        let tool = try #require(content[2]["toolUse"] as? [String: Any])
        #expect(tool["name"] as? String == "look_up")
        #expect((tool["input"] as? [String: Any])?.count == 6)
        #expect(json["stopReason"] as? String == "tool_use")
        let stated = try Answers.events(stream).last?.json["usage"] as? NSDictionary
        #expect(json["usage"] as? NSDictionary == stated)
        #expect(script.head?.offset == script.endOffset)
        #expect(script.head?.headers.contains(HeaderField("Content-Length", "\(script.chunks[0].bytes.count)")) == true)
    }

    @Test("a stream that ended in an exception is that error for Converse; one that was cut adds up to nothing")
    func notAssembled() {
        let whole = RuntimeRequest(operation: .converse, model: Answers.model, body: Answers.converse().body)
        var failed = Recording()
        failed.add(
            Answers.converse(),
            chunks: [(1, Self.frames[0]), (9, EventFrames.exception("throttlingException", message: "slow down"))]
        )
        let refusal = failed.source().answer(to: whole)
        #expect(refusal.head?.status == 429)
        #expect(refusal.note == "ThrottlingException")
        var cut = Recording()
        cut.add(Answers.converse(), chunks: Self.chunks)
        #expect(cut.source().answer(to: whole).head?.status == 400)
        let count = RuntimeRequest(operation: .countTokens, model: Answers.model, body: [])
        let text = String(decoding: cut.source().answer(to: count).chunks[0].bytes, as: UTF8.self)
        #expect(text.contains("add --scenario for it"))
    }

    @Test("an attempt with bytes missing is left out, and damaged stamps cannot overflow")
    func damage() {
        var recording = Recording()
        recording.add(Answers.converse(), chunks: Self.chunks)
        recording.records.remove(at: 4)
        var collector = RecordedAnswerCollector()
        for record in recording.records { collector.add(record) }
        #expect(collector.finish().isEmpty)
        #expect(collector.unfinishedCount == 1)

        var wild = Recording()
        wild.add(Answers.converse(), chunks: [(1, [1])])
        wild.records = wild.records.map { record in
            guard case .chunks(var batch) = record else { return record }
            batch.stamps[0].instant = TraceInstant(nanosecondsSinceEpoch: .max)
            return .chunks(batch)
        }
        let script = wild.source(faults: []).answer(to: Answers.converse())
        #expect(script.chunks[0].offset >= .zero)
        #expect(script.chunks[0].offset <= .seconds(7 * 86_400))
    }

    @Test("faults strike recorded answers as they do synthetic ones")
    func faults() throws {
        var recording = Recording()
        recording.add(Answers.converse(), chunks: Self.chunks)
        let script = recording.source(faults: [try Fault("throttle=1")]).answer(to: Answers.converse())
        #expect(script.head?.status == 429)
    }

    @Test("a recorded answer leaves the server byte for byte, one HTTP chunk for each recorded chunk")
    func overTheWire() throws {
        var recording = Recording()
        let body = #"{"messages":[{"role":"user","content":[{"text":"hello"}]}]}"#
        let request = RuntimeRequest(operation: .converseStream, model: "m", body: Array(body.utf8))
        recording.add(request, chunks: Self.chunks)
        let server = try TestServer(recording.source())
        let response = try #require(try server.response(to: TestServer.request(body)).response)
        #expect(response.isWhole)
        #expect(response.body == Self.frames.flatMap { $0 })
        #expect(response.chunks == Self.frames.map(\.count))
        #expect(response.header("x-bedrock-replayer-recorded-request-id") == "recorded-id")
    }
}
