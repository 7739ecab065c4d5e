// The families of model JSON that InvokeModelWithResponseStream carries: what a family has to say, and all there are.

/// Reads the streamed JSON of one family of models.
///
/// A family is recognized by the shape of the object alone, since a trace may name a model by an ARN that tells nothing.
/// No object may be recognized by two families.
protocol ModelFamily: SendableMetatype {
    /// Whether `chunk` is an object of this family.
    static func recognizes(_ chunk: borrowing InvokeChunk) -> Bool

    /// Tells the events of `chunk` and notes what it says about the response.
    static func read(
        _ chunk: borrowing InvokeChunk,
        _ tally: inout MetadataTally,
        _ emit: (BedrockEvent) -> Void
    ) throws(JSONError)
}

/// Every family that is known; a new one is a file beside this one and a line here.
enum ModelFamilies {
    static let all: [any ModelFamily.Type] = [
        AmazonNova.self,
        AmazonTitan.self,
        AnthropicCompletion.self,
        AnthropicMessages.self,
        ChatCompletions.self,
        CohereChat.self,
        CohereGenerate.self,
        MetaLlama.self,
        MistralText.self,
    ]
}
