// Anthropic text completions (Claude 2, Claude Instant): `{"completion":" The","stop_reason":null,"stop":null}`.

enum AnthropicCompletion: ModelFamily {
    static func recognizes(_ chunk: borrowing InvokeChunk) -> Bool {
        chunk.has("completion")
    }

    static func read(
        _ chunk: borrowing InvokeChunk,
        _ tally: inout MetadataTally,
        _ emit: (BedrockEvent) -> Void
    ) throws(JSONError) {
        emit(.delta(ContentDelta(kind: .text, textByteCount: chunk.utf8Count("completion") ?? 0)))
        if let reason = chunk.string("stop_reason") { emit(.messageStop(reason: reason)) }
    }
}
