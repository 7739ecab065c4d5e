// Arguments for a tool's call that fit the shape of its schema, without pretending to mean anything.

import Core

/// A tool that a request offers, as far as a call to it needs.
struct OfferedTool: Hashable, Sendable {
    /// A property of the tool's input.
    struct Property: Hashable, Sendable {
        var name: String
        /// The JSON Schema type: `string`, `number`, `integer`, `boolean`, `array` or `object`.
        var type: String
        /// The first value that an `enum` allows, as JSON text.
        var firstChoice: String?
    }

    var name: String
    var properties: [Property] = []

    /// A JSON object with a value for every property.
    func input(_ words: inout WordSource) -> String {
        var json = JSONWriter()
        json.object { json in
            for property in properties {
                json.member(property.name) { json in
                    if let choice = property.firstChoice {
                        json.raw(choice)
                        return
                    }
                    switch property.type {
                    case "number", "integer": json.value(words.number())
                    case "boolean": json.value(true)
                    case "array": json.array { _ in }
                    case "object": json.object { _ in }
                    default:
                        words.startText()
                        json.value(words.text(of: 3))
                    }
                }
            }
        }
        return json.text
    }
}

extension OfferedTool {
    /// Reads `{"toolSpec":{"name","inputSchema":{"json":{...}}}}`; `nil` for tools of another kind.
    static func read(_ cursor: inout JSONCursor) throws -> OfferedTool? {
        try read(&cursor, wrappers: ["toolSpec", "inputSchema", "json"])
    }

    /// Reads an object, and what lies under the wrappers in their order.
    private static func read(_ cursor: inout JSONCursor, wrappers: [String]) throws -> OfferedTool? {
        var tool = OfferedTool(name: "")
        try cursor.enterObject()
        while let slice = try cursor.nextKey() {
            switch try cursor.text(slice) {
            case wrappers.first:
                let inner = try read(&cursor, wrappers: Array(wrappers.dropFirst()))
                if let inner, !inner.name.isEmpty { tool.name = inner.name }
                tool.properties += inner?.properties ?? []
            case "name": tool.name = try cursor.string()
            case "properties": tool.properties = try readProperties(&cursor)
            default: try cursor.skipValue()
            }
        }
        return tool.name.isEmpty && tool.properties.isEmpty ? nil : tool
    }

    private static func readProperties(_ cursor: inout JSONCursor) throws -> [Property] {
        var properties: [Property] = []
        try cursor.enterObject()
        while let slice = try cursor.nextKey() {
            var property = Property(name: try cursor.text(slice), type: "string")
            guard try cursor.peek() == .object else {
                try cursor.skipValue()
                continue
            }
            try cursor.enterObject()
            while let key = try cursor.nextKey() {
                let name = try cursor.text(key)
                let kind = try cursor.peek()
                if name == "type", kind == .string {
                    property.type = try cursor.string()
                } else if name == "enum", kind == .array {
                    property.firstChoice = try firstText(&cursor)
                } else {
                    try cursor.skipValue()
                }
            }
            properties.append(property)
        }
        return properties
    }

    /// The first text of an array, as JSON; `nil` where there is none.
    private static func firstText(_ cursor: inout JSONCursor) throws -> String? {
        var first: String?
        try cursor.enterArray()
        while try cursor.nextElement() {
            if first == nil, try cursor.peek() == .string {
                var json = JSONWriter()
                json.value(try cursor.string())
                first = json.text
            } else {
                try cursor.skipValue()
            }
        }
        return first
    }
}
