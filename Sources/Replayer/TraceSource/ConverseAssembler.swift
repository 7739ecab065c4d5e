// A recorded ConverseStream answer as the Converse answer it would have been: blocks joined, numbers as stated.

import Core

/// Joins the events of one stream.
struct ConverseAssembler {
    /// A content block under way.
    private struct Block {
        var text = ""
        var reasoning = ""
        var signature = ""
        /// The members of the tool's start, as JSON, but for its input.
        var tool: (id: String, name: String)?
        var toolInput = ""

        /// Whether `next` goes on with the same kind of text.
        func canJoin(_ next: Block) -> Bool {
            tool == nil && next.tool == nil && signature.isEmpty && reasoning.isEmpty == next.reasoning.isEmpty
        }
    }

    private var blocks: [Int: Block] = [:]
    private var stopReason: String?
    /// The members of the metadata event as they stand on the wire, by name.
    private var metadata: [String: String] = [:]
    /// The exception that ended the stream.
    private(set) var exception: (name: String, message: String)?

    /// Reads a whole stream; `nil` where a payload is no JSON, or it ended neither with metadata nor with an exception.
    init?(_ events: [RecordedEvent]) {
        do {
            for event in events {
                var cursor = JSONCursor(event.payload.span.bytes)
                if event.isException {
                    exception = (event.type, event.message)
                } else {
                    try add(event.type, &cursor, event.payload)
                }
            }
        } catch {
            return nil
        }
        guard exception != nil || metadata["usage"] != nil else { return nil }
    }

    /// Makes one block of texts that follow each other, as Amazon Nova's own answers have it: its streams begin a block
    /// with every piece.
    mutating func joinTexts() {
        var joined: [Int: Block] = [:]
        var last: Int?
        for (index, block) in blocks.sorted(by: { $0.key < $1.key }) {
            if let place = last, var previous = joined[place], previous.canJoin(block) {
                previous.text += block.text
                previous.reasoning += block.reasoning
                joined[place] = previous
            } else {
                joined[index] = block
                last = index
            }
        }
        blocks = joined
    }

    /// The answer as one JSON object, members in the service's alphabetical order.
    var answer: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            if let metrics = metadata["metrics"] { json.member("metrics") { json in json.raw(metrics) } }
            writeOutput(&json)
            for name in ["performanceConfig", "serviceTier"] {
                if let value = metadata[name] { json.member(name) { json in json.raw(value) } }
            }
            json.member("stopReason", stopReason)
            for name in ["trace", "usage"] {
                if let value = metadata[name] { json.member(name) { json in json.raw(value) } }
            }
        }
        return json.bytes
    }

    /// Amazon Nova's own answer, which has fewer members.
    var novaAnswer: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            writeOutput(&json)
            json.member("stopReason", stopReason)
            json.member("usage") { json in
                json.object { json in
                    let usage = JSONSlice(Array((metadata["usage"] ?? "{}").utf8))
                    for (key, value) in usage.members { json.member(key) { json in json.raw(value.raw) } }
                    // Its streams leave the sum to the reader.
                    if usage["totalTokens"] == nil, let input = usage["inputTokens"]?.integer,
                        let output = usage["outputTokens"]?.integer
                    {
                        json.member("totalTokens", input + output)
                    }
                }
            }
        }
        return json.bytes
    }

    private func writeOutput(_ json: inout JSONWriter) {
        json.member("output") { json in
            json.object { json in
                json.member("message") { json in
                    json.object { json in
                        json.member("content") { json in
                            json.array { json in
                                for (_, block) in blocks.sorted(by: { $0.key < $1.key }) {
                                    json.object { json in Self.write(block, &json) }
                                }
                            }
                        }
                        json.member("role", "assistant")
                    }
                }
            }
        }
    }

    private static func write(_ block: Block, _ json: inout JSONWriter) {
        if let tool = block.tool {
            json.member("toolUse") { json in
                json.object { json in
                    json.member("input") { json in json.raw(block.toolInput.isEmpty ? "{}" : block.toolInput) }
                    json.member("name", tool.name)
                    json.member("toolUseId", tool.id)
                }
            }
        } else if !block.reasoning.isEmpty || !block.signature.isEmpty {
            json.member("reasoningContent") { json in
                json.object { json in
                    json.member("reasoningText") { json in
                        json.object { json in
                            if !block.signature.isEmpty { json.member("signature", block.signature) }
                            json.member("text", block.reasoning)
                        }
                    }
                }
            }
        } else {
            json.member("text", block.text)
        }
    }

    // MARK: Events

    private mutating func add(_ type: String, _ cursor: inout JSONCursor, _ payload: [UInt8]) throws {
        switch type {
        case "contentBlockStart", "contentBlockDelta":
            // The index may stand behind what it is the index of.
            var ahead = JSONCursor(payload.span.bytes)
            let index = try Self.integer("contentBlockIndex", of: &ahead) ?? 0
            var block = blocks[index] ?? Block()
            try Self.eachMember(&cursor) { key, cursor in
                guard key == "start" || key == "delta" else { return false }
                try Self.readBlock(&cursor, &block)
                return true
            }
            blocks[index] = block
        case "messageStop":
            stopReason = try Self.text("stopReason", of: &cursor)
        case "metadata":
            try Self.eachMember(&cursor) { key, cursor in
                let range = try cursor.skipValue()
                metadata[key] = String(decoding: payload[range], as: UTF8.self)
                return true
            }
        default:
            break
        }
    }

    private static func readBlock(_ cursor: inout JSONCursor, _ block: inout Block) throws {
        try eachMember(&cursor) { key, cursor in
            switch key {
            case "text":
                block.text += try cursor.string()
            case "toolUse":
                try eachMember(&cursor) { key, cursor in
                    switch key {
                    case "toolUseId": block.tool = (try cursor.string(), block.tool?.name ?? "")
                    case "name": block.tool = (block.tool?.id ?? "", try cursor.string())
                    case "input": block.toolInput += try cursor.string()
                    default: return false
                    }
                    return true
                }
            case "reasoningContent":
                try readReasoning(&cursor, &block)
            default:
                return false
            }
            return true
        }
    }

    private static func readReasoning(_ cursor: inout JSONCursor, _ block: inout Block) throws {
        try eachMember(&cursor) { key, cursor in
            switch key {
            case "text": block.reasoning += try cursor.string()
            case "signature": block.signature += try cursor.string()
            // Amazon Nova has one level more.
            case "reasoningText": try readReasoning(&cursor, &block)
            default: return false
            }
            return true
        }
    }

    /// Reads an object; `body` says whether it has read the value of a key, else the value is skipped.
    private static func eachMember(
        _ cursor: inout JSONCursor,
        _ body: (String, inout JSONCursor) throws -> Bool
    ) throws {
        try cursor.enterObject()
        while let slice = try cursor.nextKey() {
            if try !body(try cursor.text(slice), &cursor) { try cursor.skipValue() }
        }
    }

    private static func text(_ name: String, of cursor: inout JSONCursor) throws -> String? {
        var text: String?
        try eachMember(&cursor) { key, cursor in
            guard key == name else { return false }
            text = try cursor.string()
            return true
        }
        return text
    }

    private static func integer(_ name: String, of cursor: inout JSONCursor) throws -> Int? {
        var number: Int?
        try eachMember(&cursor) { key, cursor in
            guard key == name else { return false }
            number = try cursor.integer()
            return true
        }
        return number
    }
}
