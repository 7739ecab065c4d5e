// What a request asked of the model, read from the body that went over the wire.

import Core

/// The inference parameters of a request; `nil` where the body states none.
package struct RequestParameters: Hashable, Sendable {
    package var maximumOutputTokens: Int?
    package var temperature: Double?
    package var topP: Double?
    package var topK: Double?

    /// Reads a body of either operation; a body that is no JSON object states nothing.
    package init(body: String) {
        let bytes = Array(body.utf8)
        var cursor = JSONCursor(bytes.span.bytes)
        try? read(&cursor, depth: 0)
    }

    /// The objects that models nest their parameters in.
    private static let groups: Set<String> = [
        "inferenceConfig", "additionalModelRequestFields", "textGenerationConfig",
    ]

    private mutating func read(_ cursor: inout JSONCursor, depth: Int) throws(JSONError) {
        guard try cursor.peek() == .object else {
            try cursor.skipValue()
            return
        }
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            let name = try cursor.text(key)
            let isNumber = try cursor.peek() == .number
            switch name {
            case "maxTokens", "max_tokens", "max_gen_len", "maxTokenCount", "max_new_tokens", "max_completion_tokens",
                "max_tokens_to_sample":
                if isNumber { maximumOutputTokens = Int(exactly: try cursor.double()) } else { try cursor.skipValue() }
            case "temperature":
                if isNumber { temperature = try cursor.double() } else { try cursor.skipValue() }
            case "topP", "top_p", "p":
                if isNumber { topP = try cursor.double() } else { try cursor.skipValue() }
            case "topK", "top_k", "k":
                if isNumber { topK = try cursor.double() } else { try cursor.skipValue() }
            default:
                if depth < 2, Self.groups.contains(name) {
                    try read(&cursor, depth: depth + 1)
                } else {
                    try cursor.skipValue()
                }
            }
        }
    }
}
