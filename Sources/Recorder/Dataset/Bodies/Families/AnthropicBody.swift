// Anthropic Claude: the Messages API on Amazon Bedrock.

enum AnthropicBody {
    static func tree(_ content: RequestContent) throws(FieldFault) -> JSONTree {
        let last = content.messages.lastIndex { $0.role == "user" }
        var messages: [JSONTree] = []
        for (index, message) in content.messages.enumerated() {
            var blocks: [JSONTree] = []
            for block in message.content { blocks.append(try self.block(block)) }
            if content.cachePoint?.isInMessages == true, index == last, let final = blocks.popLast() {
                blocks.append(cached(final, content.cachePoint))
            }
            messages.append(.object(["role": .string(message.role), "content": .array(blocks)]))
        }
        return .object([
            "anthropic_version": .string("bedrock-2023-05-31"),
            "max_tokens": .number(content.maxTokens),
            "system": system(content),
            "messages": .array(messages),
            "temperature": content.temperature.map { .number($0) },
            "top_p": content.topP.map { .number($0) },
            "top_k": content.topK.map { .number($0) },
            "stop_sequences": .strings(content.stopSequences),
        ])
    }

    private static func system(_ content: RequestContent) -> JSONTree? {
        guard let text = content.system else { return nil }
        guard content.cachePoint?.isInSystem == true else { return .string(text) }
        return .array([cached(textBlock(text), content.cachePoint)])
    }

    private static func textBlock(_ text: String) -> JSONTree {
        .object(["type": .string("text"), "text": .string(text)])
    }

    private static func cached(_ block: JSONTree, _ point: CachePoint?) -> JSONTree {
        let control = JSONTree.object(["type": .string("ephemeral"), "ttl": point?.ttl.map { .string($0) }])
        return .object((block.members ?? []) + [.init(key: "cache_control", value: control)])
    }

    /// A block of the Converse API in the words of the Messages API.
    private static func block(_ block: JSONTree) throws(FieldFault) -> JSONTree {
        guard let member = block.members?.first, block.members?.count == 1 else {
            throw FieldFault("messages", "expected each block of content to have exactly one member")
        }
        func source(_ mediaType: String) -> JSONTree? {
            guard let bytes = member.value["source"]?["bytes"] else { return nil }
            return .object(["type": .string("base64"), "media_type": .string(mediaType), "data": bytes])
        }
        switch member.key {
        case "text":
            if let text = member.value.string { return textBlock(text) }
        case "image":
            if let format = member.value["format"]?.string, let source = source("image/\(format)") {
                return .object(["type": .string("image"), "source": source])
            }
        case "document":
            if member.value["format"]?.string == "pdf", let source = source("application/pdf") {
                return .object(["type": .string("document"), "source": source, "title": member.value["name"]])
            }
        default:
            break
        }
        throw FieldFault(
            "messages",
            "no '\(member.key)' of this form with this operation; use converse-stream or a body"
        )
    }
}
