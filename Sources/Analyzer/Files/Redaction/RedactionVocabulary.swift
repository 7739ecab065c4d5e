// The names and words of Bedrock's JSON that say how an answer is built and never what it says (Amazon Bedrock Runtime
// 2023-09-30, and the streams of the model families). What is not listed here is overwritten, so that a field that a
// service adds tomorrow is overwritten too.

/// What a member of an object may keep.
struct MemberRule: Hashable, Sendable {
    /// What happens to a string.
    enum Text: Hashable, Sendable {
        /// It is overwritten.
        case overwritten
        /// It stays if it is one of ``RedactionVocabulary/words``.
        case word
        /// It stays if it looks like the name of an error.
        case errorName
        /// It is base64 of a model's JSON, which is redacted within.
        case chunk
        /// It is the service's padding, written anew.
        case padding
    }

    /// Whether objects and arrays are looked into; else everything in them is overwritten, names included.
    var opens = false
    var keepsNumbers = false
    var text = Text.overwritten

    /// The rule of a whole text.
    static let root = MemberRule(opens: true)
}

enum RedactionVocabulary {
    /// The rule of a member; `nil` for a name that is not known, which is overwritten with everything under it.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - parent: The name of the object it is in; `nil` for the whole text's.
    ///   - isPayload: Whether the object is the payload of a message of an event stream.
    /// - Returns: What of the member stays.
    static func rule(_ name: String, in parent: String?, isPayload: Bool) -> MemberRule? {
        if isPayload {
            if name == "bytes" { return MemberRule(text: .chunk) }
            if name == "p" { return MemberRule(text: .padding) }
        }
        if parent == "error", name == "type" { return MemberRule(text: .errorName) }
        if let rule = rules[name] { return rule }
        // The service's own additions; what is in them is overwritten.
        let service = "amazon-bedrock-"
        guard name.hasPrefix(service), name.utf8.count <= 60,
            name.dropFirst(service.count).allSatisfy({ $0.isLetter && $0.isASCII })
        else { return nil }
        return MemberRule()
    }

    private static let rules: [String: MemberRule] = {
        var rules: [String: MemberRule] = [:]
        for name in texts { rules[name] = MemberRule() }
        for name in objects { rules[name, default: MemberRule()].opens = true }
        for name in numbers { rules[name, default: MemberRule()].keepsNumbers = true }
        for name in wordNames { rules[name, default: MemberRule()].text = .word }
        for name in errorNames { rules[name, default: MemberRule()].text = .errorName }
        return rules
    }()

    /// Members that hold what was said.
    private static let texts = [
        "Message", "arguments", "citation", "citations", "completion", "data", "description", "generation", "id",
        "image",
        "input", "inputSchema", "inputText", "input_schema", "invokedModelId", "is_finished", "json", "logprobs",
        "message", "model",
        "name", "originalMessage", "outputText", "parameters", "partial_json", "prompt", "reasoning",
        "reasoning_content", "redactedContent", "refusal", "signature", "stop", "stopSequences", "stop_sequence",
        "stop_sequences", "stream", "text", "thinking", "toolUseId", "tool_use_id",
    ]

    /// Members whose objects and arrays are looked into.
    private static let objects = [
        "additionalModelRequestFields", "amazon-bedrock-invocationMetrics", "any", "auto", "billed_units", "cachePoint",
        "cache_creation", "choices", "completion_tokens_details", "content", "contentBlockDelta", "contentBlockStart",
        "contentBlockStop", "content_block", "delta", "error", "function", "generations", "inferenceConfig", "message",
        "messageStart", "messageStop", "messages", "meta", "metadata", "metrics", "outputs", "performanceConfig",
        "promptRouter", "prompt_tokens_details", "reasoningConfig", "reasoningContent", "reasoningText", "response",
        "serviceTier", "source", "start", "system", "textGenerationConfig", "thinking", "tokens", "tool", "toolChoice",
        "toolConfig", "toolResult", "toolSpec", "toolUse", "tool_call_delta", "tool_calls", "tool_choice", "tools",
        "trace",
        "usage",
    ]

