// The body of an InvokeModelWithResponseStream request: each family of models has its own JSON (Amazon Bedrock User
// Guide, "Inference request parameters and response fields for foundation models").

import Core

enum InvokeBody {
    /// The JSON for the wire.
    static func bytes(_ content: RequestContent, model: String) throws(FieldFault) -> [UInt8] {
        guard let family = content.family else {
            throw FieldFault(
                "model_id",
                "names no family of models whose invoke-model body is known; give the row a raw 'body'"
            )
        }
        if content.cachePoint != nil, family != .anthropic, family != .nova {
            throw FieldFault("cache_point", "this family of models has none with this operation")
        }
        let body =
            switch family {
            case .anthropic: try AnthropicBody.tree(content)
            case .nova: NovaBody.tree(content)
            case .llama: try LlamaBody.tree(content, model: model)
            case .mistral: try MistralBody.tree(content, model: model)
            case .cohere: try CohereBody.tree(content, model: model)
            case .deepSeek: try DeepSeekBody.tree(content)
            }
        return try content.withAdditionalFields(body).bytes
    }

    /// Profile and tier, which this operation takes as header fields.
    static func headers(_ content: RequestContent) -> [HeaderField] {
        headers(latency: content.latency, tier: content.tier)
    }

    static func headers(latency: String?, tier: String?) -> [HeaderField] {
        var headers: [HeaderField] = []
        if let latency { headers.append(HeaderField("X-Amzn-Bedrock-PerformanceConfig-Latency", latency)) }
        if let tier { headers.append(HeaderField("X-Amzn-Bedrock-Service-Tier", tier)) }
        return headers
    }
}
