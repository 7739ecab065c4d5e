// JSON that is passed on: the parts of a row that reach the wire as the user wrote them.

import Core

/// A JSON value; numbers keep the text they were written in, members their order.
indirect enum JSONTree: Hashable, Sendable {
    struct Member: Hashable, Sendable {
        var key: String
        var value: JSONTree
    }

    case object([Member])
    case array([JSONTree])
    case string(String)
    case number(String)
    case bool(Bool)
    case null

    /// Reads the whole of `bytes` as one value.
    init(_ bytes: [UInt8]) throws(JSONError) {
        var cursor = JSONCursor(bytes.span.bytes)
        self = try Self.read(&cursor, bytes, depth: 0)
        try cursor.finish()
    }

    /// Reads the value that comes next in `bytes`.
    static func read(_ cursor: inout JSONCursor, _ bytes: [UInt8], depth: Int = 0) throws(JSONError) -> JSONTree {
        guard depth < JSONCursor.maximumDepth else {
            throw JSONError(offset: cursor.offset, expected: "at most \(JSONCursor.maximumDepth) levels of nesting")
        }
        switch try cursor.peek() {
        case .object:
            var members: [Member] = []
            try cursor.enterObject()
            while let slice = try cursor.nextKey() {
                let key = try cursor.text(slice)
                members.append(Member(key: key, value: try read(&cursor, bytes, depth: depth + 1)))
            }
            return .object(members)
        case .array:
            var elements: [JSONTree] = []
            try cursor.enterArray()
            while try cursor.nextElement() { elements.append(try read(&cursor, bytes, depth: depth + 1)) }
            return .array(elements)
        case .string: return .string(try cursor.string())
        case .number: return .number(String(decoding: bytes[try cursor.skipValue()], as: UTF8.self))
        case .bool: return .bool(try cursor.bool())
        case .null:
            _ = try cursor.skipNull()
            return .null
        }
    }

    /// Writes the value.
    func write(_ json: inout JSONWriter) {
        switch self {
        case .object(let members):
            json.object { json in
                for member in members { json.member(member.key) { json in member.value.write(&json) } }
            }
        case .array(let elements):
            json.array { json in
                for element in elements { element.write(&json) }
            }
        case .string(let text): json.value(text)
        case .number(let text): json.raw(text)
        case .bool(let flag): json.value(flag)
        case .null: json.raw("null")
        }
    }

    /// The value as JSON text.
    var bytes: [UInt8] {
        var json = JSONWriter()
        write(&json)
        return json.bytes
    }

    /// The member called `key`; `nil` where there is none, or where this is no object.
    subscript(key: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var integer: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text)
    }

    var elements: [JSONTree]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    var members: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }
}

extension JSONTree {
    /// An object of members that are there; those without a value are left out.
    static func object(_ members: KeyValuePairs<String, JSONTree?>) -> JSONTree {
        .object(members.compactMap { key, value in value.map { Member(key: key, value: $0) } })
    }

    static func number(_ number: Int) -> JSONTree { .number(String(number)) }

    /// A number in its shortest form that reads back the same.
    static func number(_ number: Double) -> JSONTree {
        var json = JSONWriter()
        json.value(number)
        return .number(json.text)
    }

    /// An array of texts; `nil` where there are none.
    static func strings(_ texts: [String]) -> JSONTree? {
        texts.isEmpty ? nil : .array(texts.map { .string($0) })
    }

    /// Both objects' members, one level deep into objects that both have; `nil` beside a member that both set.
    func merged(with other: JSONTree) -> JSONTree? {
        guard case .object(var members) = self, case .object(let others) = other else { return nil }
        for member in others {
            guard let index = members.firstIndex(where: { $0.key == member.key }) else {
                members.append(member)
                continue
            }
            guard let merged = members[index].value.merged(with: member.value) else { return nil }
            members[index].value = merged
        }
        return .object(members)
    }
}
