// What recorded answers are found by: digests of a request's body that do not depend on how a client spells its JSON.

import Core

/// The digests of one request's body.
package struct RequestKeys: Hashable, Sendable {
    /// The digest of the body's JSON value.
    package var body: UInt64
    /// The digest of what the request says, parameters left out; `nil` where the body is none that a client would send.
    package var prompt: UInt64?

    /// Takes the digests of a body, and of what it was read as.
    init(body: [UInt8], content: RequestBody?) {
        self.body = BodyDigest.of(body)
        prompt = content.map { content in
            var digest = RequestDigest()
            digest.add(content.text)
            return digest.value
        }
    }
}

enum BodyDigest {
    /// The digest of a body's JSON value; a body that is no JSON counts byte by byte.
    ///
    /// White space, the order of members and the spelling of strings and numbers do not count.
    static func of(_ body: [UInt8]) -> UInt64 {
        var cursor = JSONCursor(body.span.bytes)
        do {
            let digest = try value(&cursor, depth: 0)
            try cursor.finish()
            return digest
        } catch {
            var digest = RequestDigest()
            digest.add(Kind.raw.rawValue)
            digest.add(body)
            return digest.value
        }
    }

    private enum Kind: UInt64 {
        case raw, object, array, string, number, bool, null
    }

    private struct TooDeep: Error {}

    private static func value(_ cursor: inout JSONCursor, depth: Int) throws -> UInt64 {
        guard depth < JSONCursor.maximumDepth else { throw TooDeep() }
        var digest = RequestDigest()
        switch try cursor.peek() {
        case .object:
            digest.add(Kind.object.rawValue)
            var members: [(key: String, value: UInt64)] = []
            try cursor.enterObject()
            while let slice = try cursor.nextKey() {
                members.append((try cursor.text(slice), try value(&cursor, depth: depth + 1)))
            }
            for member in members.sorted(by: { ($0.key, $0.value) < ($1.key, $1.value) }) {
                digest.add(member.key)
                digest.add(member.value)
            }
        case .array:
            digest.add(Kind.array.rawValue)
            try cursor.enterArray()
            while try cursor.nextElement() { digest.add(try value(&cursor, depth: depth + 1)) }
        case .string:
            digest.add(Kind.string.rawValue)
            digest.add(try cursor.string())
        case .number:
            digest.add(Kind.number.rawValue)
            // Adding zero makes -0 and 0 one.
            digest.add((try cursor.double() + 0).bitPattern)
        case .bool:
            digest.add(Kind.bool.rawValue)
            digest.add(try cursor.bool() ? 1 : 0)
        case .null:
            digest.add(Kind.null.rawValue)
            try cursor.skipValue()
        }
        return digest.value
    }
}
