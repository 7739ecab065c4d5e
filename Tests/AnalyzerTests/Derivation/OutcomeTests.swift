// How a request ended is read from its bytes and from what the recorder saw; every end has a name.

import Core
import Testing

@testable import Analyzer

@Suite("How a request ended")
struct OutcomeTests {
    static let answer = HandmadeAnswer.texts(["One", " two"], outputTokens: 2)
    static let body = answer.messages.flatMap { $0 }

    static func request(_ bytes: [UInt8], _ operation: BedrockOperation = .converseStream) -> HandmadeRequest {
        HandmadeRequest(chunks: [(20, bytes)], operation: operation, completed: 30)
    }

    @Test("a whole answer is ok and has no error")
    func whole() {
        let timeline = Self.request(Self.body).timeline
        #expect(timeline.outcome == .ok)
        #expect(timeline.errorCode == nil)
    }

    @Test("an answer cut at any byte is truncated, never ok", arguments: [1, 15, 40, 100])
    func cutInside(fromEnd count: Int) {
        let timeline = Self.request(Array(Self.body.dropLast(count))).timeline
        #expect(timeline.outcome == .truncated)
        #expect(timeline.errorCode == "UnfinishedMessage")
    }

    @Test("an answer that lacks its last messages is truncated although every message is whole", arguments: [1, 2])
    func cutBetween(messages count: Int) {
        let bytes = Self.answer.messages.dropLast(count).flatMap { $0 }
        let timeline = Self.request(bytes).timeline
        #expect(timeline.outcome == .truncated)
        #expect(timeline.errorCode == "MissingEnd")
    }

    @Test("no body at all is truncated")
    func empty() {
        #expect(HandmadeRequest(chunks: [], completed: 30).timeline.outcome == .truncated)
    }

    @Test("a flipped bit is an exception of the stream; events before it keep their stamps")
    func brokenChecksum() {
        var bytes = Self.body
        let offset = Self.answer.messages[0].count + Self.answer.messages[1].count + 40
        bytes[offset] ^= 1
        let timeline = Self.request(bytes).timeline
        #expect(timeline.outcome == .streamException)
        #expect(timeline.errorCode == "MessageChecksumMismatch")
        #expect(timeline.events.count == 2)
        #expect(timeline.byteCount == UInt64(bytes.count))

        bytes = Self.body
        bytes[Self.answer.messages[0].count + 3] ^= 1
        #expect(Self.request(bytes).timeline.errorCode == "PreludeChecksumMismatch")
    }

    @Test("an exception within the stream names itself, even after content")
    func exception() {
        let bytes =
            Self.answer.messages.prefix(2).flatMap { $0 }
            + HandmadeAnswer.exception("throttlingException", "Too many tokens")
        let timeline = Self.request(bytes).timeline
        #expect(timeline.outcome == .streamException)
        #expect(timeline.errorCode == "throttlingException")
        #expect(timeline.errorMessage == "Too many tokens")
        #expect(timeline.events.last?.kindName == "exception")
    }

    @Test("a refusal is an HTTP error under its code")
    func refused() {
        var request = HandmadeRequest(
            chunks: [(9, Array(#"{"message":"Too many requests"}"#.utf8))],
            completed: 9
        )
        request.status = 429
        request.headers = [HeaderField("x-amzn-ErrorType", "ThrottlingException:http://internal.amazon.com/")]
        request.outcome = .httpError
        let timeline = request.timeline
        #expect(timeline.outcome == .httpError)
        #expect(timeline.errorCode == "ThrottlingException")
        #expect(timeline.errorMessage == "Too many requests")
        #expect(timeline.events.isEmpty)
        #expect(request.row.outcomeWithCode == "http_error:ThrottlingException")
        #expect(request.row.metrics.ttft == nil)
    }

    @Test(
        "an error page that is no JSON, or no text at all, is an HTTP error under its status",
        arguments: [
            "<html>Bad Gateway</html>", "", "\u{0}\u{1}{", "[]", "{",
        ]
    )
    func errorPage(body: String) {
        var request = HandmadeRequest(chunks: [(9, Array(body.utf8))], completed: 9)
        request.status = 502
        request.outcome = .httpError
        let timeline = request.timeline
        #expect(timeline.outcome == .httpError)
        #expect(timeline.errorCode?.isEmpty == false)
    }

    @Test(
        "what the recorder saw fail keeps the recorder's name for it",
        arguments: [
            (TransportOutcome.timeout, Outcome.timeout, "CURLE_OPERATION_TIMEDOUT"),
            (.transportError, .transportError, "CURLE_RECV_ERROR"),
            (.cancelled, .cancelled, "CURLE_ABORTED_BY_CALLBACK"),
        ]
    )
    func transport(seen: TransportOutcome, outcome: Outcome, code: String) {
        var request = Self.request(Array(Self.body.dropLast(60)))
        request.outcome = seen
        request.error = (code, "said libcurl")
        let timeline = request.timeline
        #expect(timeline.outcome == outcome)
        #expect(timeline.errorCode == code)
        #expect(timeline.errorMessage == "said libcurl")
        // What arrived before is still there.
        #expect(!timeline.contentEvents.isEmpty)
    }

    @Test("a request without an end was under way when the trace stopped")
    func unfinished() {
        let timeline = HandmadeRequest(chunks: [(20, Self.body)], completed: nil).timeline
        #expect(timeline.outcome == .cancelled)
        #expect(timeline.errorCode == "Unfinished")
        #expect(timeline.completed == nil)
        #expect(RequestMetrics(timeline).endToEnd == nil)
    }

    @Test("an invocation that a guardrail answers in one message is whole without the service's metrics")
    func blocked() {
        let answer = HandmadeAnswer.invoke([
            #"{"outputText":"Input blocked","index":0.0,"totalOutputTextTokenCount":3.0,"inputTextTokenCount":6.0,"amazon-bedrock-guardrailAction":"INTERVENED"}"#
        ])
        let timeline = HandmadeRequest(answer, at: [20]).timeline
        #expect(timeline.outcome == .ok)
        #expect(timeline.metadata?.usage.outputTokens == 3)
        #expect(timeline.metadata?.serverLatencyMilliseconds == nil)
    }

    @Test("Anthropic's counts come before its last message, so that they don't make a cut stream whole")
    func anthropicCut() {
        let objects = [
            #"{"type":"message_start","message":{"role":"assistant","usage":{"input_tokens":5,"output_tokens":1}}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}}"#,
        ]
        let timeline = HandmadeRequest(.invoke(objects), at: [1, 2, 3]).timeline
        #expect(timeline.metadata?.usage.outputTokens == 3)
        #expect(timeline.outcome == .truncated)
        #expect(timeline.errorCode == "MissingEnd")
    }
}
