// The fields of one line of a dataset, by kind, as they were written.

import Core

struct RowFields {
    static let texts = [
        "text_prompt", "task_type", "model_id", "region", "inference_profile", "id", "system", "tier", "operation",
    ]
    static let integers = ["expected_output_tokens", "max_tokens", "top_k"]
    static let reals = ["temperature", "top_p"]
    static let trees = ["messages", "additional_model_request_fields", "cache_point", "body"]
    static let all = texts + integers + reals + ["stop_sequences", "labels"] + trees

    var text: [String: String] = [:]
    var integer: [String: Int] = [:]
    var real: [String: Double] = [:]
    var tree: [String: JSONTree] = [:]
    /// The raw body, byte for byte.
    var body: [UInt8] = []
    var stopSequences: [String] = []
    var labels: [String: String] = [:]
    /// Every field that the line has.
    private(set) var names: Set<String> = []

    /// Reads one line.
    mutating func read(_ bytes: [UInt8]) throws {
        var cursor = JSONCursor(bytes.span.bytes)
        guard try cursor.peek() == .object else { throw JSONError(offset: 0, expected: "an object") }
        try cursor.enterObject()
        while let slice = try cursor.nextKey() {
            let key = try cursor.text(slice)
            guard Self.all.contains(key) else {
                throw FieldFault(key, "is not known; the fields are \(Self.all.joined(separator: ", "))")
            }
            guard names.insert(key).inserted else { throw FieldFault(key, "stands twice") }
            if Self.texts.contains(key) {
                text[key] = try Self.string(&cursor, key, "a string")
            } else if Self.integers.contains(key) {
                integer[key] = try Self.whole(&cursor, key)
            } else if Self.reals.contains(key) {
                guard try cursor.peek() == .number else { throw FieldFault(key, "expected a number from 0 to 1") }
                real[key] = try cursor.double()
            } else if key == "stop_sequences" {
                guard try cursor.peek() == .array else { throw FieldFault(key, "expected an array of strings") }
                try cursor.enterArray()
                while try cursor.nextElement() {
                    stopSequences.append(try Self.string(&cursor, key, "an array of strings"))
                }
            } else if key == "labels" {
                try readLabels(&cursor)
            } else {
                _ = try cursor.peek()
                let start = cursor.offset
                tree[key] = try JSONTree.read(&cursor, bytes)
                if key == "body" { body = Array(bytes[start..<cursor.offset]) }
            }
        }
        try cursor.finish()
    }

    private mutating func readLabels(_ cursor: inout JSONCursor) throws {
        guard try cursor.peek() == .object else { throw FieldFault("labels", "expected an object of strings") }
        try cursor.enterObject()
        while let name = try cursor.nextKey() {
            let label = try cursor.text(name)
            labels[label] = try Self.string(&cursor, "labels", "an object of strings")
        }
    }

    private static func string(_ cursor: inout JSONCursor, _ key: String, _ what: String) throws -> String {
        guard try cursor.peek() == .string else { throw FieldFault(key, "expected \(what)") }
        return try cursor.string()
    }

    private static func whole(_ cursor: inout JSONCursor, _ key: String) throws -> Int {
        guard try cursor.peek() == .number else { throw FieldFault(key, "expected a whole number") }
        do {
            return try cursor.integer(Int.self)
        } catch {
            throw FieldFault(key, "expected \(error.expected)")
        }
    }
}
