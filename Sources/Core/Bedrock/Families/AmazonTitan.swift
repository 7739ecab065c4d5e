// Amazon Titan text: `{"outputText":"…","index":0,"totalOutputTextTokenCount":null,"completionReason":null,
// "inputTextTokenCount":9}`; behind a guardrail the integers arrive as floats.

enum AmazonTitan: ModelFamily {
    static func recognizes(_ chunk: borrowing InvokeChunk) -> Bool {
        chunk.has("outputText")
    }

    static func read(
        _ chunk: borrowing InvokeChunk,
        _ tally: inout MetadataTally,
        _ emit: (BedrockEvent) -> Void
    ) throws(JSONError) {
        let text = chunk.utf8Count("outputText") ?? 0
        emit(.delta(ContentDelta(kind: .text, textByteCount: text, blockIndex: chunk.integer("index"))))
        let output = chunk.count("totalOutputTextTokenCount")
        tally.modelUsage.update(
            with: TokenUsage(inputTokens: chunk.count("inputTextTokenCount"), outputTokens: output)
        )
        let reason = chunk.string("completionReason")
        if let reason { emit(.messageStop(reason: reason)) }
        // A guardrail that blocks the input answers with one object that has a count and no reason.
        if reason != nil || output != nil { tally.isDue = true }
    }
}
