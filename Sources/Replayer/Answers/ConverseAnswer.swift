// The body of a Converse answer: what the stream's events add up to.

import Core

enum ConverseAnswer {
    /// The whole answer as one JSON object, members in the service's alphabetical order.
    static func body(_ answer: GeneratedAnswer) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("metrics") { json in
                json.object { json in json.member("latencyMs", GeneratedAnswer.wholeMilliseconds(answer.end)) }
            }
            json.member("output") { json in
                json.object { json in
                    json.member("message") { json in json.object { json in message(answer, &json) } }
                }
            }
            answer.writeServed(&json)
            json.member("stopReason", answer.stopReason.rawValue)
            json.member("usage") { json in answer.writeUsage(&json) }
        }
        return json.bytes
    }

    private static func message(_ answer: GeneratedAnswer, _ json: inout JSONWriter) {
        json.member("content") { json in
            json.array { json in
                for block in answer.blocks {
                    json.object { json in write(block, &json) }
                }
            }
        }
        json.member("role", "assistant")
    }

    private static func write(_ block: GeneratedBlock, _ json: inout JSONWriter) {
        switch block.kind {
        case .text:
            json.member("text", block.text)
        case .reasoning:
            json.member("reasoningContent") { json in
                json.object { json in
                    json.member("reasoningText") { json in json.object { json in json.member("text", block.text) } }
                }
            }
        case .toolUse(let id, let name):
            json.member("toolUse") { json in
                json.object { json in
                    json.member("input") { json in json.raw(block.text) }
                    json.member("name", name)
                    json.member("toolUseId", id)
                }
            }
        }
    }
}

extension GeneratedAnswer {
    /// Writes the members that tell of the profile and tier that served.
    func writeServed(_ json: inout JSONWriter) {
        if let latency = servedLatency {
            json.member("performanceConfig") { json in json.object { json in json.member("latency", latency) } }
        }
        if let tier = servedTier {
            json.member("serviceTier") { json in json.object { json in json.member("type", tier) } }
        }
    }

    /// Writes Converse's `usage` object; `inputTokens` leaves cached tokens out.
    func writeUsage(_ json: inout JSONWriter) {
        json.object { json in
            if hasCacheCounts {
                // The service sends both spellings.
                json.member("cacheReadInputTokenCount", cacheReadTokens)
                json.member("cacheReadInputTokens", cacheReadTokens)
                json.member("cacheWriteInputTokenCount", cacheWriteTokens)
                json.member("cacheWriteInputTokens", cacheWriteTokens)
            }
            json.member("inputTokens", inputTokens)
            json.member("outputTokens", outputTokens)
            json.member("serverToolUsage") { json in json.object { _ in } }
            json.member("totalTokens", inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens)
        }
    }
}
