// The metrics of docs/metrics.md, each against a calculation by hand.

import Core
import Testing

@testable import Analyzer

@Suite("One request, from its bytes to its metrics")
struct TimelineTests {
    /// Role at 10 ms, three deltas at 20, 30 and 50 ms, the rest at 51, 52 and 60 ms; 9 output tokens.
    static let plain = HandmadeRequest(
        .texts(["One", " two", " three"], outputTokens: 9),
        at: [10, 20, 30, 50, 51, 52, 60]
    )

    @Test("a plain answer on a reused connection gives the numbers of a calculation by hand")
    func plainAnswer() {
        let timeline = Self.plain.timeline
        #expect(timeline.outcome == .ok)
        #expect(timeline.stopReason == "end_turn")
        let metrics = RequestMetrics(timeline)
        #expect(metrics.ttft == 20)
        #expect(metrics.ttftText == 20)
        #expect(metrics.ttftScheduled == 20)
        #expect(metrics.connect == 0)
        #expect(metrics.ttlt == 50)
        #expect(metrics.endToEnd == 60)
        // 9 tokens in 50 − 20 = 30 ms.
        #expect(metrics.outputTokensPerSecond == 300)
        // 30 ms over 9 − 1 gaps.
        #expect(metrics.timePerOutputToken == 3.75)
        #expect(metrics.interTokenLatencies == [10, 20])
        #expect(metrics.coalesced == 0)
        #expect(metrics.tokensPerDelta == 3)
        #expect(metrics.server == 50)
        #expect(metrics.serverTTFT == nil)
        // (60 − 1) − 50.
        #expect(metrics.overhead == 9)
    }

    @Test("a new connection's set-up is taken out of latencies and stands on its own")
    func newConnection() {
        var request = Self.plain
        request.connected = 8
        let metrics = RequestMetrics(request.timeline)
        #expect(metrics.connect == 8)
        #expect(metrics.ttft == 12)
        #expect(metrics.ttlt == 42)
        #expect(metrics.endToEnd == 60)
        #expect(request.row.connection == "new")
    }

    @Test("a request that waited for its turn shows the wait in ttft_scheduled_ms only")
    func lateDispatch() {
        var request = Self.plain
        request.scheduled = -100
        let metrics = RequestMetrics(request.timeline)
        #expect(metrics.ttft == 20)
        #expect(metrics.ttftScheduled == 120)
    }

    @Test("an empty first delta is no token")
    func emptyFirstDelta() {
        let request = HandmadeRequest(
            .texts(["", "One", " two"], outputTokens: 2),
            at: [10, 11, 20, 30, 31, 32, 33]
        )
        let metrics = RequestMetrics(request.timeline)
        #expect(metrics.ttft == 20)
        #expect(metrics.interTokenLatencies == [10])
        #expect(metrics.tokensPerDelta == 1)
    }

