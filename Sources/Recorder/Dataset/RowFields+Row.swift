// From a line's fields to a row: defaults filled in, limits checked, the body made.

import Core

extension RowFields {
    /// The fields that a raw body replaces.
    private static let replacedByBody = [
        "text_prompt", "messages", "system", "temperature", "top_p", "top_k", "stop_sequences", "max_tokens",
        "additional_model_request_fields", "cache_point",
    ]

    /// The row.
    func row(_ defaults: RowDefaults, _ attachments: Attachments) throws(FieldFault) -> DatasetRow {
        guard let model = text["model_id"] else { throw FieldFault("model_id", "is missing") }
        guard !model.isEmpty, model.utf8.count <= 2048 else {
            throw FieldFault("model_id", "expected a model id, an inference-profile id or an ARN")
        }
        guard let region = text["region"] ?? defaults.region, !region.isEmpty else {
            throw FieldFault("region", "is missing, and neither --region nor AWS_REGION says one")
        }
        var operation = defaults.operation
        if let name = text["operation"] {
            guard let known = BedrockOperation(rawValue: name) else {
                let names = BedrockOperation.allCases.map { "'\($0.rawValue)'" }.joined(separator: " or ")
                throw FieldFault("operation", "expected \(names), found '\(name)'")
            }
            operation = known
        }
        var row = DatasetRow(
            promptID: "",
            modelID: model,
            region: region,
            operation: operation,
            taskType: text["task_type"],
            labels: defaults.labels.merging(labels) { $1 },
            headers: [],
            body: []
        )
        let identity: [UInt8]
        if tree["body"] != nil {
            identity = try fillRaw(&row, defaults)
        } else {
            let content = try content(model: model, operation, defaults, attachments)
            row.maxTokens = content.maxTokens
            row.latency = content.latency
            row.tier = content.tier
            row.body =
                switch operation {
                case .converseStream: try ConverseBody.bytes(content)
                case .invokeModelWithResponseStream: try InvokeBody.bytes(content, model: model)
                }
            if operation == .invokeModelWithResponseStream { row.headers = InvokeBody.headers(content) }
            identity =
                text["text_prompt"].map { Array($0.utf8) + [0] + Array((content.system ?? "").utf8) } ?? row.body
        }
        // Equal prompts have equal ids, in every file and on every machine.
        row.promptID = text["id"] ?? String(SHA256.hexadecimalDigest(of: identity).prefix(12))
        return row
    }

    /// A body that goes over the wire as it is written.
    private func fillRaw(_ row: inout DatasetRow, _ defaults: RowDefaults) throws(FieldFault) -> [UInt8] {
        guard let tree = tree["body"], tree.members != nil else { throw FieldFault("body", "expected an object") }
        for field in Self.replacedByBody where names.contains(field) {
            throw FieldFault(field, "stands beside 'body', which says it all")
        }
        row.body = body
        let expected = try limited("expected_output_tokens", integer["expected_output_tokens"])
        row.maxTokens = RequestLimit.maxTokens(of: tree) ?? expected
        switch row.operation {
        case .converseStream:
            for field in ["inference_profile", "tier"] where names.contains(field) {
                throw FieldFault(field, "stands beside 'body', which says it all")
            }
            row.latency = tree["performanceConfig"]?["latency"]?.string
            row.tier = tree["serviceTier"]?["type"]?.string
        case .invokeModelWithResponseStream:
            row.latency = try latency(defaults)
            row.tier = text["tier"] ?? defaults.tier
            row.headers = InvokeBody.headers(latency: row.latency, tier: row.tier)
        }
        return body
    }

