// Chunks of every model family, written by hand after the public documents; the recordings hold most of them too.

import Testing

@testable import Core

@Suite("Model families of InvokeModelWithResponseStream")
struct ModelFamilyTests {
    static let metrics =
        #""amazon-bedrock-invocationMetrics":{"inputTokenCount":10,"outputTokenCount":20,"invocationLatency":300,"firstByteLatency":40}"#
    static let service = TokenUsage(inputTokens: 10, outputTokens: 20)

    /// The metadata at the end of a stream whose last chunk has ``metrics``.
    static func end(model: TokenUsage? = nil, cacheRead: Int? = nil, cacheWrite: Int? = nil) -> BedrockEvent {
        var usage = service
        usage.cacheReadTokens = cacheRead
        usage.cacheWriteTokens = cacheWrite
        return .metadata(
            ResponseMetadata(
                usage: usage,
                modelUsage: model,
                isFromService: true,
                serverLatencyMilliseconds: 300,
                serverFirstByteMilliseconds: 40
            )
        )
    }

    static func blocked(_ usage: TokenUsage) -> BedrockEvent {
        .metadata(ResponseMetadata(usage: usage, modelUsage: usage))
    }

    struct Sample: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var objects: [String]
        var events: [BedrockEvent]
    }

    static let samples: [Sample] = [
        Sample(
            testDescription: "Anthropic Messages",
            objects: [
                #"{"type":"message_start","message":{"role":"assistant","usage":{"input_tokens":9,"output_tokens":1,"cache_read_input_tokens":4,"cache_creation_input_tokens":5}}}"#,
                #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}"#,
                #"{"type":"ping"}"#,
                #"{"index":0,"delta":{"thinking":"hm","type":"thinking_delta"},"type":"content_block_delta"}"#,
                #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"AA=="}}"#,
                #"{"type":"content_block_stop","index":0}"#,
                #"{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"AA=="}}"#,
                #"{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t","name":"n","input":{}}}"#,
                #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":""}}"#,
                #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}}"#,
                #"{"type":"content_block_start","index":3,"content_block":{"type":"text","text":"A"}}"#,
                #"{"type":"content_block_delta","index":3,"delta":{"type":"text_delta","text":"Of"}}"#,
                #"{"type":"content_block_delta","index":3,"delta":{"type":"citations_delta","citation":{"cited_text":"x"}}}"#,
                #"{"type":"content_block_delta","index":3,"delta":{"type":"scent_delta","scent":"x"}}"#,
                #"{"type":"content_block_start","index":4,"content_block":{"type":"web_search_tool_result","content":[]}}"#,
                #"{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":33}}"#,
                #"{"type":"message_stop",\#(metrics)}"#,
            ],
            events: [
                .messageStart(role: "assistant"), .blockStart(index: 0, kind: .reasoning), .ping,
                .delta(.reasoning, 2, 0), .delta(.signature, 0, 0, isEmpty: false), .blockStop(index: 0),
                .blockStart(index: 1, kind: .redactedReasoning), .blockStart(index: 2, kind: .toolInput),
                .delta(.toolInput, 0, 2), .delta(.toolInput, 7, 2), .blockStart(index: 3, kind: .text),
                .delta(.text, 1, 3), .delta(.text, 2, 3), .delta(.citation, 0, 3, isEmpty: false),
                .delta(.other, 0, 3, isEmpty: false), .blockStart(index: 4, kind: .toolResult),
                .messageStop(reason: "tool_use"),
                blocked(TokenUsage(inputTokens: 9, outputTokens: 33, cacheReadTokens: 4, cacheWriteTokens: 5)),
                end(
                    model: TokenUsage(inputTokens: 9, outputTokens: 33, cacheReadTokens: 4, cacheWriteTokens: 5),
                    cacheRead: 4,
                    cacheWrite: 5
                ),
            ]
        ),
        Sample(
            testDescription: "Anthropic Messages, error",
            objects: [#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#],
            events: [.exception(StreamException(name: "overloaded_error", message: "Overloaded"))]
        ),
        Sample(
            testDescription: "Anthropic text completions",
            objects: [
                #"{"completion":" The","stop_reason":null,"stop":null}"#,
                #"{"type":"completion","completion":"","stop_reason":"stop_sequence","stop":"\n\nHuman:",\#(metrics)}"#,
            ],
            events: [.delta(.text, 4), .delta(.text, 0), .messageStop(reason: "stop_sequence"), end()]
        ),
        Sample(
            testDescription: "Meta Llama",
            objects: [
                #"{"generation":"x","prompt_token_count":23,"generation_token_count":1,"stop_reason":null}"#,
                #"{"generation":"","prompt_token_count":null,"generation_token_count":2,"stop_reason":"stop",\#(metrics)}"#,
            ],
            events: [
                .delta(.text, 1), .delta(.text, 0), .messageStop(reason: "stop"),
                end(model: TokenUsage(inputTokens: 23, outputTokens: 2)),
            ]
        ),
        Sample(
            testDescription: "DeepSeek-R1 in Llama's shape",
            objects: [
                #"{"generation":"<think>","stop_reason":null}"#,
                #"{"generation":"","stop_reason":"length",\#(metrics)}"#,
            ],
            events: [.delta(.text, 7), .delta(.text, 0), .messageStop(reason: "length"), end()]
        ),
        Sample(
            testDescription: "DeepSeek-R1 with a text in its choice",
            objects: [
                #"{"choices":[{"text":"Hi","stop_reason":null}]}"#,
                #"{"choices":[{"text":"","stop_reason":"stop"}],\#(metrics)}"#,
            ],
            events: [.delta(.text, 2), .delta(.text, 0), .messageStop(reason: "stop"), end()]
        ),
        Sample(
            testDescription: "Mistral text",
            objects: [
                #"{"outputs":[{"text":" Paris","stop_reason":null}]}"#,
                #"{"outputs":[{"text":"","stop_reason":"stop"}],\#(metrics)}"#,
            ],
            events: [.delta(.text, 6), .delta(.text, 0), .messageStop(reason: "stop"), end()]
        ),
        Sample(
            testDescription: "Mistral chat, with parts and reasoning",
            objects: [
                #"{"choices":[{"index":0,"delta":{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]}}]}"#,
                #"{"choices":[{"index":0,"delta":{"content":[{"type":"text","text":"abc"}]}}]}"#,
                #"{"choices":[{"index":0,"message":{"role":"assistant","content":"de"},"stop_reason":"stop"}],\#(metrics)}"#,
            ],
            events: [
                .messageStart(role: "assistant"), .delta(.reasoning, 2, 0), .delta(.text, 3, 0), .delta(.text, 2, 0),
                .messageStop(reason: "stop"), end(),
            ]
        ),
        Sample(
            testDescription: "Amazon Nova",
            objects: [
                #"{"messageStart":{"role":"assistant"}}"#,
                #"{"contentBlockDelta":{"delta":{"text":"On"},"contentBlockIndex":0},"amazon-bedrock-guardrailAction":"NONE"}"#,
                #"{"contentBlockStop":{"contentBlockIndex":0}}"#,
                #"{"contentBlockStart":{"start":{"toolUse":{"toolUseId":"u","name":"n"}},"contentBlockIndex":2}}"#,
                #"{"contentBlockDelta":{"delta":{"toolUse":{"input":"{}"}},"contentBlockIndex":2}}"#,
                #"{"messageStop":{"stopReason":"end_turn"}}"#,
                #"{"metadata":{"usage":{"inputTokens":11,"outputTokens":21,"cacheReadInputTokenCount":1},"metrics":{},"trace":{}},\#(metrics)}"#,
            ],
            events: [
                .messageStart(role: "assistant"), .delta(.text, 2, 0), .blockStop(index: 0),
                .blockStart(index: 2, kind: .toolInput), .delta(.toolInput, 2, 2), .messageStop(reason: "end_turn"),
                end(model: TokenUsage(inputTokens: 11, outputTokens: 21, cacheReadTokens: 1), cacheRead: 1),
            ]
        ),
        Sample(
            testDescription: "Amazon Titan, with floats where integers are meant",
            objects: [
                #"{"outputText":"Hello","index":0.0,"totalOutputTextTokenCount":null,"completionReason":null,"inputTextTokenCount":6.0}"#,
                #"{"outputText":" you","index":0,"totalOutputTextTokenCount":3.0,"completionReason":"FINISH","inputTextTokenCount":null,\#(metrics)}"#,
            ],
            events: [
                .delta(.text, 5, 0), .delta(.text, 4, 0), .messageStop(reason: "FINISH"),
                end(model: TokenUsage(inputTokens: 6, outputTokens: 3)),
            ]
        ),
        Sample(
            testDescription: "Amazon Titan, blocked by a guardrail",
            objects: [
                #"{"outputText":"Input blocked","index":0.0,"totalOutputTextTokenCount":3.0,"inputTextTokenCount":6.0,"amazon-bedrock-guardrailAction":"INTERVENED"}"#
            ],
            events: [.delta(.text, 13, 0), blocked(TokenUsage(inputTokens: 6, outputTokens: 3))]
        ),
        Sample(
            testDescription: "Cohere Command R",
            objects: [
                #"{"is_finished":false,"event_type":"stream-start","generation_id":"g"}"#,
                #"{"is_finished":false,"event_type":"text-generation","text":"The"}"#,
                #"{"is_finished":false,"event_type":"tool-calls-chunk","tool_call_delta":{"index":0,"parameters":"{\"q\""}}"#,
                #"{"is_finished":false,"event_type":"citation-generation","citations":[{"start":0}]}"#,
                #"{"is_finished":false,"event_type":"search-results","documents":[]}"#,
                #"{"is_finished":true,"event_type":"stream-end","response":{"text":"The","meta":{"billed_units":{"input_tokens":7,"output_tokens":7},"tokens":{"input_tokens":73,"output_tokens":8}}},"finish_reason":"COMPLETE",\#(metrics)}"#,
            ],
            events: [
                .messageStart(role: nil), .delta(.text, 3), .delta(.toolInput, 4), .delta(.citation, 0, isEmpty: false),
                .other("search-results"), .messageStop(reason: "COMPLETE"),
                end(model: TokenUsage(inputTokens: 73, outputTokens: 8)),
            ]
        ),
        Sample(
            testDescription: "Cohere Command, streamed",
            objects: [
                #"{"index":1,"is_finished":false,"text":" In"}"#, #"{"is_finished":false,"text":"a"}"#,
                #"{"finish_reason":"MAX_TOKENS","is_finished":true,\#(metrics)}"#,
            ],
            events: [.delta(.text, 3, 1), .delta(.text, 1), .messageStop(reason: "MAX_TOKENS"), end()]
        ),
        Sample(
            testDescription: "Cohere Command, in one object",
            objects: [
                #"{"generations":[{"finish_reason":"COMPLETE","id":"i","text":" To"},{"text":"b","finish_reason":"MAX_TOKENS"}],"id":"i","prompt":"p",\#(metrics)}"#
            ],
            events: [
                .delta(.text, 3, 0), .messageStop(reason: "COMPLETE"), .delta(.text, 1, 1),
                .messageStop(reason: "MAX_TOKENS"), end(),
            ]
        ),
        Sample(
            testDescription: "AI21 Jamba, with metrics alone in the last chunk",
            objects: [
                #"{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":{"prompt_tokens":17,"total_tokens":17,"completion_tokens":0}}"#,
                #"{"id":"c","choices":[{"index":0,"delta":{"content":" The"},"finish_reason":null}],"usage":{"prompt_tokens":17,"total_tokens":18,"completion_tokens":1}}"#,
                #"{"id":"c","choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop","stop_reason":518}],"usage":{"prompt_tokens":17,"total_tokens":25,"completion_tokens":8},"meta":{}}"#,
                #"{\#(metrics)}"#,
            ],
            events: [
                .messageStart(role: "assistant"), .delta(.text, 0, 0), .delta(.text, 4, 0), .delta(.text, 0, 0),
                .messageStop(reason: "stop"), blocked(TokenUsage(inputTokens: 17, outputTokens: 8, totalTokens: 25)),
                end(model: TokenUsage(inputTokens: 17, outputTokens: 8, totalTokens: 25)),
            ]
        ),
        Sample(
            testDescription: "OpenAI gpt-oss and Qwen, with reasoning, a tool, and usage without a choice",
            objects: [
                #"{"choices":[{"delta":{"content":"","role":"assistant"},"finish_reason":null,"index":0}],"object":"chat.completion.chunk","service_tier":"auto"}"#,
                #"{"choices":[{"delta":{"content":null,"reasoning_content":"hmm","reasoning":"hmm"},"index":0}]}"#,
                #"{"choices":[{"delta":{"content":"<reasoning>x</reasoning>","role":"assistant"},"finish_reason":null,"index":0}]}"#,
                #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"t","type":"function","function":{"name":"n","arguments":"{"}}]},"index":0}]}"#,
                #"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"}"}}]},"index":0}]}"#,
                #"{"choices":[{"delta":{},"finish_reason":"tool_calls","index":0}]}"#,
                #"{"choices":[],"usage":{"completion_tokens":148,"prompt_tokens":151,"total_tokens":299,"prompt_tokens_details":{"cached_tokens":64}},\#(metrics)}"#,
            ],
            events: [
                .messageStart(role: "assistant"), .delta(.text, 0, 0), .delta(.reasoning, 3, 0), .delta(.text, 24, 0),
                .blockStart(index: 0, kind: .toolInput), .delta(.toolInput, 1, 0), .delta(.toolInput, 1, 0),
                .delta(.text, 0, 0), .messageStop(reason: "tool_calls"),
                end(
                    model: TokenUsage(inputTokens: 151, outputTokens: 148, totalTokens: 299, cacheReadTokens: 64),
                    cacheRead: 64
                ),
            ]
        ),
        Sample(
            testDescription: "Writer, with a string at the end",
            objects: [#"{"choices":[{"index":0,"delta":{"content":"ok"},"finish_reason":"stop"}]}"#, #""[DONE]""#],
            events: [.delta(.text, 2, 0), .messageStop(reason: "stop"), .other("[DONE]")]
        ),
        Sample(
            testDescription: "an unknown family keeps its metrics",
            objects: [#"{"tokens":["a"],"n":1}"#, #"{"object":"thought","n":1,\#(metrics)}"#],
            events: [.other("tokens"), .other("thought"), end()]
        ),
        Sample(
            testDescription: "text that is no object",
            objects: ["[1,2]", "17", "{\"a\":", "", "{}", "{} {}"],
            events: [.other("chunk"), .other("chunk"), .other("chunk"), .other("chunk"), .other("{}"), .other("chunk")]
        ),
    ]

    @Test("a family's chunks say what they hold", arguments: samples)
    func family(sample: Sample) throws {
        #expect(try HandmadeResponse.invoke(sample.objects).events(.invokeModelWithResponseStream) == sample.events)
    }

    @Test("no chunk is recognized by two families, so that the order of registration means nothing")
    func exclusive() throws {
        var recognized = 0
        for object in Self.samples.flatMap(\.objects) where object.hasPrefix("{\"") {
            var members: [InvokeChunk.Member] = []
            let bytes = Array(object.utf8)
            guard (try? InvokeChunk.scan(bytes.span.bytes, into: &members)) != nil else { continue }
            let chunk = InvokeChunk(bytes.span.bytes, members: members)
            let count = ModelFamilies.all.filter { $0.recognizes(chunk) }.count
            #expect(count <= 1, "\(object)")
            recognized += count
        }
        #expect(recognized > 50)
    }

    @Test("a family that changes within a stream is found again")
    func change() throws {
        let objects = [#"{"completion":"a"}"#, #"{"generation":"b"}"#, #"{"outputText":"c"}"#, #"{"completion":"d"}"#]
        #expect(
            try HandmadeResponse.invoke(objects).events(.invokeModelWithResponseStream)
                == Array(repeating: .delta(.text, 1), count: 4)
        )
    }

    @Test(
        "a chunk whose bytes are no base64 is an unknown event",
        arguments: [#"{"bytes":"e3"}"#, #"{"bytes":"****"}"#, #"{"bytes":7}"#, #"{"p":"x"}"#, #"{}"#, "", "x"]
    )
    func badBytes(payload: String) throws {
        var response = HandmadeResponse()
        response.append(type: "chunk", payload: Array(payload.utf8))
        #expect(try response.events(.invokeModelWithResponseStream) == [.other("chunk")])
    }

    @Test("base64 with escaped slashes is base64")
    func escapedSlash() throws {
        // base64 of {"completion":"???"} has slashes where the question marks are.
        let digits = String(decoding: Base64.encode(Array(#"{"completion":"???"}"#.utf8)), as: UTF8.self)
        try #require(digits.contains("/"))
        var response = HandmadeResponse()
        let escaped = digits.split(separator: "/", omittingEmptySubsequences: false).joined(separator: #"\/"#)
        response.append(type: "chunk", payload: Array(#"{"bytes":"\#(escaped)"}"#.utf8))
        #expect(try response.events(.invokeModelWithResponseStream) == [.delta(.text, 3)])
    }
}
