// The body of a ConverseStream request (Bedrock runtime API, 2023-09-30): what the row says, and nothing else.

import Core

enum ConverseBody {
    /// The JSON for the wire; members stand in one fixed order, so equal rows give equal bytes.
    static func bytes(_ content: RequestContent) throws(FieldFault) -> [UInt8] {
        let body = JSONTree.object([
            "messages": messages(content),
            "system": system(content),
            "inferenceConfig": .object([
                "maxTokens": .number(content.maxTokens),
                "temperature": content.temperature.map { .number($0) },
                "topP": content.topP.map { .number($0) },
                "stopSequences": .strings(content.stopSequences),
            ]),
            "additionalModelRequestFields": try additionalFields(content),
            "performanceConfig": content.latency.map { .object(["latency": .string($0)]) },
            "serviceTier": content.tier.map { .object(["type": .string($0)]) },
        ])
        return body.bytes
    }

    /// The message list; a cache point stands behind the last user message's blocks.
    static func messages(_ content: RequestContent) -> JSONTree {
        let last = content.messages.lastIndex { $0.role == "user" }
        return .array(
            content.messages.enumerated().map { index, message in
                var blocks = message.content
                if let point = content.cachePoint, point.isInMessages, index == last { blocks.append(point.block) }
                return .object(["role": .string(message.role), "content": .array(blocks)])
            }
        )
    }

    static func system(_ content: RequestContent) -> JSONTree? {
        guard let text = content.system else { return nil }
        var blocks: [JSONTree] = [.object(["text": .string(text)])]
        if let point = content.cachePoint, point.isInSystem { blocks.append(point.block) }
        return .array(blocks)
    }

    /// Top-k sampling is no member of the Converse API: each family has its own name for it.
    private static func additionalFields(_ content: RequestContent) throws(FieldFault) -> JSONTree? {
        guard let topK = content.topK else { return content.additionalFields }
        let own: JSONTree =
            switch content.family {
            case .nova: .object(["inferenceConfig": .object(["topK": .number(topK)])])
            case .cohere: .object(["k": .number(topK)])
            default: .object(["top_k": .number(topK)])
            }
        return try content.withAdditionalFields(own)
    }
}
