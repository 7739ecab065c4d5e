// The members of a request's JSON that shape a synthetic answer: limits, profile, tier, tools, and how much text there is.

import Core

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a synthetic answer takes from the request's body and headers.
struct RequestBody: Hashable, Sendable {
    /// Text of the request, its characters, and how many of them stand before the last cache point.
    struct PromptText: Hashable, Sendable {
        /// The strings of the text, each with a line end behind it.
        var text = ""
        var all = 0
        var cached = 0
    }

    /// The most output tokens the request allows.
    var maximumTokens: Int?
    /// The latency profile asked for (`standard` or `optimized`).
    var latency: String?
    /// The service tier asked for.
    var tier: String?
    /// The first tool offered.
    var tool: OfferedTool?
    /// Whether the request insists on a tool's call.
    var mustUseTool = false
    private var systemText = PromptText()
    private var promptText = PromptText()

    /// What the request says: its system text, then its messages or prompt.
    var text: String { systemText.text + promptText.text }

    /// Characters of prompt text, system text included.
    var characterCount: Int { systemText.all + promptText.all }
    /// Characters before the last cache point; the system text precedes the messages, wherever it stands in the JSON.
    var cachedCharacterCount: Int {
        promptText.cached > 0 ? systemText.all + promptText.cached : systemText.cached
    }

    /// Reads the request; unknown members are left alone, as the service's models do with each other's.
    ///
    /// - Throws: `AWSError`, a `ValidationException`, where the body is not a JSON object or a limit is not one.
    init(_ request: RuntimeRequest) throws(AWSError) {
        do {
            try read(request.body, request.operation)
        } catch let error as AWSError {
            throw error
        } catch {
            throw .validation("Malformed input request, please reformat your input and try again. (\(error))")
        }
        if !request.operation.isConverse {
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
    /// The members that hold the prompt's text, at any depth below them.
    private static let promptKeys: Set<String> = ["messages", "prompt", "inputText", "message", "chat_history"]

    private mutating func read(_ bytes: [UInt8], _ operation: RuntimeOperation) throws {
        var cursor = JSONCursor(bytes.span.bytes)
        try readObject(&cursor, operation)
        try cursor.finish()
    }

    private mutating func readObject(_ cursor: inout JSONCursor, _ operation: RuntimeOperation) throws {
        let isConverse = operation.isConverse
        try cursor.enterObject()
        while let slice = try cursor.nextKey() {
            let key = try cursor.text(slice)
            if Self.settingKeys.contains(key) {
                try readSettings(&cursor)
            } else if Self.limitKeys.contains(key) {
                maximumTokens = try cursor.optionalInteger()
            } else if key == "system" {
                try Self.gather(&cursor, &systemText, depth: 0)
            } else if Self.promptKeys.contains(key) {
                try Self.gather(&cursor, &promptText, depth: 0)
            } else if isConverse, key == "performanceConfig" {
                latency = try Self.textMember("latency", of: &cursor)
            } else if isConverse, key == "serviceTier" {
                tier = try Self.textMember("type", of: &cursor)
            } else if isConverse, key == "toolConfig" {
                try readTools(&cursor)
            } else if operation == .countTokens, key == "input" {
                try readCountedInput(&cursor)
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

    /// CountTokens wraps a Converse request, or the bytes of an InvokeModel request.
    private mutating func readCountedInput(_ cursor: inout JSONCursor) throws {
        try cursor.enterObject()
        while let slice = try cursor.nextKey() {
            switch try cursor.text(slice) {
            case "converse":
                try readObject(&cursor, .converse)
            case "invokeModel":
                let text = try Self.textMember("body", of: &cursor) ?? ""
                guard let data = Data(base64Encoded: text) else {
                    throw AWSError.validation("Value at 'input.invokeModel.body' must be base64.")
                }
                try read(Array(data), .invokeModel)
            default:
                try cursor.skipValue()
            }
        }
    }

    private static func textMember(_ name: String, of cursor: inout JSONCursor) throws -> String? {
        var text: String?
        try cursor.enterObject()
        while let slice = try cursor.nextKey() {
            if try cursor.text(slice) == name { text = try cursor.optionalString() } else { try cursor.skipValue() }
        }
        return text
    }

    /// Adds a bare string, or the strings under `text`, `content` and `message` keys.
    private static func gather(_ cursor: inout JSONCursor, _ text: inout PromptText, depth: Int) throws {
        guard depth < JSONCursor.maximumDepth else {
            throw AWSError.validation("The request is nested more than \(JSONCursor.maximumDepth) levels deep.")
        }
        switch try cursor.peek() {
        case .string:
            let string = try cursor.string()
            text.all += string.unicodeScalars.count
            text.text += string + "\n"
        case .array:
            try cursor.enterArray()
            while try cursor.nextElement() { try gather(&cursor, &text, depth: depth + 1) }
        case .object:
            // An Anthropic block carries its cache mark beside its text, in either order.
            var marksCache = false
            try cursor.enterObject()
            while let slice = try cursor.nextKey() {
                let key = try cursor.text(slice)
                let isString = try cursor.peek() == .string
                if key == "cachePoint" || key == "cache_control" {
                    marksCache = true
                    try cursor.skipValue()
                } else if isString, key != "text", key != "content", key != "message" {
                    try cursor.skipValue()
                } else if key == "source" {
                    // Images and documents are bytes, not text.
                    try cursor.skipValue()
                } else {
                    try gather(&cursor, &text, depth: depth + 1)
                }
            }
            if marksCache { text.cached = text.all }
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
                while try cursor.nextElement() {
                    let offered = try OfferedTool.read(&cursor)
                    if tool == nil, let offered, !offered.name.isEmpty { tool = offered }
                }
            default:
                try cursor.skipValue()
            }
        }
    }
}
