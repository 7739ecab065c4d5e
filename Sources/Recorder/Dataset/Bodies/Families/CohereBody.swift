// Cohere: Command R takes the last message and a history, the older Command one prompt.

enum CohereBody {
    static func tree(_ content: RequestContent, model: String) throws(FieldFault) -> JSONTree {
        let opening = model.contains("command-r") ? try chat(content) : try prompt(content)
        let settings = JSONTree.object([
            "max_tokens": .number(content.maxTokens),
            "temperature": content.temperature.map { .number($0) },
            "p": content.topP.map { .number($0) },
            "k": content.topK.map { .number($0) },
            "stop_sequences": .strings(content.stopSequences),
        ])
        return .object((opening.members ?? []) + (settings.members ?? []))
    }

    private static func chat(_ content: RequestContent) throws(FieldFault) -> JSONTree {
        guard let last = content.messages.last, last.role == "user" else {
            throw FieldFault("messages", "expected the last message to be the user's")
        }
        var history: [JSONTree] = []
        for message in content.messages.dropLast() {
            let role = message.role == "user" ? "USER" : "CHATBOT"
            history.append(.object(["role": .string(role), "message": .string(try message.text("Cohere"))]))
        }
        return .object([
            "message": .string(try last.text("Cohere")),
            "chat_history": history.isEmpty ? nil : .array(history),
            "preamble": content.system.map { .string($0) },
        ])
    }

    private static func prompt(_ content: RequestContent) throws(FieldFault) -> JSONTree {
        guard content.messages.count == 1, let message = content.messages.first, content.system == nil else {
            throw FieldFault("messages", "Cohere Command takes one prompt and no system prompt")
        }
        return .object(["prompt": .string(try message.text("Cohere")), "stream": .bool(true)])
    }
}
