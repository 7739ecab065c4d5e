// What a response has said about itself so far, from both sources that an invoke stream has.

/// Collects counts and durations until they are told as one ``ResponseMetadata``.
struct MetadataTally: Sendable {
    /// The service's own counts.
    var serviceUsage: TokenUsage?
    /// The counts in the model's JSON.
    var modelUsage = TokenUsage()
    /// Everything but the counts.
    var statement = ResponseMetadata()
    /// Whether something was learned that should be told now, and not only with the last message.
    var isDue = false
    /// Whether `messageStart` was told; some families name the role in every chunk.
    var hasStarted = false

    /// Everything so far.
    var metadata: ResponseMetadata {
        var metadata = statement
        metadata.usage = serviceUsage?.completed(from: modelUsage) ?? modelUsage
        metadata.modelUsage = modelUsage == TokenUsage() ? nil : modelUsage
        metadata.isFromService = serviceUsage != nil
        return metadata
    }
}

extension TokenUsage {
    /// These counts, and those of `other` where these state none; a total only fits the counts it came with.
    func completed(from other: TokenUsage) -> TokenUsage {
        TokenUsage(
            inputTokens: inputTokens ?? other.inputTokens,
            outputTokens: outputTokens ?? other.outputTokens,
            totalTokens: inputTokens == nil && outputTokens == nil ? totalTokens ?? other.totalTokens : totalTokens,
            cacheReadTokens: cacheReadTokens ?? other.cacheReadTokens,
            cacheWriteTokens: cacheWriteTokens ?? other.cacheWriteTokens
        )
    }

    /// Takes every count that `newer` states.
    mutating func update(with newer: TokenUsage) {
        inputTokens = newer.inputTokens ?? inputTokens
        outputTokens = newer.outputTokens ?? outputTokens
        totalTokens = newer.totalTokens ?? totalTokens
        cacheReadTokens = newer.cacheReadTokens ?? cacheReadTokens
        cacheWriteTokens = newer.cacheWriteTokens ?? cacheWriteTokens
    }
}

extension MetadataTally {
    /// Reads the value of `amazon-bedrock-invocationMetrics`, the service's own account of an invocation.
    mutating func readInvocationMetrics(_ cursor: inout JSONCursor) throws(JSONError) {
        guard try cursor.enterIfObject() else { return }
        var usage = TokenUsage()
        while let key = try cursor.nextKey() {
            if cursor.matches(key, "inputTokenCount") {
                usage.inputTokens = try cursor.countIfAny()
            } else if cursor.matches(key, "outputTokenCount") {
                usage.outputTokens = try cursor.countIfAny()
            } else if cursor.matches(key, "cacheReadInputTokenCount") {
                usage.cacheReadTokens = try cursor.countIfAny()
            } else if cursor.matches(key, "cacheWriteInputTokenCount") {
                usage.cacheWriteTokens = try cursor.countIfAny()
            } else if cursor.matches(key, "invocationLatency") {
                statement.serverLatencyMilliseconds = try cursor.doubleIfAny()
            } else if cursor.matches(key, "firstByteLatency") {
                statement.serverFirstByteMilliseconds = try cursor.doubleIfAny()
            } else {
                try cursor.skipValue()
            }
        }
        serviceUsage = usage
        isDue = true
    }
}
