// The JSON object within one chunk of InvokeModelWithResponseStream, with its members laid out so that a family is
// recognized by their names and read in any order.

/// One model's JSON object: a view over its bytes.
struct InvokeChunk: ~Escapable {
    /// A member of the object; the ranges are offsets into the chunk's bytes.
    struct Member: Sendable {
        var key: JSONStringSlice
        var kind: JSONKind
        var value: Range<Int>
        /// The value where it is a string.
        var string: JSONStringSlice?
    }

    private let bytes: RawSpan
    private let members: [Member]

    /// Views an object whose members ``scan(_:into:)`` found.
    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, members: [Member]) {
        self.bytes = bytes
        self.members = members
    }

    /// Lists the members of the object that `bytes` hold, and checks the whole text.
    static func scan(_ bytes: RawSpan, into members: inout [Member]) throws(JSONError) {
        members.removeAll(keepingCapacity: true)
        var cursor = JSONCursor(bytes)
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            let kind = try cursor.peek()
            if kind == .string {
                let slice = try cursor.stringSlice()
                let value = (slice.range.lowerBound - 1)..<(slice.range.upperBound + 1)
                members.append(Member(key: key, kind: kind, value: value, string: slice))
            } else {
                members.append(Member(key: key, kind: kind, value: try cursor.skipValue(), string: nil))
            }
        }
        try cursor.finish()
    }

    // MARK: Members

    /// The member of this name.
    func member(_ name: StaticString) -> Member? {
        for member in members where matches(member.key, name) { return member }
        return nil
    }

    /// Whether there is a member of this name and kind.
    func has(_ name: StaticString, _ kind: JSONKind) -> Bool {
        member(name)?.kind == kind
    }

    /// Whether there is a member of this name, be it `null`.
    func has(_ name: StaticString) -> Bool {
        member(name) != nil
    }

    /// The string of this name.
    func string(_ name: StaticString) -> String? {
        guard let slice = member(name)?.string else { return nil }
        return try? JSONCursor(bytes).text(slice)
    }

    /// The UTF-8 bytes of the string of this name.
    func utf8Count(_ name: StaticString) -> Int? {
        guard let slice = member(name)?.string else { return nil }
        return try? JSONCursor(bytes).utf8Count(slice)
    }

    /// The whole number of this name.
    func integer(_ name: StaticString) -> Int? {
        guard let member = member(name) else { return nil }
        var cursor = cursor(member)
        return (try? cursor.integerIfAny()) ?? nil
    }

    /// The count of tokens of this name.
    func count(_ name: StaticString) -> Int? {
        guard let member = member(name) else { return nil }
        var cursor = cursor(member)
        return (try? cursor.countIfAny()) ?? nil
    }

    /// Whether the string of this name is exactly `text`.
    func string(_ name: StaticString, is text: StaticString) -> Bool {
        guard let member = member(name) else { return false }
        return self.string(member, is: text)
    }

    /// Whether `member` is a string and exactly `text`.
    func string(_ member: Member, is text: StaticString) -> Bool {
        guard let slice = member.string else { return false }
        return matches(slice, text)
    }

    /// A cursor at the value of `member`.
    @_lifetime(copy self)
    func cursor(_ member: Member) -> JSONCursor {
        JSONCursor(bytes.extracting(member.value))
    }

    /// Whether the service added every member, so that the model said nothing.
    var holdsOnlyServiceMembers: Bool {
        let prefix: StaticString = "amazon-bedrock-"
        let length = prefix.utf8CodeUnitCount
        for member in members {
            let start = member.key.range.lowerBound
            guard member.key.range.count > length, bytes.matches(start..<(start + length), prefix) else { return false }
        }
        return !members.isEmpty
    }

    /// What to call an object that no family recognizes: its type where it has one, else its first key.
    var label: String {
        if let type = string("type") ?? string("event_type") ?? string("object") { return type }
        guard let first = members.first else { return "{}" }
        return (try? JSONCursor(bytes).text(first.key)) ?? "{}"
    }

    @inline(__always)
    private func matches(_ slice: JSONStringSlice, _ text: StaticString) -> Bool {
        slice.hasEscapes ? JSONCursor(bytes).matches(slice, text) : bytes.matches(slice.range, text)
    }
}