    private func content(
        model: String,
        _ operation: BedrockOperation,
        _ defaults: RowDefaults,
        _ attachments: Attachments
    ) throws(FieldFault) -> RequestContent {
        let limit = try limited("expected_output_tokens", integer["expected_output_tokens"])
        let otherLimit = try limited("max_tokens", integer["max_tokens"])
        if let limit, let otherLimit, limit != otherLimit {
            throw FieldFault("max_tokens", "says \(otherLimit), and expected_output_tokens says \(limit)")
        }
        for field in Self.reals {
            guard let value = real[field], !(0...1).contains(value) else { continue }
            throw FieldFault(field, "expected 0 to 1, found \(value)")
        }
        let family = RequestFamily(modelID: model)
        if let topK = integer["top_k"] {
            guard topK >= 0 else { throw FieldFault("top_k", "expected 0 or more, found \(topK)") }
            guard family?.takesTopK ?? true else { throw FieldFault("top_k", "this family of models takes none") }
        }
        if let fields = tree["additional_model_request_fields"], fields.members == nil {
            throw FieldFault("additional_model_request_fields", "expected an object")
        }
        return RequestContent(
            family: family,
            messages: try messages(attachments),
            system: text["system"] ?? defaults.system,
            maxTokens: otherLimit ?? limit ?? defaults.maxTokens,
            temperature: real["temperature"] ?? defaults.temperature,
            topP: real["top_p"] ?? defaults.topP,
            topK: integer["top_k"] ?? (family?.takesTopK ?? true ? defaults.topK : nil),
            stopSequences: stopSequences,
            latency: try latency(defaults),
            tier: text["tier"] ?? defaults.tier,
            additionalFields: tree["additional_model_request_fields"],
            cachePoint: try tree["cache_point"].map { value throws(FieldFault) in try CachePoint(value) }
        )
    }

    private func limited(_ field: String, _ value: Int?) throws(FieldFault) -> Int? {
        guard let value else { return nil }
        guard (1...10_000_000).contains(value) else {
            throw FieldFault(field, "expected a whole number from 1, found \(value)")
        }
        return value
    }

    private func latency(_ defaults: RowDefaults) throws(FieldFault) -> String? {
        guard let profile = text["inference_profile"] else { return defaults.latency?.rawValue }
        guard DatasetRow.Latency(rawValue: profile) != nil else {
            throw FieldFault("inference_profile", "expected 'optimized' or 'standard', found '\(profile)'")
        }
        return profile
    }

    private func messages(_ attachments: Attachments) throws(FieldFault) -> [RequestMessage] {
        guard let list = tree["messages"] else {
            guard let prompt = text["text_prompt"] else {
                throw FieldFault("text_prompt", "is missing; a row has a text_prompt, messages, or a body")
            }
            guard !prompt.isEmpty else { throw FieldFault("text_prompt", "expected a prompt, found an empty string") }
            return [RequestMessage(role: "user", content: [.object(["text": .string(prompt)])])]
        }
        guard text["text_prompt"] == nil else {
            throw FieldFault("text_prompt", "stands beside 'messages'; choose one")
        }
        guard let elements = list.elements, !elements.isEmpty else {
            throw FieldFault("messages", "expected an array with at least one message")
        }
        var messages: [RequestMessage] = []
        for element in elements {
            guard let role = element["role"]?.string, ["user", "assistant"].contains(role) else {
                throw FieldFault("messages", "expected each message's 'role' to be 'user' or 'assistant'")
            }
            // A bare string is the one text block that it would take to write it out.
            let content = element["content"].map { $0.string.map { .array([.object(["text": .string($0)])]) } ?? $0 }
            guard let blocks = content?.elements, !blocks.isEmpty else {
                throw FieldFault("messages", "expected each message's 'content' to be a text or an array of blocks")
            }
            if let extra = element.members?.first(where: { $0.key != "role" && $0.key != "content" }) {
                throw FieldFault("messages", "a message has no '\(extra.key)'; it has a role and content")
            }
            messages.append(
                RequestMessage(role: role, content: try attachments.resolved(.array(blocks)).elements ?? [])
            )
        }
        return messages
    }
}
