// Anthropic's Messages API on Bedrock: message_start, blocks, message_delta, message_stop.

import Core

enum AnthropicMessages {
    static func objects(_ answer: GeneratedAnswer) -> [FamilyObject] {
        var objects = [messageStart(answer)]
        for (index, block) in answer.blocks.enumerated() {
            let first = block.deltas.first?.offset ?? answer.lastDelta
            objects.append(
                FamilyObject(index == 0 ? answer.start : first) { json in
                    json.member("type", "content_block_start")
                    json.member("index", index)
                    json.member("content_block") { json in json.object { json in writeStart(block.kind, &json) } }
                }
            )
            for delta in block.deltas {
                objects.append(
                    FamilyObject(delta.offset) { json in
                        json.member("type", "content_block_delta")
                        json.member("index", index)
                        json.member("delta") { json in
                            json.object { json in writeDelta(delta.text, of: block.kind, &json) }
                        }
                    }
                )
            }
            let isLast = index == answer.blocks.count - 1
            objects.append(
                FamilyObject(isLast ? answer.tail(0) : block.deltas.last?.offset ?? first) { json in
                    json.member("type", "content_block_stop")
                    json.member("index", index)
                }
            )
        }
        objects.append(
            FamilyObject(answer.tail(1)) { json in
                json.member("type", "message_delta")
                json.member("delta") { json in
                    json.object { json in
                        json.member("stop_reason", answer.stopReason.rawValue)
                        json.member("stop_sequence", String?.none)
                    }
                }
                json.member("usage") { json in json.object { json in json.member("output_tokens", answer.outputTokens) }
                }
            }
        )
        objects.append(
            FamilyObject(answer.tail(2)) { json in
                json.member("type", "message_stop")
                answer.writeInvocationMetrics(at: answer.tail(2), &json)
            }
        )
        return objects
    }

    static func writeWhole(_ answer: GeneratedAnswer, _ json: inout JSONWriter) {
        json.member("id", "msg_bdrk_\(answer.identifier)")
        json.member("type", "message")
        json.member("role", "assistant")
        json.member("model", answer.model)
        json.member("content") { json in
            json.array { json in
                for block in answer.blocks { json.object { json in writeWhole(block, &json) } }
            }
        }
        json.member("stop_reason", answer.stopReason.rawValue)
        json.member("stop_sequence", String?.none)
        json.member("usage") { json in writeUsage(answer, outputTokens: answer.outputTokens, &json) }
    }

    private static func writeWhole(_ block: GeneratedBlock, _ json: inout JSONWriter) {
        switch block.kind {
        case .text:
            json.member("type", "text")
            json.member("text", block.text)
        case .reasoning:
            json.member("type", "thinking")
            json.member("thinking", block.text)
            json.member("signature", "")
        case .toolUse(let id, let name):
            json.member("type", "tool_use")
            json.member("id", id)
            json.member("name", name)
            json.member("input") { json in json.raw(block.text) }
        }
    }

    private static func writeUsage(_ answer: GeneratedAnswer, outputTokens: Int, _ json: inout JSONWriter) {
        json.object { json in
            json.member("input_tokens", answer.inputTokens)
            if answer.hasCacheCounts {
                json.member("cache_creation_input_tokens", answer.cacheWriteTokens)
                json.member("cache_read_input_tokens", answer.cacheReadTokens)
            }
            json.member("output_tokens", outputTokens)
        }
    }

    private static func messageStart(_ answer: GeneratedAnswer) -> FamilyObject {
        FamilyObject(answer.start) { json in
            json.member("type", "message_start")
            json.member("message") { json in
                json.object { json in
                    json.member("id", "msg_bdrk_\(answer.identifier)")
                    json.member("type", "message")
                    json.member("role", "assistant")
                    json.member("model", answer.model)
                    json.member("content") { json in json.array { _ in } }
                    json.member("stop_reason", String?.none)
                    json.member("stop_sequence", String?.none)
                    // One output token is the service's first word on a length that nobody knows yet.
                    json.member("usage") { json in writeUsage(answer, outputTokens: 1, &json) }
                }
            }
        }
    }

    private static func writeStart(_ kind: GeneratedBlock.Kind, _ json: inout JSONWriter) {
        switch kind {
        case .text:
            json.member("type", "text")
            json.member("text", "")
        case .reasoning:
            json.member("type", "thinking")
            json.member("thinking", "")
            json.member("signature", "")
        case .toolUse(let id, let name):
            json.member("type", "tool_use")
            json.member("id", id)
            json.member("name", name)
            json.member("input") { json in json.object { _ in } }
        }
    }

    private static func writeDelta(_ text: String, of kind: GeneratedBlock.Kind, _ json: inout JSONWriter) {
        switch kind {
        case .text:
            json.member("type", "text_delta")
            json.member("text", text)
        case .reasoning:
            json.member("type", "thinking_delta")
            json.member("thinking", text)
        case .toolUse:
            json.member("type", "input_json_delta")
            json.member("partial_json", text)
        }
    }
}
