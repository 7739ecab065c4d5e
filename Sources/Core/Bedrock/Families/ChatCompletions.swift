// The chat-completions shape: `{"choices":[{"index":0,"delta":{"content":" The"},"finish_reason":null}]}`. AI21 Jamba,
// OpenAI gpt-oss, Qwen, Mistral's chat models and Writer stream it; DeepSeek-R1 has `text` in a choice.

enum ChatCompletions: ModelFamily {
    static func recognizes(_ chunk: borrowing InvokeChunk) -> Bool {
        chunk.has("choices", .array)
    }

    static func read(
        _ chunk: borrowing InvokeChunk,
        _ tally: inout MetadataTally,
        _ emit: (BedrockEvent) -> Void
    ) throws(JSONError) {
        guard let choices = chunk.member("choices") else { return }
        var cursor = chunk.cursor(choices)
        try cursor.enterArray()
        var isLast = true
        while try cursor.nextElement() {
            let choice = try Choice(&cursor)
            isLast = choice.reason != nil
            choice.tell(&tally, emit)
        }
        if let usage = chunk.member("usage") {
            var cursor = chunk.cursor(usage)
            tally.modelUsage.update(with: try readUsage(&cursor))
            // Some models count along in every chunk; the count that holds comes with the end, or without a choice.
            if isLast { tally.isDue = true }
        }
    }

    private static func readUsage(_ cursor: inout JSONCursor) throws(JSONError) -> TokenUsage {
        var usage = TokenUsage()
        guard try cursor.enterIfObject() else { return usage }
        while let key = try cursor.nextKey() {
            if cursor.matches(key, "prompt_tokens") {
                usage.inputTokens = try cursor.countIfAny()
            } else if cursor.matches(key, "completion_tokens") {
                usage.outputTokens = try cursor.countIfAny()
            } else if cursor.matches(key, "total_tokens") {
                usage.totalTokens = try cursor.countIfAny()
            } else if cursor.matches(key, "prompt_tokens_details") {
                usage.cacheReadTokens = try cursor.count(of: "cached_tokens")
            } else {
                try cursor.skipValue()
            }
        }
        return usage
    }
}

/// One element of `choices`, collected before it is told, since its keys come in any order.
private struct Choice {
    var index: Int?
    var role: String?
    var reason: String?
    /// Whether there was a `delta`, a `message` or a `text`, be it empty.
    var hasDelta = false
    var text = 0
    var reasoning = 0
    /// The bytes of tool arguments; `nil` where no tool is called.
    var toolInput: Int?
    /// Whether a tool's call begins here.
    var beginsTool = false

    init(_ cursor: inout JSONCursor) throws(JSONError) {
        guard try cursor.enterIfObject() else { return }
        while let key = try cursor.nextKey() {
            if cursor.matches(key, "index") {
                index = try cursor.integerIfAny()
            } else if cursor.matches(key, "delta") || cursor.matches(key, "message") {
                hasDelta = true
                try readDelta(&cursor)
            } else if cursor.matches(key, "text") {
                hasDelta = true
                text += try cursor.utf8CountIfAny() ?? 0
            } else if cursor.matches(key, "finish_reason") {
                reason = try cursor.stringIfAny() ?? reason
            } else if cursor.matches(key, "stop_reason") {
                let stop = try cursor.stringIfAny()
                reason = reason ?? stop
            } else {
                try cursor.skipValue()
            }
        }
    }

    private mutating func readDelta(_ cursor: inout JSONCursor) throws(JSONError) {
        guard try cursor.enterIfObject() else { return }
        while let key = try cursor.nextKey() {
            if cursor.matches(key, "role") {
                role = try cursor.stringIfAny()
            } else if cursor.matches(key, "content") {
                try readContent(&cursor)
            } else if cursor.matches(key, "refusal") {
                text += try cursor.utf8CountIfAny() ?? 0
            } else if cursor.matches(key, "reasoning_content") || cursor.matches(key, "reasoning") {
                // Some servers send both names with the same text.
                reasoning = max(reasoning, try cursor.utf8CountIfAny() ?? 0)
            } else if cursor.matches(key, "tool_calls") {
                try readToolCalls(&cursor)
            } else {
                try cursor.skipValue()
            }
        }
    }

    /// Reads `content`: a string, or parts with `text` or `thinking`.
    private mutating func readContent(_ cursor: inout JSONCursor) throws(JSONError) {
        guard try cursor.peek() == .array else {
            text += try cursor.utf8CountIfAny() ?? 0
            return
        }
        try cursor.enterArray()
        while try cursor.nextElement() {
            guard try cursor.enterIfObject() else { continue }
            while let key = try cursor.nextKey() {
                if cursor.matches(key, "text") {
                    text += try cursor.utf8CountIfAny() ?? 0
                } else if cursor.matches(key, "thinking"), try cursor.enterIfArray() {
                    while try cursor.nextElement() { reasoning += try cursor.utf8Count(of: "text") ?? 0 }
                } else {
                    try cursor.skipValue()
                }
            }
        }
    }

    private mutating func readToolCalls(_ cursor: inout JSONCursor) throws(JSONError) {
        guard try cursor.enterIfArray() else { return }
        while try cursor.nextElement() {
            guard try cursor.enterIfObject() else { continue }
            toolInput = toolInput ?? 0
            while let key = try cursor.nextKey() {
                if cursor.matches(key, "id") {
                    if try cursor.stringIfAny() != nil { beginsTool = true }
                } else if cursor.matches(key, "function") {
                    toolInput = (toolInput ?? 0) + (try cursor.utf8Count(of: "arguments") ?? 0)
                } else {
                    try cursor.skipValue()
                }
            }
        }
    }

    func tell(_ tally: inout MetadataTally, _ emit: (BedrockEvent) -> Void) {
        if let role, !tally.hasStarted {
            tally.hasStarted = true
            emit(.messageStart(role: role))
        }
        if beginsTool { emit(.blockStart(index: index, kind: .toolInput)) }
        if reasoning > 0 { emit(delta(.reasoning, reasoning)) }
        if let toolInput { emit(delta(.toolInput, toolInput)) }
        if text > 0 || hasDelta && reasoning == 0 && toolInput == nil { emit(delta(.text, text)) }
        if let reason { emit(.messageStop(reason: reason)) }
    }

    private func delta(_ kind: DeltaKind, _ count: Int) -> BedrockEvent {
        .delta(ContentDelta(kind: kind, textByteCount: count, blockIndex: index))
    }
}