    @Test("reasoning is the first token, and the first text comes later")
    func reasoningFirst() {
        let request = HandmadeRequest(
            .converse([
                ("messageStart", #"{"role":"assistant"}"#),
                ("contentBlockDelta", #"{"delta":{"reasoningContent":{"text":"Hm"}},"contentBlockIndex":0}"#),
                ("contentBlockDelta", #"{"delta":{"reasoningContent":{"signature":"c2ln"}},"contentBlockIndex":0}"#),
                HandmadeAnswer.text("Yes"),
                ("messageStop", #"{"stopReason":"end_turn"}"#),
                ("metadata", #"{"usage":{"outputTokens":4},"metrics":{"latencyMs":9}}"#),
            ]),
            at: [10, 20, 25, 40, 41, 42]
        )
        let metrics = RequestMetrics(request.timeline)
        #expect(metrics.ttft == 20)
        #expect(metrics.ttftText == 40)
        // The signature is neither a token nor the end of a gap.
        #expect(metrics.interTokenLatencies == [20])
    }

    @Test("a tool's input counts as tokens; an answer of tools alone has no first text")
    func toolInput() {
        let request = HandmadeRequest(
            .converse([
                ("messageStart", #"{"role":"assistant"}"#),
                (
                    "contentBlockStart",
                    #"{"start":{"toolUse":{"toolUseId":"t","name":"add"}},"contentBlockIndex":0}"#
                ),
                ("contentBlockDelta", #"{"delta":{"toolUse":{"input":""}},"contentBlockIndex":0}"#),
                ("contentBlockDelta", #"{"delta":{"toolUse":{"input":"{\"a\":1}"}},"contentBlockIndex":0}"#),
                ("contentBlockStop", #"{"contentBlockIndex":0}"#),
                ("messageStop", #"{"stopReason":"tool_use"}"#),
                ("metadata", #"{"usage":{"outputTokens":4},"metrics":{"latencyMs":9}}"#),
            ]),
            at: [10, 20, 30, 40, 50, 60, 70]
        )
        let metrics = RequestMetrics(request.timeline)
        #expect(metrics.ttft == 40)
        #expect(metrics.ttftText == nil)
        #expect(request.row.stopReason == "tool_use")
    }

    @Test("a message that names the role and carries text is a token")
    func roleWithText() {
        let request = HandmadeRequest(
            .invoke([
                #"{"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":null}]}"#,
                #"{"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"!"},"finish_reason":"stop"}],"amazon-bedrock-invocationMetrics":{"inputTokenCount":3,"outputTokenCount":2,"invocationLatency":30,"firstByteLatency":12}}"#,
            ]),
            at: [20, 30]
        )
        let timeline = request.timeline
        #expect(timeline.events.map(\.kindName) == ["text", "text"])
        let metrics = RequestMetrics(timeline)
        #expect(metrics.ttft == 20)
        #expect(metrics.serverTTFT == 12)
        #expect(timeline.outcome == .ok)
        #expect(timeline.stopReason == "stop")
    }

    @Test("a message with reasoning and text is the first text as well, and its bytes are those of both")
    func reasoningAndTextAtOnce() {
        let request = HandmadeRequest(
            .invoke([
                #"{"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"reasoning_content":"Hm","content":"Yes"}}]}"#,
                #"{"object":"chat.completion.chunk","choices":[],"amazon-bedrock-invocationMetrics":{"inputTokenCount":3,"outputTokenCount":2,"invocationLatency":30,"firstByteLatency":12}}"#,
            ]),
            at: [20, 30]
        )
        let metrics = RequestMetrics(request.timeline)
        #expect(metrics.ttft == 20)
        #expect(metrics.ttftText == 20)
        #expect(request.timeline.events[0].textByteCount == 5)
    }

    @Test("without a count of tokens no speed is guessed")
    func missingUsage() {
        let request = HandmadeRequest(.texts(["One", " two"]), at: [10, 20, 30, 31, 32, 33])
        let metrics = RequestMetrics(request.timeline)
        #expect(metrics.outputTokensPerSecond == nil)
        #expect(metrics.timePerOutputToken == nil)
        #expect(metrics.tokensPerDelta == nil)
        #expect(metrics.ttft == 20)
        #expect(request.row.usage.inputTokens == 7)
    }

    @Test("an answer that came in one piece has no speed, rather than a speed of nothing")
    func oneChunk() {
        let answer = HandmadeAnswer.texts(["One", " two"], outputTokens: 2)
        let request = HandmadeRequest(chunks: [(20, answer.messages.flatMap { $0 })], completed: 20)
        let metrics = RequestMetrics(request.timeline)
        #expect(metrics.ttft == 20)
        #expect(metrics.outputTokensPerSecond == nil)
        #expect(metrics.timePerOutputToken == nil)
        #expect(metrics.interTokenLatencies == [0])
        #expect(metrics.coalesced == 0.5)
    }

    @Test("deltas of one chunk, or of chunks with one kernel stamp, are a burst")
    func burst() {
        let answer = HandmadeAnswer.texts(["a", "b", "c", "d"], outputTokens: 4)
        let m = answer.messages
        // a and b share a chunk; c has a chunk of its own with the same kernel stamp; d comes 10 ms later.
        let request = HandmadeRequest(
            chunks: [(10, m[0]), (20, m[1] + m[2]), (20, m[3]), (30, m[4]), (31, m[5] + m[6] + m[7])],
            completed: 31
        )
        let timeline = request.timeline
        #expect(timeline.events.map(\.isBurst) == [false, false, true, true, false, false, true, true])
        let metrics = RequestMetrics(timeline)
        #expect(metrics.interTokenLatencies == [0, 0, 10])
        // b and c of four deltas.
        #expect(metrics.coalesced == 0.5)
    }

    @Test("equal stamps of the callback are two arrivals, because the callback cannot tell")
    func callbackStamps() {
        let m = HandmadeAnswer.texts(["a", "b"], outputTokens: 2).messages
        let request = HandmadeRequest(
            chunks: [(10, m[0]), (20, m[1]), (20, m[2]), (30, m[3] + m[4] + m[5])],
            completed: 30,
            source: .callback
        )
        #expect(RequestMetrics(request.timeline).coalesced == 0)
    }

    @Test("an event over several chunks has the stamp of the chunk with its last byte", arguments: [1, 7, 40])
    func split(at width: Int) {
        let m = HandmadeAnswer.texts(["One", " two"], outputTokens: 2).messages
        var chunks: [(Double, [UInt8])] = [(10, m[0])]
        var instant = 20.0
        for start in stride(from: 0, to: m[1].count, by: width) {
            chunks.append((instant, Array(m[1][start..<min(start + width, m[1].count)])))
            instant += 1
        }
        let last = instant - 1
        chunks.append((last + 10, m[2] + m[3] + m[4] + m[5]))
        let timeline = HandmadeRequest(chunks: chunks, completed: last + 10).timeline
        #expect(timeline.outcome == .ok)
        #expect(RequestMetrics(timeline).ttft == last)
        #expect(timeline.events[1].offset == UInt64(m[0].count))
        #expect(timeline.events[1].length == m[1].count)
        #expect(timeline.events[1].chunk == UInt32(chunks.count - 2))
    }

    @Test("Anthropic's stream through invoke: pings are no tokens, both counts of usage are read")
    func anthropic() {
        let request = HandmadeRequest(
            .invoke([
                #"{"type":"message_start","message":{"role":"assistant","usage":{"input_tokens":5,"output_tokens":1}}}"#,
                #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
                #"{"type":"ping"}"#,
                #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}"#,
                #"{"type":"content_block_stop","index":0}"#,
                #"{"type":"message_delta","delta":{"stop_reason":"max_tokens"},"usage":{"output_tokens":3}}"#,
                #"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":5,"outputTokenCount":3,"invocationLatency":70,"firstByteLatency":33}}"#,
            ]),
            at: [10, 20, 25, 40, 41, 42, 43]
        )
        let timeline = request.timeline
        #expect(timeline.outcome == .ok)
        #expect(timeline.stopReason == "max_tokens")
        let metrics = RequestMetrics(timeline)
        #expect(metrics.ttft == 40)
        #expect(metrics.server == 70)
        #expect(metrics.serverTTFT == 33)
        #expect(timeline.metadata?.usage.outputTokens == 3)
    }
}
