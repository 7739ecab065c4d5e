// Cohere Command (generate): streamed `{"index":0,"is_finished":false,"text":" In"}`, or, where the request did not ask
// for a stream, one object `{"generations":[{"text":"…","finish_reason":"COMPLETE"}],"id":…,"prompt":…}`.

enum CohereGenerate: ModelFamily {
    static func recognizes(_ chunk: borrowing InvokeChunk) -> Bool {
        !chunk.has("event_type") && (chunk.has("is_finished", .bool) || chunk.has("generations", .array))
    }

    static func read(
        _ chunk: borrowing InvokeChunk,
        _ tally: inout MetadataTally,
        _ emit: (BedrockEvent) -> Void
    ) throws(JSONError) {
        if let generations = chunk.member("generations") {
            var cursor = chunk.cursor(generations)
            try readGenerations(&cursor, emit)
            return
        }
        if let text = chunk.utf8Count("text") {
            emit(.delta(ContentDelta(kind: .text, textByteCount: text, blockIndex: chunk.integer("index"))))
        }
        if let reason = chunk.string("finish_reason") { emit(.messageStop(reason: reason)) }
    }

    private static func readGenerations(
        _ cursor: inout JSONCursor,
        _ emit: (BedrockEvent) -> Void
    ) throws(JSONError) {
        guard try cursor.enterIfArray() else { return }
        var index = 0
        while try cursor.nextElement() {
            guard try cursor.enterIfObject() else { continue }
            var text = 0
            var reason: String?
            while let key = try cursor.nextKey() {
                if cursor.matches(key, "text") {
                    text = try cursor.utf8CountIfAny() ?? 0
                } else if cursor.matches(key, "finish_reason") {
                    reason = try cursor.stringIfAny()
                } else {
                    try cursor.skipValue()
                }
            }
            emit(.delta(ContentDelta(kind: .text, textByteCount: text, blockIndex: index)))
            if let reason { emit(.messageStop(reason: reason)) }
            index += 1
        }
    }
}
