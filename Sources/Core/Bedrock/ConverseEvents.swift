// The events of ConverseStream (Amazon Bedrock Runtime 2023-09-30, ConverseStreamOutput); Amazon Nova's own streams
// have the same objects within their chunks.

/// The members of ConverseStreamOutput that are no errors.
enum ConverseEventType: CaseIterable {
    case contentBlockDelta, contentBlockStop, contentBlockStart, messageStart, messageStop, metadata

    /// The name on the wire.
    var name: StaticString {
        switch self {
        case .contentBlockDelta: return "contentBlockDelta"
        case .contentBlockStart: return "contentBlockStart"
        case .contentBlockStop: return "contentBlockStop"
        case .messageStart: return "messageStart"
        case .messageStop: return "messageStop"
        case .metadata: return "metadata"
        }
    }
}

/// Reads the objects of ConverseStream events.
enum ConverseEvents {
    /// Reads the object of an event of `type`, which comes next.
    ///
    /// - Returns: The counts of tokens that `metadata` states, for the caller knows whose they are; else `nil`.
    static func read(
        _ type: ConverseEventType,
        _ cursor: inout JSONCursor,
        _ tally: inout MetadataTally,
        _ emit: (BedrockEvent) -> Void
    ) throws(JSONError) -> TokenUsage? {
        switch type {
        case .contentBlockDelta: try readDelta(&cursor, emit)
        case .contentBlockStart: emit(try readBlockStart(&cursor))
        case .contentBlockStop: emit(.blockStop(index: try cursor.integer(of: "contentBlockIndex")))
        case .messageStart: emit(.messageStart(role: try cursor.string(of: "role")))
        case .messageStop: emit(.messageStop(reason: try cursor.string(of: "stopReason")))
        case .metadata: return try readMetadata(&cursor, &tally)
        }
        return nil
    }

    // MARK: Content

    private static func readDelta(_ cursor: inout JSONCursor, _ emit: (BedrockEvent) -> Void) throws(JSONError) {
        var index: Int?
        var first: ContentDelta?
        // The model allows exactly one member; should there be more, none is lost.
        var others: [ContentDelta] = []
        guard try cursor.enterIfObject() else { return }
        while let key = try cursor.nextKey() {
            if cursor.matches(key, "contentBlockIndex") {
                index = try cursor.integerIfAny()
            } else if cursor.matches(key, "delta") {
                guard try cursor.enterIfObject() else { continue }
                while let member = try cursor.nextKey() {
                    let delta = try readDeltaMember(member, &cursor)
                    if first == nil {
                        first = delta
                    } else {
                        others.append(delta)
                    }
                }
            } else {
                try cursor.skipValue()
            }
        }
        var delta = first ?? ContentDelta(kind: .other, textByteCount: 0)
        delta.blockIndex = index
        emit(.delta(delta))
        for var delta in others {
            delta.blockIndex = index
            emit(.delta(delta))
        }
    }

    private static func readDeltaMember(
        _ member: JSONStringSlice,
        _ cursor: inout JSONCursor
    ) throws(JSONError) -> ContentDelta {
        if cursor.matches(member, "text") {
            return ContentDelta(kind: .text, textByteCount: try cursor.utf8CountIfAny() ?? 0)
        }
        if cursor.matches(member, "toolUse") {
            return ContentDelta(kind: .toolInput, textByteCount: try cursor.utf8Count(of: "input") ?? 0)
        }
        if cursor.matches(member, "reasoningContent") { return try readReasoning(&cursor) }
        if cursor.matches(member, "citation") { return try readOpaque(.citation, &cursor) }
        if cursor.matches(member, "toolResult") { return try readOpaque(.toolResult, &cursor) }
        if cursor.matches(member, "image") { return try readOpaque(.image, &cursor) }
        return try readOpaque(.other, &cursor)
    }

