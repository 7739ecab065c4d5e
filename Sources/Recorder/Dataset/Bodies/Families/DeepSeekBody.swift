// DeepSeek-R1: one prompt in the model's own template.

enum DeepSeekBody {
    static func tree(_ content: RequestContent) throws(FieldFault) -> JSONTree {
        var prompt = "<｜begin▁of▁sentence｜>" + (content.system ?? "")
        for message in content.messages {
            let text = try message.text("DeepSeek")
            prompt += message.role == "user" ? "<｜User｜>\(text)" : "<｜Assistant｜>\(text)<｜end▁of▁sentence｜>"
        }
        return .object([
            "prompt": .string(prompt + "<｜Assistant｜><think>\n"),
            "max_tokens": .number(content.maxTokens),
            "temperature": content.temperature.map { .number($0) },
            "top_p": content.topP.map { .number($0) },
            "stop": .strings(content.stopSequences),
        ])
    }
}
