// The members of a request's JSON that shape a synthetic answer: limits, profile, tier, tools, and how much text there is.

import Core

/// What a synthetic answer takes from the request's body and headers.
struct RequestBody: Hashable, Sendable {
    /// The most output tokens the request allows.
    var maximumTokens: Int?
    /// The latency profile asked for (`standard` or `optimized`).
    var latency: String?
    /// The service tier asked for.
    var tier: String?
    /// Characters of prompt text, system text included.
    var characterCount = 0
    /// The name of the first tool offered, and whether the request insists on a tool.
    var toolName: String?
    var mustUseTool = false

    /// Reads the request; unknown members are left alone, as the service's models do with each other's.
    ///
    /// - Throws: `AWSError`, a `ValidationException`, where the body is not a JSON object or a limit is not one.
    init(_ request: RuntimeRequest) throws(AWSError) {
        do {
            var cursor = JSONCursor(request.body.span.bytes)
            try readObject(&cursor, request.operation)
            try cursor.finish()
        } catch let error as AWSError {
            throw error
        } catch {
            throw .validation("Malformed input request, please reformat your input and try again. (\(error))")
        }
        if request.operation == .invokeModelWithResponseStream {
            latency = request.headers["x-amzn-bedrock-performanceconfig-latency"] ?? latency
            tier = request.headers["x-amzn-bedrock-service-tier"] ?? tier
        }
        if let latency, latency != "standard", latency != "optimized" {
            throw .validation("Value '\(latency)' at 'performanceConfig.latency' must be one of: standard, optimized")
        }
        if let maximumTokens, maximumTokens < 1 {
            throw .validation("Value '\(maximumTokens)' at the maximum number of tokens must be at least 1")
        }
    }

    /// The keys under which the model families keep the limit of output tokens.
    private static let limitKeys: Set<String> = [
        "maxTokens", "max_tokens", "max_new_tokens", "max_gen_len", "maxTokenCount", "max_tokens_to_sample",
        "max_completion_tokens",
    ]
    /// The members that hold the limit one level down.
    private static let settingKeys: Set<String> = ["inferenceConfig", "textGenerationConfig"]
    /// The members that hold text, at any depth below them.
    private static let promptKeys: Set<String> = [
        "messages", "system", "prompt", "inputText", "message", "chat_history",
    ]

    private mutating func readObject(_ cursor: inout JSONCursor, _ operation: RuntimeOperation) throws {
        try cursor.enterObject()
        while let slice = try cursor.nextKey() {
            let key = try cursor.text(slice)
            if Self.settingKeys.contains(key) {
                try readSettings(&cursor)
            } else if Self.limitKeys.contains(key) {
                maximumTokens = try cursor.optionalInteger()
            } else if Self.promptKeys.contains(key) {
                try countText(&cursor, depth: 0)
            } else if operation == .converseStream, key == "performanceConfig" {
                latency = try textMember("latency", of: &cursor)
            } else if operation == .converseStream, key == "serviceTier" {
                tier = try textMember("type", of: &cursor)
            } else if operation == .converseStream, key == "toolConfig" {
                try readTools(&cursor)
            } else {
                try cursor.skipValue()
            }
        }
    }

    private mutating func readSettings(_ cursor: inout JSONCursor) throws {
        try cursor.enterObject()
        while let slice = try cursor.nextKey() {
            if Self.limitKeys.contains(try cursor.text(slice)) {
                maximumTokens = try cursor.optionalInteger()
            } else {
                try cursor.skipValue()
            }
        }
    }

    private func textMember(_ name: String, of cursor: inout JSONCursor) throws -> String? {
        var text: String?
        try cursor.enterObject()
        while let slice = try cursor.nextKey() {
            if try cursor.text(slice) == name { text = try cursor.optionalString() } else { try cursor.skipValue() }
        }
        return text
    }

    /// Adds the characters of the strings under `text`, `content` and `message` keys, or of a bare string.
    private mutating func countText(_ cursor: inout JSONCursor, depth: Int) throws {
        guard depth < JSONCursor.maximumDepth else {
            throw AWSError.validation("The request is nested more than \(JSONCursor.maximumDepth) levels deep.")
        }
        switch try cursor.peek() {
        case .string:
            characterCount += try cursor.string().unicodeScalars.count
        case .array:
            try cursor.enterArray()
            while try cursor.nextElement() { try countText(&cursor, depth: depth + 1) }
        case .object:
            try cursor.enterObject()
            while let slice = try cursor.nextKey() {
                let key = try cursor.text(slice)
                let isString = try cursor.peek() == .string
                if isString, key != "text", key != "content", key != "message" {
                    try cursor.skipValue()
                } else if key == "source" {
                    // Images and documents are bytes, not text.
                    try cursor.skipValue()
                } else {
                    try countText(&cursor, depth: depth + 1)
                }
            }
        case .number, .bool, .null:
            try cursor.skipValue()
        }
    }

    private mutating func readTools(_ cursor: inout JSONCursor) throws {
        try cursor.enterObject()
        while let slice = try cursor.nextKey() {
            switch try cursor.text(slice) {
            case "toolChoice":
                try cursor.enterObject()
                while let choice = try cursor.nextKey() {
                    mustUseTool = try cursor.text(choice) != "auto"
                    try cursor.skipValue()
                }
            case "tools":
                try cursor.enterArray()
                while try cursor.nextElement() { try readTool(&cursor) }
            default:
                try cursor.skipValue()
            }
        }
    }

    private mutating func readTool(_ cursor: inout JSONCursor) throws {
        try cursor.enterObject()
        while let slice = try cursor.nextKey() {
            if try cursor.text(slice) == "toolSpec" {
                let name = try textMember("name", of: &cursor)
                toolName = toolName ?? name
            } else {
                try cursor.skipValue()
            }
        }
    }
}
