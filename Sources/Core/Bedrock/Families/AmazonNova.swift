// Amazon Nova: the objects of ConverseStream, each under its event's name: `{"contentBlockDelta":{"delta":{"text":"On"},
// "contentBlockIndex":0}}`. Every text delta is a content block of its own.

enum AmazonNova: ModelFamily {
    static func recognizes(_ chunk: borrowing InvokeChunk) -> Bool {
        for type in ConverseEventType.allCases where chunk.has(type.name, .object) { return true }
        return false
    }

    static func read(
        _ chunk: borrowing InvokeChunk,
        _ tally: inout MetadataTally,
        _ emit: (BedrockEvent) -> Void
    ) throws(JSONError) {
        for type in ConverseEventType.allCases {
            guard let member = chunk.member(type.name) else { continue }
            var cursor = chunk.cursor(member)
            if let usage = try ConverseEvents.read(type, &cursor, &tally, emit) {
                tally.modelUsage.update(with: usage)
                tally.isDue = true
            }
        }
    }
}
