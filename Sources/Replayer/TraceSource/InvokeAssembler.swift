// A recorded InvokeModelWithResponseStream answer as the InvokeModel answer it would have been, in its family's JSON.

import Core

/// Joins the objects of one stream.
struct InvokeAssembler {
    /// The answer as one JSON object; empty where an exception ended the stream.
    private(set) var answer: [UInt8] = []
    /// The service's measurements, which an InvokeModel answer carries in its head.
    private(set) var headers: [HeaderField] = []
    /// The exception that ended the stream.
    private(set) var exception: (name: String, message: String)?

    /// Reads a whole stream; `nil` where it has no end, or is of a family whose whole answers are not known here.
    init?(_ events: [RecordedEvent]) {
        if let last = events.last, last.isException {
            exception = (last.type, last.message)
            return
        }
        let objects = events.compactMap(\.chunk)
        guard let first = objects.first, let metrics = objects.last?["amazon-bedrock-invocationMetrics"] else {
            return nil
        }
        let answer: [UInt8]? =
            if first["type"]?.text == "message_start" {
                AnthropicWhole(objects).answer
            } else if first["messageStart"] != nil || first["contentBlockDelta"] != nil {
                Self.nova(objects)
            } else if first["generation"] != nil {
                Self.llama(objects)
            } else if first["outputs"] != nil {
                Self.mistral(objects)
            } else if first["outputText"] != nil {
                Self.titan(objects)
            } else {
                nil
            }
        guard let answer else { return nil }
        self.answer = answer
        headers = Self.measurements.compactMap { name, field in
            metrics[name]?.integer.map { HeaderField("x-amzn-bedrock-\(field)", String($0)) }
        }
    }

    private static let measurements = [
        ("invocationLatency", "invocation-latency"), ("inputTokenCount", "input-token-count"),
        ("outputTokenCount", "output-token-count"),
        ("cacheReadInputTokenCount", "cache-read-input-token-count"),
        ("cacheWriteInputTokenCount", "cache-write-input-token-count"),
    ]

    private static func nova(_ objects: [JSONSlice]) -> [UInt8]? {
        let events = objects.flatMap { object in
            object.members.map { RecordedEvent(type: $0.key, isException: false, payload: $0.value.bytes) }
        }
        var assembler = ConverseAssembler(events)
        assembler?.joinTexts()
        return assembler?.novaAnswer
    }

    private static func llama(_ objects: [JSONSlice]) -> [UInt8] {
        object { json in
            json.member("generation", joined(objects) { $0["generation"] })
            json.member("prompt_token_count", objects.lazy.compactMap { $0["prompt_token_count"]?.integer }.first)
            json.member("generation_token_count", last(objects) { $0["generation_token_count"] }?.integer)
            json.member("stop_reason", last(objects) { $0["stop_reason"] }?.text)
        }
    }

    private static func mistral(_ objects: [JSONSlice]) -> [UInt8] {
        let outputs = objects.compactMap { $0["outputs"]?.first }
        return object { json in
            json.member("outputs") { json in
                json.array { json in
                    json.object { json in
                        json.member("text", joined(outputs) { $0["text"] })
                        json.member("stop_reason", last(outputs) { $0["stop_reason"] }?.text)
                    }
                }
            }
        }
    }

    private static func titan(_ objects: [JSONSlice]) -> [UInt8] {
        object { json in
            json.member("inputTextTokenCount", last(objects) { $0["inputTextTokenCount"] }?.integer)
            json.member("results") { json in
                json.array { json in
                    json.object { json in
                        json.member("tokenCount", last(objects) { $0["totalOutputTextTokenCount"] }?.integer)
                        json.member("outputText", joined(objects) { $0["outputText"] })
                        json.member("completionReason", last(objects) { $0["completionReason"] }?.text)
                    }
                }
            }
        }
    }

    private static func object(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        json.object(body)
        return json.bytes
    }

    private static func joined(_ objects: [JSONSlice], _ member: (JSONSlice) -> JSONSlice?) -> String {
        objects.compactMap { member($0)?.text }.joined()
    }

    private static func last(_ objects: [JSONSlice], _ member: (JSONSlice) -> JSONSlice?) -> JSONSlice? {
        objects.lazy.reversed().compactMap(member).first
    }
}

/// The events of Anthropic's Messages API, added up.
private struct AnthropicWhole {
    private struct Block {
        var start: JSONSlice
        var text = ""
        var thinking = ""
        var signature = ""
        var input = ""
    }

    private var message: JSONSlice?
    private var blocks: [Int: Block] = [:]
    private var end: JSONSlice?
    /// The latest value of every count.
    private var usage: [(key: String, value: JSONSlice)] = []

    init(_ objects: [JSONSlice]) {
        for object in objects { add(object) }
    }

    private mutating func add(_ object: JSONSlice) {
        switch object["type"]?.text {
        case "message_start":
            message = object["message"]
            update(object["message"]?["usage"])
        case "content_block_start":
            guard let index = object["index"]?.integer, let start = object["content_block"] else { return }
            blocks[index] = Block(
                start: start,
                text: start["text"]?.text ?? "",
                thinking: start["thinking"]?.text ?? "",
                signature: start["signature"]?.text ?? ""
            )
        case "content_block_delta":
            guard let index = object["index"]?.integer, let delta = object["delta"] else { return }
            blocks[index]?.text += delta["text"]?.text ?? ""
            blocks[index]?.thinking += delta["thinking"]?.text ?? ""
            blocks[index]?.signature += delta["signature"]?.text ?? ""
            blocks[index]?.input += delta["partial_json"]?.text ?? ""
        case "message_delta":
            end = object["delta"]
            update(object["usage"])
        default:
            break
        }
    }

    private mutating func update(_ counts: JSONSlice?) {
        for (key, value) in counts?.members ?? [] {
            if let index = usage.firstIndex(where: { $0.key == key }) {
                usage[index].value = value
            } else {
                usage.append((key, value))
            }
        }
    }

    /// The Message object; `nil` where the stream never began or never ended one.
    var answer: [UInt8]? {
        guard let message, let end else { return nil }
        var json = JSONWriter()
        json.object { json in
            for key in ["id", "type", "role", "model"] {
                if let value = message[key] { json.member(key) { json in json.raw(value.raw) } }
            }
            json.member("content") { json in
                json.array { json in
                    for (_, block) in blocks.sorted(by: { $0.key < $1.key }) { Self.write(block, &json) }
                }
            }
            json.member("stop_reason", end["stop_reason"]?.text)
            json.member("stop_sequence", end["stop_sequence"]?.text)
            json.member("usage") { json in
                json.object { json in
                    for (key, value) in usage { json.member(key) { json in json.raw(value.raw) } }
                }
            }
        }
        return json.bytes
    }

    private static func write(_ block: Block, _ json: inout JSONWriter) {
        switch block.start["type"]?.text {
        case "text":
            json.object { json in
                json.member("type", "text")
                json.member("text", block.text)
            }
        case "thinking":
            json.object { json in
                json.member("type", "thinking")
                json.member("thinking", block.thinking)
                json.member("signature", block.signature)
            }
        case "tool_use":
            json.object { json in
                json.member("type", "tool_use")
                for key in ["id", "name"] { json.member(key, block.start[key]?.text) }
                json.member("input") { json in json.raw(block.input.isEmpty ? "{}" : block.input) }
            }
        default:
            // Whatever comes whole with its start, such as redacted thinking.
            json.raw(block.start.raw)
        }
    }
}
