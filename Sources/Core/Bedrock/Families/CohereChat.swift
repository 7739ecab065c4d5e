// Cohere Command R and R+ (chat): `{"is_finished":false,"event_type":"text-generation","text":"The"}`, and at the end
// `{"is_finished":true,"event_type":"stream-end","response":{…},"finish_reason":"COMPLETE"}`.

enum CohereChat: ModelFamily {
    static func recognizes(_ chunk: borrowing InvokeChunk) -> Bool {
        chunk.has("event_type", .string)
    }

    static func read(
        _ chunk: borrowing InvokeChunk,
        _ tally: inout MetadataTally,
        _ emit: (BedrockEvent) -> Void
    ) throws(JSONError) {
        if chunk.string("event_type", is: "text-generation") {
            emit(.delta(ContentDelta(kind: .text, textByteCount: chunk.utf8Count("text") ?? 0)))
        } else if chunk.string("event_type", is: "stream-end") {
            // The whole text stands once more in `response`; it arrived before.
            if let response = chunk.member("response") {
                var cursor = chunk.cursor(response)
                try readUsage(&cursor, &tally)
            }
            emit(.messageStop(reason: chunk.string("finish_reason")))
            tally.isDue = true
        } else if chunk.string("event_type", is: "stream-start") {
            emit(.messageStart(role: nil))
        } else if chunk.string("event_type", is: "citation-generation") {
            emit(.delta(ContentDelta(kind: .citation, textByteCount: 0, isEmpty: !chunk.has("citations", .array))))
        } else if chunk.string("event_type", is: "tool-calls-chunk"), let call = chunk.member("tool_call_delta") {
            var cursor = chunk.cursor(call)
            let text = try cursor.utf8Count(of: "parameters") ?? 0
            emit(.delta(ContentDelta(kind: .toolInput, textByteCount: text)))
        } else {
            emit(.other(chunk.label))
        }
    }

    /// Reads `response.meta.tokens`, what the model processed; `billed_units` beside it leaves the chat template out.
    private static func readUsage(_ cursor: inout JSONCursor, _ tally: inout MetadataTally) throws(JSONError) {
        guard try cursor.enterIfObject() else { return }
        while let key = try cursor.nextKey() {
            guard cursor.matches(key, "meta") else {
                try cursor.skipValue()
                continue
            }
            guard try cursor.enterIfObject() else { continue }
            while let key = try cursor.nextKey() {
                guard cursor.matches(key, "tokens") else {
                    try cursor.skipValue()
                    continue
                }
                guard try cursor.enterIfObject() else { continue }
                var usage = TokenUsage()
                while let key = try cursor.nextKey() {
                    if cursor.matches(key, "input_tokens") {
                        usage.inputTokens = try cursor.countIfAny()
                    } else if cursor.matches(key, "output_tokens") {
                        usage.outputTokens = try cursor.countIfAny()
                    } else {
                        try cursor.skipValue()
                    }
                }
                tally.modelUsage.update(with: usage)
            }
        }
    }
}
