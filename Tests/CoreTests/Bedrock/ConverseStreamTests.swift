// ConverseStream events written by hand: what the recordings do not hold.

import Core
import Testing

@Suite("ConverseStream events")
struct ConverseStreamTests {
    /// An event's type, its payload, and what it says.
    static let cases: [(type: String, payload: String, events: [BedrockEvent])] = [
        ("messageStart", #"{"p":"abc","role":"assistant"}"#, [.messageStart(role: "assistant")]),
        ("messageStart", #"{}"#, [.messageStart(role: nil)]),
        (
            "contentBlockStart", #"{"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"t","name":"n"}}}"#,
            [.blockStart(index: 1, kind: .toolInput)]
        ),
        (
            "contentBlockStart", #"{"start":{"toolResult":{"toolUseId":"t"}},"contentBlockIndex":2}"#,
            [.blockStart(index: 2, kind: .toolResult)]
        ),
        (
            "contentBlockStart", #"{"contentBlockIndex":0,"start":{"image":{"format":"png"}}}"#,
            [.blockStart(index: 0, kind: .image)]
        ),
        (
            "contentBlockStart", #"{"contentBlockIndex":0,"start":{"hologram":{}}}"#,
            [.blockStart(index: 0, kind: .other)]
        ),
        // "é" is two bytes of UTF-8, the escaped pair is one scalar of four.
        ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"aé\n\ud83d\ude00"}}"#, [.delta(.text, 8, 0)]),
        ("contentBlockDelta", #"{"delta":{"text":""},"contentBlockIndex":3}"#, [.delta(.text, 0, 3)]),
        ("contentBlockDelta", #"{"delta":{"text":null}}"#, [.delta(.text, 0)]),
        (
            "contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"toolUse":{"input":"{\"a\""}}}"#,
            [.delta(.toolInput, 4, 0)]
        ),
        (
            "contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"hm"}}}"#,
            [.delta(.reasoning, 2, 0)]
        ),
        (
            "contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"c2ln"}}}"#,
            [.delta(.signature, 0, 0, isEmpty: false)]
        ),
        (
            "contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":""}}}"#,
            [.delta(.signature, 0, 0, isEmpty: true)]
        ),
        (
            "contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"reasoningContent":{"redactedContent":"AAAA"}}}"#,
            [.delta(.redactedReasoning, 0, 0, isEmpty: false)]
        ),
        (
            "contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"citation":{"title":"t"}}}"#,
            [.delta(.citation, 0, 0, isEmpty: false)]
        ),
        (
            "contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"toolResult":[{"text":"x"}]}}"#,
            [.delta(.toolResult, 0, 0, isEmpty: false)]
        ),
        (
            "contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"toolResult":[]}}"#,
            [.delta(.toolResult, 0, 0, isEmpty: true)]
        ),
        (
            "contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"image":{"source":{"bytes":"AAAA"}}}}"#,
            [.delta(.image, 0, 0, isEmpty: false)]
        ),
        // Where boto3 fails, nothing is lost: an unknown member, two members, none.
        ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"smell":5}}"#, [.delta(.other, 0, 0, isEmpty: false)]),
        (
            "contentBlockDelta", #"{"delta":{"smell":5,"text":"ab"},"contentBlockIndex":7}"#,
            [.delta(.other, 0, 7, isEmpty: false), .delta(.text, 2, 7)]
        ),
        ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{}}"#, [.delta(.other, 0, 0, isEmpty: true)]),
        ("contentBlockStop", #"{"contentBlockIndex":4.0}"#, [.blockStop(index: 4)]),
        ("contentBlockStop", #"{"contentBlockIndex":"4"}"#, [.blockStop(index: nil)]),
        ("messageStop", #"{"stopReason":"end_turn"}"#, [.messageStop(reason: "end_turn")]),
        ("messageStop", #"{"stopReason":"a_reason_of_tomorrow"}"#, [.messageStop(reason: "a_reason_of_tomorrow")]),
        ("futureEvent", #"{"a":1}"#, [.other("futureEvent")]),
        ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"te"#, [.other("contentBlockDelta")]),
        ("contentBlockDelta", #"[]"#, [.other("contentBlockDelta")]),
        ("contentBlockDelta", "", [.other("contentBlockDelta")]),
        ("chunk", #"{"bytes":"e30="}"#, [.other("chunk")]),
    ]

    @Test("an event says what its payload holds", arguments: cases.indices)
    func event(index: Int) throws {
        let (type, payload, expected) = Self.cases[index]
        let events = try HandmadeResponse.converse([(type, payload)]).events(.converseStream)
        #expect(events == expected, "\(type) \(payload)")
    }

    @Test("metadata tells counts, durations and what served the request")
    func metadata() throws {
        let payload = """
            {"metrics":{"latencyMs":1445},"p":"ab","performanceConfig":{"latency":"standard"},
             "serviceTier":{"type":"flex"},"trace":{"promptRouter":{"invokedModelId":"arn:m"}},
             "usage":{"inputTokens":29,"outputTokens":12.0,"totalTokens":41,"cacheReadInputTokens":7,
                      "cacheWriteInputTokenCount":8,"serverToolUsage":{}}}
            """
        let events = try HandmadeResponse.converse([("metadata", payload)]).events(.converseStream)
        #expect(
            events == [
                .metadata(
                    ResponseMetadata(
                        usage: TokenUsage(
                            inputTokens: 29,
                            outputTokens: 12,
                            totalTokens: 41,
                            cacheReadTokens: 7,
                            cacheWriteTokens: 8
                        ),
                        isFromService: true,
                        serverLatencyMilliseconds: 1445,
                        servedLatency: "standard",
                        servedTier: "flex",
                        invokedModelID: "arn:m"
                    )
                )
            ]
        )
    }

    @Test(
        "a count that is none is not stated",
        arguments: ["-1", "1.5", "\"12\"", "null", "1e300", "99999999999999999999", "[]", "true"]
    )
    func oddCounts(value: String) throws {
        let payload = #"{"usage":{"inputTokens":\#(value),"outputTokens":3}}"#
        let events = try HandmadeResponse.converse([("metadata", payload)]).events(.converseStream)
        let usage = TokenUsage(outputTokens: 3)
        #expect(events == [.metadata(ResponseMetadata(usage: usage, isFromService: true))])
    }

    @Test("only text, reasoning and tool input that is not empty is content")
    func content() {
        for kind in DeltaKind.allCases {
            let isGenerated = [.text, .reasoning, .toolInput].contains(kind)
            #expect(ContentDelta(kind: kind, textByteCount: 1).isContent == isGenerated)
            #expect(!ContentDelta(kind: kind, textByteCount: 0).isContent)
        }
    }
}
