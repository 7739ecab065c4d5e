// Amazon Nova: the Converse API's message list with a schema version of its own.

enum NovaBody {
    static func tree(_ content: RequestContent) -> JSONTree {
        .object([
            "schemaVersion": .string("messages-v1"),
            "system": ConverseBody.system(content),
            "messages": ConverseBody.messages(content),
            "inferenceConfig": .object([
                "maxTokens": .number(content.maxTokens),
                "temperature": content.temperature.map { .number($0) },
                "topP": content.topP.map { .number($0) },
                "topK": content.topK.map { .number($0) },
                "stopSequences": .strings(content.stopSequences),
            ]),
        ])
    }
}