    /// Members whose numbers say how much or how fast.
    private static let numbers = [
        "budget_tokens", "cacheReadInputTokenCount", "cacheReadInputTokens", "cacheWriteInputTokenCount",
        "cacheWriteInputTokens", "cache_creation_input_tokens", "cache_read_input_tokens", "cached_tokens",
        "completion_tokens", "contentBlockIndex", "ephemeral_1h_input_tokens", "ephemeral_5m_input_tokens",
        "firstByteLatency", "generation_token_count", "index", "inputTextTokenCount", "inputTokenCount", "inputTokens",
        "input_tokens", "invocationLatency", "k", "latencyMs", "maxTokenCount", "maxTokens", "max_completion_tokens",
        "max_gen_len", "max_new_tokens", "max_tokens", "max_tokens_to_sample", "n", "originalStatusCode",
        "outputTokenCount", "outputTokens", "output_tokens", "p", "prompt_token_count", "prompt_tokens",
        "reasoning_tokens", "temperature", "topK", "topP", "top_k", "top_p", "totalOutputTextTokenCount", "totalTokens",
        "total_tokens",
    ]

    /// Members whose strings are words of ``words``.
    private static let wordNames = [
        "amazon-bedrock-guardrailAction", "anthropic_version", "completionReason", "event_type", "finish_reason",
        "format",
        "latency", "object", "role", "service_tier", "status", "stopReason", "stop_reason", "ttl",
        "type",
    ]

    private static let errorNames = ["__type", "code"]

    /// Strings that stay: roles, types, reasons, profiles.
    static let words: Set<String> = [
        // Roles, profiles, tiers, forms.
        "assistant", "default", "developer", "disabled", "enabled", "ephemeral", "flex", "optimized", "priority",
        "reserved", "scale", "standard", "standard_only", "system", "tool", "user", "bedrock-2023-05-31", "5m", "1h",
        "csv", "doc", "docx", "gif", "html", "jpeg", "md", "mov", "mp4", "pdf", "png", "txt", "webm", "webp", "xls",
        "xlsx", "success",
        // Anthropic Messages.
        "citations_delta", "content_block_delta", "content_block_start", "content_block_stop", "error",
        "input_json_delta", "mcp_tool_result", "mcp_tool_use", "message", "message_delta", "message_start",
        "message_stop", "ping", "redacted_thinking", "server_tool_use", "signature_delta", "text", "text_delta",
        "thinking", "thinking_delta", "tool_result", "tool_use", "web_search_tool_result", "code_execution_tool_result",
        "base64", "document", "image",
        // Chat completions, Cohere.
        "chat.completion", "chat.completion.chunk", "citation-generation", "function", "search-queries-generation",
        "search-results", "stream-end", "stream-start", "text-generation", "text_completion", "tool-calls-chunk",
        "tool-calls-generation",
        // Why a model stopped.
        "COMPLETE", "CONTENT_FILTERED", "ERROR", "ERROR_LIMIT", "ERROR_TOXIC", "FINISH", "LENGTH", "MAX_TOKENS",
        "RAG_QUERY_WHEN_RAG_DISABLED", "STOP_CRITERIA_MET", "STOP_SEQUENCE", "USER_CANCEL", "content_filter",
        "content_filtered", "end", "end_turn", "eos", "function_call", "guardrail_intervened", "length",
        "malformed_model_output", "malformed_tool_use", "max_tokens", "model_context_window_exceeded", "model_length",
        "pause_turn", "refusal", "stop", "stop_sequence", "tool_calls",
        // Guardrails.
        "INTERVENED", "NONE",
    ]

    /// Whether `text` may be the name of an error, as `com.amazonaws#ThrottlingException` or `overloaded_error`.
    static func isErrorName(_ text: some StringProtocol) -> Bool {
        (1...100).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "#"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
