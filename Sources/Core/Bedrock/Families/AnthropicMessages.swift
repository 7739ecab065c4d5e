// Anthropic Messages: the events of Anthropic's own streaming API, each an object with a `type`.

enum AnthropicMessages: ModelFamily {
    private enum EventType: CaseIterable {
        case contentBlockDelta, contentBlockStart, contentBlockStop, messageStart, messageDelta, messageStop, ping,
            error

        var name: StaticString {
            switch self {
            case .contentBlockDelta: return "content_block_delta"
            case .contentBlockStart: return "content_block_start"
            case .contentBlockStop: return "content_block_stop"
            case .messageStart: return "message_start"
            case .messageDelta: return "message_delta"
            case .messageStop: return "message_stop"
            case .ping: return "ping"
            case .error: return "error"
            }
        }

        init?(_ chunk: borrowing InvokeChunk) {
            guard let member = chunk.member("type") else { return nil }
            for type in Self.allCases where chunk.string(member, is: type.name) {
                self = type
                return
            }
            return nil
        }
    }

    static func recognizes(_ chunk: borrowing InvokeChunk) -> Bool {
        EventType(chunk) != nil
    }

    static func read(
        _ chunk: borrowing InvokeChunk,
        _ tally: inout MetadataTally,
        _ emit: (BedrockEvent) -> Void
    ) throws(JSONError) {
        switch EventType(chunk) {
        case .contentBlockDelta: try readDelta(chunk, emit)
        case .contentBlockStart: try readBlockStart(chunk, emit)
        case .contentBlockStop: emit(.blockStop(index: chunk.integer("index")))
        case .messageStart: try readMessageStart(chunk, &tally, emit)
        case .messageDelta: try readMessageDelta(chunk, &tally, emit)
        // The reason came with `message_delta`; this object only closes, and carries the service's metrics.
        case .messageStop: break
        case .ping: emit(.ping)
        case .error: try readError(chunk, emit)
        case nil: emit(.other(chunk.label))
        }
    }

    // MARK: Content

    private static func readDelta(
        _ chunk: borrowing InvokeChunk,
        _ emit: (BedrockEvent) -> Void
    ) throws(JSONError) {
        var delta = ContentDelta(kind: .other, textByteCount: 0)
        if let member = chunk.member("delta") {
            var cursor = chunk.cursor(member)
            delta = try readDelta(&cursor)
        }
        delta.blockIndex = chunk.integer("index")
        emit(.delta(delta))
    }

    /// Reads the `delta` object, whose kind its one member beside `type` tells.
    private static func readDelta(_ cursor: inout JSONCursor) throws(JSONError) -> ContentDelta {
        var delta: ContentDelta?
        var isUnknown = false
        guard try cursor.enterIfObject() else { return ContentDelta(kind: .other, textByteCount: 0) }
        while let key = try cursor.nextKey() {
            if cursor.matches(key, "text") {
                delta = ContentDelta(kind: .text, textByteCount: try cursor.utf8CountIfAny() ?? 0)
            } else if cursor.matches(key, "partial_json") {
                delta = ContentDelta(kind: .toolInput, textByteCount: try cursor.utf8CountIfAny() ?? 0)
            } else if cursor.matches(key, "thinking") {
                delta = ContentDelta(kind: .reasoning, textByteCount: try cursor.utf8CountIfAny() ?? 0)
            } else if cursor.matches(key, "signature") {
                delta = ContentDelta(kind: .signature, textByteCount: 0, isEmpty: try cursor.skipIfEmpty())
            } else if cursor.matches(key, "citation") {
                delta = ContentDelta(kind: .citation, textByteCount: 0, isEmpty: try cursor.skipIfEmpty())
            } else {
                isUnknown = isUnknown || !cursor.matches(key, "type")
                try cursor.skipValue()
            }
        }
        return delta ?? ContentDelta(kind: .other, textByteCount: 0, isEmpty: !isUnknown)
    }