    private static func readReasoning(_ cursor: inout JSONCursor) throws(JSONError) -> ContentDelta {
        var delta = ContentDelta(kind: .reasoning, textByteCount: 0)
        guard try cursor.enterIfObject() else { return delta }
        while let key = try cursor.nextKey() {
            if cursor.matches(key, "text") {
                delta = ContentDelta(kind: .reasoning, textByteCount: try cursor.utf8CountIfAny() ?? 0)
            } else if cursor.matches(key, "signature") {
                delta = try readOpaque(.signature, &cursor)
            } else if cursor.matches(key, "redactedContent") {
                delta = try readOpaque(.redactedReasoning, &cursor)
            } else {
                try cursor.skipValue()
            }
        }
        return delta
    }

    private static func readBlockStart(_ cursor: inout JSONCursor) throws(JSONError) -> BedrockEvent {
        var index: Int?
        var kind = DeltaKind.other
        guard try cursor.enterIfObject() else { return .blockStart(index: nil, kind: .other) }
        while let key = try cursor.nextKey() {
            if cursor.matches(key, "contentBlockIndex") {
                index = try cursor.integerIfAny()
            } else if cursor.matches(key, "start") {
                guard try cursor.enterIfObject() else { continue }
                while let member = try cursor.nextKey() {
                    if cursor.matches(member, "toolUse") { kind = .toolInput }
                    if cursor.matches(member, "toolResult") { kind = .toolResult }
                    if cursor.matches(member, "image") { kind = .image }
                    try cursor.skipValue()
                }
            } else {
                try cursor.skipValue()
            }
        }
        return .blockStart(index: index, kind: kind)
    }

    // MARK: Metadata

    private static func readMetadata(
        _ cursor: inout JSONCursor,
        _ tally: inout MetadataTally
    ) throws(JSONError) -> TokenUsage {
        var usage = TokenUsage()
        guard try cursor.enterIfObject() else { return usage }
        while let key = try cursor.nextKey() {
            if cursor.matches(key, "usage") {
                usage = try readUsage(&cursor)
            } else if cursor.matches(key, "metrics") {
                tally.statement.serverLatencyMilliseconds = try cursor.double(of: "latencyMs")
            } else if cursor.matches(key, "performanceConfig") {
                tally.statement.servedLatency = try cursor.string(of: "latency")
            } else if cursor.matches(key, "serviceTier") {
                tally.statement.servedTier = try cursor.string(of: "type")
            } else if cursor.matches(key, "trace") {
                try readTrace(&cursor, &tally)
            } else {
                try cursor.skipValue()
            }
        }
        return usage
    }

    /// Reads `usage`; the cache counts are also seen under an older spelling with `Count`.
    private static func readUsage(_ cursor: inout JSONCursor) throws(JSONError) -> TokenUsage {
        var usage = TokenUsage()
        guard try cursor.enterIfObject() else { return usage }
        while let key = try cursor.nextKey() {
            if cursor.matches(key, "inputTokens") {
                usage.inputTokens = try cursor.countIfAny()
            } else if cursor.matches(key, "outputTokens") {
                usage.outputTokens = try cursor.countIfAny()
            } else if cursor.matches(key, "totalTokens") {
                usage.totalTokens = try cursor.countIfAny()
            } else if cursor.matches(key, "cacheReadInputTokens") || cursor.matches(key, "cacheReadInputTokenCount") {
                usage.cacheReadTokens = try cursor.countIfAny() ?? usage.cacheReadTokens
            } else if cursor.matches(key, "cacheWriteInputTokens") || cursor.matches(key, "cacheWriteInputTokenCount") {
                usage.cacheWriteTokens = try cursor.countIfAny() ?? usage.cacheWriteTokens
            } else {
                try cursor.skipValue()
            }
        }
        return usage
    }

    private static func readTrace(_ cursor: inout JSONCursor, _ tally: inout MetadataTally) throws(JSONError) {
        guard try cursor.enterIfObject() else { return }
        while let key = try cursor.nextKey() {
            if cursor.matches(key, "promptRouter") {
                tally.statement.invokedModelID = try cursor.string(of: "invokedModelId")
            } else {
                try cursor.skipValue()
            }
        }
    }

    /// A delta of a kind without generated text; it is empty where its value is.
    private static func readOpaque(_ kind: DeltaKind, _ cursor: inout JSONCursor) throws(JSONError) -> ContentDelta {
        ContentDelta(kind: kind, textByteCount: 0, isEmpty: try cursor.skipIfEmpty())
    }
}
