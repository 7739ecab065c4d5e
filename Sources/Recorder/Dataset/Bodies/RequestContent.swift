// What a request says, before it is written in the form of an operation and a family of models.

import Core

/// One turn of a conversation, in the blocks of the Converse API.
struct RequestMessage: Hashable, Sendable {
    /// `user` or `assistant`.
    var role: String
    var content: [JSONTree]

    /// The text of all blocks.
    ///
    /// - Throws: A fault where a block is no text.
    func text(_ family: String) throws(FieldFault) -> String {
        var text = ""
        for block in content {
            guard let piece = block["text"]?.string, block.members?.count == 1 else {
                throw FieldFault(
                    "messages",
                    "\(family) takes text alone with this operation; use converse-stream or a body"
                )
            }
            text += piece
        }
        return text
    }
}

/// Where the service is to cache what stands before.
struct CachePoint: Hashable, Sendable {
    var isInSystem = false
    var isInMessages = false
    /// `5m` or `1h`; `nil` for the service's default.
    var ttl: String?

    /// Reads `"system"`, `"messages"`, an array of both, or an object with `at` and `ttl`.
    init(_ value: JSONTree) throws(FieldFault) {
        let places = value["at"] ?? value
        for place in places.elements ?? [places] {
            switch place.string {
            case "system": isInSystem = true
            case "messages": isInMessages = true
            default:
                throw FieldFault(
                    "cache_point",
                    #"expected "system", "messages", ["system", "messages"] or {"at": "system", "ttl": "1h"}"#
                )
            }
        }
        guard let ttl = value["ttl"] else { return }
        guard let text = ttl.string, ["5m", "1h"].contains(text) else {
            throw FieldFault("cache_point", #"expected a "ttl" of "5m" or "1h""#)
        }
        self.ttl = text
    }

    /// The block of the Converse API.
    var block: JSONTree {
        .object(["cachePoint": .object(["type": .string("default"), "ttl": ttl.map { .string($0) }])])
    }
}

/// A request's content and settings.
struct RequestContent: Hashable, Sendable {
    /// `nil` for a model whose id names no known family.
    var family: RequestFamily?
    var messages: [RequestMessage]
    var system: String?
    var maxTokens: Int
    var temperature: Double?
    var topP: Double?
    var topK: Int?
    var stopSequences: [String]
    var latency: String?
    var tier: String?
    /// An object.
    var additionalFields: JSONTree?
    var cachePoint: CachePoint?

    /// `body` with the row's additional fields merged in.
    func withAdditionalFields(_ body: JSONTree) throws(FieldFault) -> JSONTree {
        guard let additionalFields else { return body }
        guard let merged = body.merged(with: additionalFields) else {
            throw FieldFault("additional_model_request_fields", "sets a member that another field of the row sets")
        }
        return merged
    }
}

/// The families of models whose request bodies are known.
enum RequestFamily: Hashable, Sendable, CaseIterable {
    case anthropic
    case nova
    case llama
    case mistral
    case cohere
    case deepSeek

    /// The family that a model id, an inference-profile id or an ARN names; `nil` where it names none.
    init?(modelID: String) {
        let marks: [(String, RequestFamily)] = [
            ("anthropic.", .anthropic), ("amazon.nova", .nova), ("meta.llama", .llama), ("mistral.", .mistral),
            ("cohere.", .cohere), ("deepseek.", .deepSeek),
        ]
        guard let found = marks.first(where: { modelID.contains($0.0) }) else { return nil }
        self = found.1
    }

    /// Whether the family's models know top-k sampling.
    var takesTopK: Bool { self != .llama && self != .deepSeek }
}

/// Finds the limit of output tokens in a body of any family.
enum RequestLimit {
    private static let keys = ["maxTokens", "max_tokens", "max_gen_len", "max_completion_tokens", "maxTokenCount"]

    /// The limit; `nil` where the body states none.
    static func maxTokens(of body: JSONTree) -> Int? {
        for object in [body, body["inferenceConfig"], body["textGenerationConfig"]].compactMap({ $0 }) {
            for key in keys {
                if let limit = object[key]?.integer, limit > 0 { return limit }
            }
        }
        return nil
    }
}
