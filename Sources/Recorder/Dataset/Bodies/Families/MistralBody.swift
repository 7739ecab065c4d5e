// Mistral AI: the first models take a prompt in the [INST] template, the later ones a list of messages.

enum MistralBody {
    private static let promptModels = ["mistral-7b", "mixtral-8x7b", "mistral-large-2402", "mistral-small-2402"]

    static func tree(_ content: RequestContent, model: String) throws(FieldFault) -> JSONTree {
        let opening: JSONTree
        if promptModels.contains(where: { model.contains($0) }) {
            opening = .object(["prompt": .string(try InstructionPrompt.text(content, "Mistral"))])
        } else {
            opening = .object(["messages": .array(try messages(content))])
        }
        let settings = JSONTree.object([
            "max_tokens": .number(content.maxTokens),
            "temperature": content.temperature.map { .number($0) },
            "top_p": content.topP.map { .number($0) },
            "top_k": content.topK.map { .number($0) },
            "stop": .strings(content.stopSequences),
        ])
        return .object((opening.members ?? []) + (settings.members ?? []))
    }

    private static func messages(_ content: RequestContent) throws(FieldFault) -> [JSONTree] {
        var messages: [JSONTree] = []
        if let system = content.system {
            messages.append(.object(["role": .string("system"), "content": .string(system)]))
        }
        for message in content.messages {
            let text = try message.text("Mistral")
            messages.append(.object(["role": .string(message.role), "content": .string(text)]))
        }
        return messages
    }
}