    private static func readBlockStart(
        _ chunk: borrowing InvokeChunk,
        _ emit: (BedrockEvent) -> Void
    ) throws(JSONError) {
        let index = chunk.integer("index")
        guard let member = chunk.member("content_block") else {
            emit(.blockStart(index: index, kind: .other))
            return
        }
        var cursor = chunk.cursor(member)
        var kind = DeltaKind.other
        // Always empty so far; should a block begin with text, its first token is not lost.
        var text = 0
        guard try cursor.enterIfObject() else { return }
        while let key = try cursor.nextKey() {
            if cursor.matches(key, "type") {
                kind = blockKind(try cursor.stringIfAny() ?? "")
            } else if cursor.matches(key, "text") || cursor.matches(key, "thinking") {
                text = try cursor.utf8CountIfAny() ?? 0
            } else {
                try cursor.skipValue()
            }
        }
        emit(.blockStart(index: index, kind: kind))
        if text > 0 { emit(.delta(ContentDelta(kind: kind, textByteCount: text, blockIndex: index))) }
    }

    private static func blockKind(_ type: String) -> DeltaKind {
        switch type {
        case "text": return .text
        case "thinking": return .reasoning
        case "redacted_thinking": return .redactedReasoning
        case "tool_use", "server_tool_use", "mcp_tool_use": return .toolInput
        default: return type.hasSuffix("tool_result") ? .toolResult : .other
        }
    }

    // MARK: Message

    private static func readMessageStart(
        _ chunk: borrowing InvokeChunk,
        _ tally: inout MetadataTally,
        _ emit: (BedrockEvent) -> Void
    ) throws(JSONError) {
        var role: String?
        if let member = chunk.member("message") {
            var cursor = chunk.cursor(member)
            if try cursor.enterIfObject() {
                while let key = try cursor.nextKey() {
                    if cursor.matches(key, "role") {
                        role = try cursor.stringIfAny()
                    } else if cursor.matches(key, "usage") {
                        tally.modelUsage.update(with: try readUsage(&cursor))
                    } else {
                        try cursor.skipValue()
                    }
                }
            }
        }
        emit(.messageStart(role: role))
    }

    private static func readMessageDelta(
        _ chunk: borrowing InvokeChunk,
        _ tally: inout MetadataTally,
        _ emit: (BedrockEvent) -> Void
    ) throws(JSONError) {
        if let member = chunk.member("usage") {
            var cursor = chunk.cursor(member)
            tally.modelUsage.update(with: try readUsage(&cursor))
            tally.isDue = true
        }
        if let member = chunk.member("delta") {
            var cursor = chunk.cursor(member)
            if let reason = try cursor.string(of: "stop_reason") { emit(.messageStop(reason: reason)) }
        }
    }

    private static func readUsage(_ cursor: inout JSONCursor) throws(JSONError) -> TokenUsage {
        var usage = TokenUsage()
        guard try cursor.enterIfObject() else { return usage }
        while let key = try cursor.nextKey() {
            if cursor.matches(key, "input_tokens") {
                usage.inputTokens = try cursor.countIfAny()
            } else if cursor.matches(key, "output_tokens") {
                usage.outputTokens = try cursor.countIfAny()
            } else if cursor.matches(key, "cache_read_input_tokens") {
                usage.cacheReadTokens = try cursor.countIfAny()
            } else if cursor.matches(key, "cache_creation_input_tokens") {
                usage.cacheWriteTokens = try cursor.countIfAny()
            } else {
                try cursor.skipValue()
            }
        }
        return usage
    }

    private static func readError(
        _ chunk: borrowing InvokeChunk,
        _ emit: (BedrockEvent) -> Void
    ) throws(JSONError) {
        var exception = StreamException(name: "error", message: "")
        if let member = chunk.member("error") {
            var cursor = chunk.cursor(member)
            if try cursor.enterIfObject() {
                while let key = try cursor.nextKey() {
                    if cursor.matches(key, "type") {
                        exception.name = try cursor.stringIfAny() ?? exception.name
                    } else if cursor.matches(key, "message") {
                        exception.message = try cursor.stringIfAny() ?? ""
                    } else {
                        try cursor.skipValue()
                    }
                }
            }
        }
        emit(.exception(exception))
    }
}
