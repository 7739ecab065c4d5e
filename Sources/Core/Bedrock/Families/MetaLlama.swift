// Meta Llama: `{"generation":"x","prompt_token_count":23,"generation_token_count":1,"stop_reason":null}`. DeepSeek-R1 is
// read by some clients in the same shape, without the counts.

enum MetaLlama: ModelFamily {
    static func recognizes(_ chunk: borrowing InvokeChunk) -> Bool {
        chunk.has("generation")
    }

    static func read(
        _ chunk: borrowing InvokeChunk,
        _ tally: inout MetadataTally,
        _ emit: (BedrockEvent) -> Void
    ) throws(JSONError) {
        emit(.delta(ContentDelta(kind: .text, textByteCount: chunk.utf8Count("generation") ?? 0)))
        tally.modelUsage.update(
            with: TokenUsage(
                inputTokens: chunk.count("prompt_token_count"),
                outputTokens: chunk.count("generation_token_count")
            )
        )
        if let reason = chunk.string("stop_reason") {
            emit(.messageStop(reason: reason))
            tally.isDue = true
        }
    }
}
