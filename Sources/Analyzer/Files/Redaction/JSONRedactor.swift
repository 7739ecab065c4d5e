// Overwrites the words of a JSON text where they lie, so that every length, every known name and every count stays.

import Core

/// Redacts one JSON text.
struct JSONRedactor {
    /// Whether the text is the payload of a message of an event stream, which may hold a model's JSON and padding.
    var isPayload = false

    /// A place that doesn't stay as it is.
    struct Edit {
        enum Kind {
            /// Between the quotes of a string.
            case text
            /// Between the quotes of a name that is not known.
            case name
            case number
            case padding
            /// Between the quotes of a string that holds a model's JSON in base64; the digits, without escapes.
            case chunk([UInt8])
        }

        var kind: Kind
        var range: Range<Int>
    }

    /// What there is to change in a text.
    struct Plan {
        /// In the order of their places.
        var edits: [Edit] = []
        /// Behind the last byte of the value.
        var end = 0
    }

    /// Redacts the JSON text that `range` of `bytes` holds, at equal length; what follows the value is overwritten.
    ///
    /// - Returns: Whether the range began with a JSON value; if not, nothing was changed.
    func redact(_ bytes: inout [UInt8], in range: Range<Int>) -> Bool {
        var text = Array(bytes[range])
        guard let plan = plan(text) else { return false }
        for edit in plan.edits {
            switch edit.kind {
            case .text, .name: Self.fill(&text, in: edit.range)
            case .number: Self.fillDigits(&text, in: edit.range)
            case .padding: text.replaceSubrange(edit.range, with: Padding.bytes(edit.range.count))
            case .chunk(let digits): replaceChunk(&text, edit.range, digits)
            }
        }
        for index in plan.end..<text.count where !Self.isWhitespace(text[index]) { text[index] = UInt8(ascii: "x") }
        bytes.replaceSubrange(range, with: text)
        return true
    }

    // MARK: Finding

    /// Finds what must not stay; `nil` where `text` does not begin with a JSON value.
    func plan(_ text: [UInt8]) -> Plan? {
        var plan = Plan()
        var cursor = JSONCursor(text.span.bytes)
        do throws(JSONError) {
            try walk(&cursor, .root, name: nil, depth: 0, &plan)
        } catch {
            return nil
        }
        plan.end = cursor.offset
        return plan
    }

    private func walk(
        _ cursor: inout JSONCursor,
        _ rule: MemberRule?,
        name: String?,
        depth: Int,
        _ plan: inout Plan
    ) throws(JSONError) {
        guard depth < JSONCursor.maximumDepth else {
            throw JSONError(offset: cursor.offset, expected: "less nesting")
        }
        // What is not looked into is overwritten with every name in it.
        let isOpen = rule?.opens == true
        switch try cursor.peek() {
        case .object:
            try cursor.enterObject()
            while let key = try cursor.nextKey() {
                let member = isOpen ? try? cursor.text(key) : nil
                let rule = member.flatMap {
                    RedactionVocabulary.rule($0, in: name, isPayload: isPayload && depth == 0)
                }
                if rule == nil { plan.edits.append(Edit(kind: .name, range: key.range)) }
                try walk(&cursor, rule, name: member, depth: depth + 1, &plan)
            }
        case .array:
            try cursor.enterArray()
            while try cursor.nextElement() {
                try walk(&cursor, isOpen ? rule : nil, name: name, depth: depth + 1, &plan)
            }
        case .string:
            let slice = try cursor.stringSlice()
            if let edit = edit(slice, cursor, rule, isRoot: depth == 0) { plan.edits.append(edit) }
        case .number:
            let range = try cursor.skipValue()
            if rule?.keepsNumbers != true { plan.edits.append(Edit(kind: .number, range: range)) }
        case .bool, .null:
            try cursor.skipValue()
        }
    }

    private func edit(_ slice: JSONStringSlice, _ cursor: JSONCursor, _ rule: MemberRule?, isRoot: Bool) -> Edit? {
        let text = try? cursor.text(slice)
        switch rule?.text {
        case .word where text.map(RedactionVocabulary.words.contains) == true: return nil
        case .errorName where text.map(RedactionVocabulary.isErrorName) == true: return nil
        case .padding: return Edit(kind: .padding, range: slice.range)
        case .chunk:
            guard let text else { break }
            return Edit(kind: .chunk(Array(text.utf8)), range: slice.range)
        // Writer's models end their streams with this string.
        case _ where isRoot && text == "[DONE]": return nil
        default: break
        }
        return Edit(kind: .text, range: slice.range)
    }

    // MARK: Overwriting

    /// Replaces base64 digits; where the old ones had escapes, white space behind the string makes up for them.
    private func replaceChunk(_ text: inout [UInt8], _ range: Range<Int>, _ digits: [UInt8]) {
        guard var inner = Base64.decode(digits.span.bytes) else {
            Self.fill(&text, in: range)
            return
        }
        var encoded: [UInt8]
        if JSONRedactor().redact(&inner, in: inner.indices) {
            encoded = Base64.encode(inner)
        } else {
            encoded = digits.map { $0 == UInt8(ascii: "=") ? $0 : UInt8(ascii: "A") }
        }
        let spaces = range.count - encoded.count
        if spaces > 0 {
            encoded.append(UInt8(ascii: "\""))
            encoded.append(contentsOf: repeatElement(UInt8(ascii: " "), count: spaces))
            text.replaceSubrange(range.lowerBound..<(range.upperBound + 1), with: encoded)
        } else {
            text.replaceSubrange(range, with: encoded)
        }
    }

    /// Overwrites the bytes between a string's quotes; escapes are replaced by escapes that stand for as many bytes.
    static func fill(_ bytes: inout [UInt8], in range: Range<Int>) {
        var index = range.lowerBound
        while index < range.upperBound {
            guard bytes[index] == UInt8(ascii: "\\"), index + 1 < range.upperBound else {
                bytes[index] = UInt8(ascii: "x")
                index += 1
                continue
            }
            guard bytes[index + 1] == UInt8(ascii: "u"), index + 6 <= range.upperBound else {
                // A slash, which base64 may hold as well.
                bytes[index + 1] = UInt8(ascii: "/")
                index += 2
                continue
            }
            let unit = hexadecimal(bytes[(index + 2)..<(index + 6)])
            let isPair =
                unit & 0xFC00 == 0xD800 && index + 12 <= range.upperBound
                && bytes[index + 6] == UInt8(ascii: "\\") && bytes[index + 7] == UInt8(ascii: "u")
                && hexadecimal(bytes[(index + 8)..<(index + 12)]) & 0xFC00 == 0xDC00
            let filler = isPair ? #"\ud83d\ude00"# : unit < 0x80 ? #"\u0078"# : unit < 0x800 ? #"\u00e9"# : #"\u2022"#
            bytes.replaceSubrange(index..<(index + filler.utf8.count), with: filler.utf8)
            index += filler.utf8.count
        }
    }

    private static func fillDigits(_ bytes: inout [UInt8], in range: Range<Int>) {
        for index in range where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) {
            bytes[index] = UInt8(ascii: "1")
        }
    }

    private static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt32 {
        UInt32(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0
    }
}

/// The service's padding: the beginning of an alphabet.
enum Padding {
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)

    static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { alphabet[$0 % alphabet.count] }
    }
}
