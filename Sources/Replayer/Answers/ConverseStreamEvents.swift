// The events of a ConverseStream answer, members in the service's alphabetical order.

import Core

enum ConverseStreamEvents {
    /// The events of `answer`: messageStart, the blocks, messageStop, metadata.
    static func events(_ answer: GeneratedAnswer, _ padding: inout PaddingSource) -> [TimedEvent] {
        var events: [TimedEvent] = []
        func add(_ offset: Nanoseconds, _ type: String, _ body: (inout JSONWriter) -> Void) {
            var json = JSONWriter()
            json.object(body)
            events.append(TimedEvent(offset: offset, type: type, payload: json.bytes))
        }

        add(answer.start, "messageStart") { json in
            padding.write(&json)
            json.member("role", "assistant")
        }
        for (index, block) in answer.blocks.enumerated() {
            if case .toolUse(let id, let name) = block.kind {
                add(block.deltas.first?.offset ?? answer.lastDelta, "contentBlockStart") { json in
                    json.member("contentBlockIndex", index)
                    padding.write(&json)
                    json.member("start") { json in
                        json.object { json in
                            json.member("toolUse") { json in
                                json.object { json in
                                    json.member("name", name)
                                    json.member("toolUseId", id)
                                }
                            }
                        }
                    }
                }
            }
            for delta in block.deltas {
                add(delta.offset, "contentBlockDelta") { json in
                    json.member("contentBlockIndex", index)
                    json.member("delta") { json in write(delta.text, of: block.kind, &json) }
                    padding.write(&json)
                }
            }
            let isLast = index == answer.blocks.count - 1
            let stop = isLast ? answer.tail(0) : block.deltas.last?.offset ?? answer.start
            add(stop, "contentBlockStop") { json in
                json.member("contentBlockIndex", index)
                padding.write(&json)
            }
        }
        add(answer.tail(1), "messageStop") { json in
            padding.write(&json)
            json.member("stopReason", answer.stopReason.rawValue)
        }
        add(answer.tail(2), "metadata") { json in metadata(answer, &padding, &json) }
        return events
    }

    private static func write(_ text: String, of kind: GeneratedBlock.Kind, _ json: inout JSONWriter) {
        json.object { json in
            switch kind {
            case .text:
                json.member("text", text)
            case .reasoning:
                json.member("reasoningContent") { json in json.object { json in json.member("text", text) } }
            case .toolUse:
                json.member("toolUse") { json in json.object { json in json.member("input", text) } }
            }
        }
    }

    private static func metadata(_ answer: GeneratedAnswer, _ padding: inout PaddingSource, _ json: inout JSONWriter) {
        json.member("metrics") { json in
            json.object { json in
                json.member("latencyMs", GeneratedAnswer.wholeMilliseconds(answer.tail(2)))
            }
        }
        padding.write(&json)
        answer.writeServed(&json)
        json.member("usage") { json in answer.writeUsage(&json) }
    }
}
