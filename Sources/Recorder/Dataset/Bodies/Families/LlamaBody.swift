// Meta Llama: one prompt in the model's own template (Meta, "Model Cards and Prompt formats").

enum LlamaBody {
    static func tree(_ content: RequestContent, model: String) throws(FieldFault) -> JSONTree {
        guard content.stopSequences.isEmpty else {
            throw FieldFault("stop_sequences", "Meta Llama takes none with this operation; use converse-stream")
        }
        return .object([
            "prompt": .string(try prompt(content, model: model)),
            "max_gen_len": .number(content.maxTokens),
            "temperature": content.temperature.map { .number($0) },
            "top_p": content.topP.map { .number($0) },
        ])
    }

    private static func prompt(_ content: RequestContent, model: String) throws(FieldFault) -> String {
        if model.contains("llama2") { return try InstructionPrompt.text(content, "Meta Llama 2") }
        // Llama 4 renamed the marks of Llama 3.
        let (open, close, end) =
            model.contains("llama4")
            ? ("<|header_start|>", "<|header_end|>", "<|eot|>")
            : ("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")
        var prompt = "<|begin_of_text|>"
        if let system = content.system { prompt += "\(open)system\(close)\n\n\(system)\(end)" }
        for message in content.messages {
            prompt += "\(open)\(message.role)\(close)\n\n\(try message.text("Meta Llama"))\(end)"
        }
        return prompt + "\(open)assistant\(close)\n\n"
    }
}

/// The `[INST]` template of Llama 2 and of Mistral's first models; a system prompt opens the first instruction.
enum InstructionPrompt {
    static func text(_ content: RequestContent, _ family: String) throws(FieldFault) -> String {
        var prompt = ""
        var system = content.system
        for message in content.messages {
            let text = try message.text(family)
            guard message.role == "user" else {
                prompt += " \(text)</s>"
                continue
            }
            let isLlama = family.hasPrefix("Meta")
            let opening = system.map { isLlama ? "<<SYS>>\n\($0)\n<</SYS>>\n\n" : "\($0)\n\n" } ?? ""
            prompt += "<s>[INST] \(opening)\(text) [/INST]"
            system = nil
        }
        return prompt
    }
}
