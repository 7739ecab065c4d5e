// Mistral text completion: `{"outputs":[{"text":" Paris","stop_reason":null}]}`. Its chat models stream `choices`.

enum MistralText: ModelFamily {
    static func recognizes(_ chunk: borrowing InvokeChunk) -> Bool {
        chunk.has("outputs", .array)
    }

    static func read(
        _ chunk: borrowing InvokeChunk,
        _ tally: inout MetadataTally,
        _ emit: (BedrockEvent) -> Void
    ) throws(JSONError) {
        guard let outputs = chunk.member("outputs") else { return }
        var cursor = chunk.cursor(outputs)
        try cursor.enterArray()
        while try cursor.nextElement() {
            guard try cursor.enterIfObject() else { continue }
            var text: Int?
            var reason: String?
            while let key = try cursor.nextKey() {
                if cursor.matches(key, "text") {
                    text = try cursor.utf8CountIfAny() ?? 0
                } else if cursor.matches(key, "stop_reason") {
                    reason = try cursor.stringIfAny()
                } else {
                    try cursor.skipValue()
                }
            }
            if let text { emit(.delta(ContentDelta(kind: .text, textByteCount: text))) }
            if let reason { emit(.messageStop(reason: reason)) }
        }
    }
}
