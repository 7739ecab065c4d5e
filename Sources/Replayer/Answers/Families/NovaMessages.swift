// Amazon Nova: Converse-like objects keyed by event; every text delta is a block of its own.

import Core

enum NovaMessages {
    static func objects(_ answer: GeneratedAnswer) -> [FamilyObject] {
        var objects = [
            FamilyObject(answer.start) { json in
                json.member("messageStart") { json in json.object { json in json.member("role", "assistant") } }
            }
        ]
        var index = 0
        for (position, block) in answer.blocks.enumerated() {
            if case .toolUse(let id, let name) = block.kind {
                objects.append(start(index, id, name, at: block.deltas.first?.offset ?? answer.lastDelta))
            }
            for (place, delta) in block.deltas.enumerated() {
                objects.append(
                    FamilyObject(delta.offset) { json in
                        json.member("contentBlockDelta") { json in
                            json.object { json in
                                json.member("delta") { json in write(delta.text, of: block.kind, &json) }
                                json.member("contentBlockIndex", index)
                            }
                        }
                    }
                )
                // A tool's input stays one block.
                let isLast = place == block.deltas.count - 1
                if case .toolUse = block.kind, !isLast { continue }
                let endsAnswer = isLast && position == answer.blocks.count - 1
                objects.append(stop(index, at: endsAnswer ? answer.tail(0) : delta.offset))
                index += 1
            }
        }
        objects.append(
            FamilyObject(answer.tail(1)) { json in
                json.member("messageStop") { json in
                    json.object { json in json.member("stopReason", answer.stopReason.rawValue) }
                }
            }
        )
        objects.append(FamilyObject(answer.tail(2)) { json in metadata(answer, &json) })
        return objects
    }

    static func writeWhole(_ answer: GeneratedAnswer, _ json: inout JSONWriter) {
        json.member("output") { json in
            json.object { json in
                json.member("message") { json in
                    json.object { json in
                        json.member("content") { json in
                            json.array { json in
                                for block in answer.blocks { writeWhole(block, &json) }
                            }
                        }
                        json.member("role", "assistant")
                    }
                }
            }
        }
        json.member("stopReason", answer.stopReason.rawValue)
        json.member("usage") { json in
            json.object { json in
                json.member("inputTokens", answer.inputTokens)
                json.member("outputTokens", answer.outputTokens)
                json.member("totalTokens", answer.inputTokens + answer.outputTokens)
                json.member("cacheReadInputTokenCount", answer.cacheReadTokens)
                json.member("cacheWriteInputTokenCount", answer.cacheWriteTokens)
            }
        }
    }

    private static func writeWhole(_ block: GeneratedBlock, _ json: inout JSONWriter) {
        guard case .toolUse(let id, let name) = block.kind else {
            write(block.text, of: block.kind, &json)
            return
        }
        json.object { json in
            json.member("toolUse") { json in
                json.object { json in
                    json.member("toolUseId", id)
                    json.member("name", name)
                    json.member("input") { json in json.raw(block.text) }
                }
            }
        }
    }

    private static func start(_ index: Int, _ id: String, _ name: String, at offset: Nanoseconds) -> FamilyObject {
        FamilyObject(offset) { json in
            json.member("contentBlockStart") { json in
                json.object { json in
                    json.member("start") { json in
                        json.object { json in
                            json.member("toolUse") { json in
                                json.object { json in
                                    json.member("toolUseId", id)
                                    json.member("name", name)
                                }
                            }
                        }
                    }
                    json.member("contentBlockIndex", index)
                }
            }
        }
    }

    private static func stop(_ index: Int, at offset: Nanoseconds) -> FamilyObject {
        FamilyObject(offset) { json in
            json.member("contentBlockStop") { json in
                json.object { json in json.member("contentBlockIndex", index) }
            }
        }
    }

    private static func write(_ text: String, of kind: GeneratedBlock.Kind, _ json: inout JSONWriter) {
        json.object { json in
            switch kind {
            case .text:
                json.member("text", text)
            case .reasoning:
                json.member("reasoningContent") { json in
                    json.object { json in
                        json.member("reasoningText") { json in json.object { json in json.member("text", text) } }
                    }
                }
            case .toolUse:
                json.member("toolUse") { json in json.object { json in json.member("input", text) } }
            }
        }
    }

    private static func metadata(_ answer: GeneratedAnswer, _ json: inout JSONWriter) {
        json.member("metadata") { json in
            json.object { json in
                json.member("usage") { json in
                    json.object { json in
                        json.member("inputTokens", answer.inputTokens)
                        json.member("outputTokens", answer.outputTokens)
                        json.member("cacheReadInputTokenCount", answer.cacheReadTokens)
                        json.member("cacheWriteInputTokenCount", answer.cacheWriteTokens)
                    }
                }
                json.member("metrics") { json in json.object { _ in } }
                json.member("trace") { json in json.object { _ in } }
            }
        }
        answer.writeInvocationMetrics(at: answer.tail(2), &json)
    }
}
