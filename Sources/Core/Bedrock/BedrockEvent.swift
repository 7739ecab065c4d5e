// What a streamed Bedrock response says: one vocabulary for both operations and every model family.

/// What a piece of generated content is.
public enum DeltaKind: String, Hashable, Sendable, CaseIterable {
    /// Visible text.
    case text
    /// Reasoning ("thinking") text.
    case reasoning
    /// A fragment of the JSON text of a tool's input.
    case toolInput
    /// The signature over a reasoning block.
    case signature
    /// Reasoning that the model provider encrypted.
    case redactedReasoning
    /// A source that the text rests on.
    case citation
    /// What a tool that ran on the server gave back.
    case toolResult
    /// A generated image.
    case image
    /// A kind this version does not know.
    case other

    /// Whether the model generates such content token by token, so that its arrival says how fast it generates.
    public var isGeneratedText: Bool {
        switch self {
        case .text, .reasoning, .toolInput: return true
        case .signature, .redactedReasoning, .citation, .toolResult, .image, .other: return false
        }
    }
}

/// A piece of content as it arrived.
public struct ContentDelta: Hashable, Sendable {
    /// What it is.
    public var kind: DeltaKind
    /// The UTF-8 bytes of generated text in it; 0 for kinds that carry none.
    public var textByteCount: Int
    /// Whether nothing is in it; services do send empty deltas.
    public var isEmpty: Bool
    /// The content block it belongs to, or the choice where a model streams several; `nil` where the stream names none.
    public var blockIndex: Int?

    /// Makes a delta; one without text is empty unless `isEmpty` says otherwise.
    public init(kind: DeltaKind, textByteCount: Int, isEmpty: Bool? = nil, blockIndex: Int? = nil) {
        self.kind = kind
        self.textByteCount = textByteCount
        self.isEmpty = isEmpty ?? (textByteCount == 0)
        self.blockIndex = blockIndex
    }

    /// Whether it carries generated text: such a delta is, or holds, tokens.
    public var isContent: Bool { kind.isGeneratedText && !isEmpty }
}

/// The counts of tokens that a response states; `nil` where it states none.
public struct TokenUsage: Hashable, Sendable {
    /// Tokens of the request that were read anew.
    public var inputTokens: Int?
    /// Tokens that were generated.
    public var outputTokens: Int?
    /// The total as stated; never summed by us.
    public var totalTokens: Int?
    /// Tokens of the request that came from the prompt cache.
    public var cacheReadTokens: Int?
    /// Tokens of the request that were written to the prompt cache.
    public var cacheWriteTokens: Int?

    /// Makes counts; what is left out is not stated.
    public init(
        inputTokens: Int? = nil,
        outputTokens: Int? = nil,
        totalTokens: Int? = nil,
        cacheReadTokens: Int? = nil,
        cacheWriteTokens: Int? = nil
    ) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.totalTokens = totalTokens
        self.cacheReadTokens = cacheReadTokens
        self.cacheWriteTokens = cacheWriteTokens
    }
}

/// What a response says about itself at its end.
public struct ResponseMetadata: Hashable, Sendable {
    /// The counts that hold: the service's, and the model's where the service states none.
    public var usage: TokenUsage
    /// The counts in the model's own JSON, which may differ; `nil` where the stream has none beside the service's.
    public var modelUsage: TokenUsage?
    /// Whether the service itself has spoken.
    ///
    /// It does so last, in `metadata` of ConverseStream and `amazon-bedrock-invocationMetrics` of
    /// InvokeModelWithResponseStream; a stream without was cut or blocked.
    public var isFromService: Bool
    /// The service's duration of the whole invocation, in milliseconds.
    public var serverLatencyMilliseconds: Double?
    /// The service's duration up to its first byte, in milliseconds.
    public var serverFirstByteMilliseconds: Double?
    /// The performance profile that served the request: `optimized` or `standard`.
    public var servedLatency: String?
    /// The service tier that served the request.
    public var servedTier: String?
    /// The model that a prompt router chose.
    public var invokedModelID: String?

    /// Makes metadata; what is left out is not stated.
    public init(
        usage: TokenUsage = TokenUsage(),
        modelUsage: TokenUsage? = nil,
        isFromService: Bool = false,
        serverLatencyMilliseconds: Double? = nil,
        serverFirstByteMilliseconds: Double? = nil,
        servedLatency: String? = nil,
        servedTier: String? = nil,
        invokedModelID: String? = nil
    ) {
        self.usage = usage
        self.modelUsage = modelUsage
        self.isFromService = isFromService
        self.serverLatencyMilliseconds = serverLatencyMilliseconds
        self.serverFirstByteMilliseconds = serverFirstByteMilliseconds
        self.servedLatency = servedLatency
        self.servedTier = servedTier
        self.invokedModelID = invokedModelID
    }
}

/// An error that came as a message of the stream, and ends it.
public struct StreamException: Hashable, Sendable {
    /// The name as sent, for example `throttlingException`.
    public var name: String
    /// The text for a person; empty where there is none.
    public var message: String

    /// Makes an exception.
    public init(name: String, message: String) {
        self.name = name
        self.message = message
    }
}

/// One thing that a streamed response says.
public enum BedrockEvent: Hashable, Sendable {
    /// The message begins; families that do not say so yield no such event.
    case messageStart(role: String?)
    /// A content block begins. Text blocks of ConverseStream do not say so.
    case blockStart(index: Int?, kind: DeltaKind)
    /// Content.
    case delta(ContentDelta)
    /// A content block ends.
    case blockStop(index: Int?)
    /// The model stopped, and why, in its own words.
    case messageStop(reason: String?)
    /// What the response says about itself. A later one holds everything of those before it, so the last one counts.
    indirect case metadata(ResponseMetadata)
    /// An error within the stream.
    case exception(StreamException)
    /// A sign of life without content.
    case ping
    /// Something this version does not know, with its type as sent or what is wrong with it.
    case other(String)
}
