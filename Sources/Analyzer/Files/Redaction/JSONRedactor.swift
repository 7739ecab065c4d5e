// Overwrites the words of a JSON text where they lie, so that every length, key and number stays as it was.

import Core

/// Replaces string values within JSON bytes by filler of the same encoded and the same decoded length.
struct JSONRedactor {
    /// Keys whose string values say how a message is built, not what it says.
    static let structuralKeys: Set<String> = [
        "role", "type", "stopReason", "stop_reason", "finish_reason", "completionReason", "event_type", "object",
        "service_tier", "serviceTier", "latency", "format", "ttl", "status", "anthropic_version",
        "amazon-bedrock-guardrailAction", "__type", "code", "p",
    ]

    /// Whether values of ``structuralKeys`` are kept; without it every string goes.
    var keepsStructure = true

    /// Redacts the JSON text that `range` of `bytes` holds.
    ///
    /// - Returns: Whether the range held one whole JSON text; if not, nothing was changed.
    func redact(_ bytes: inout [UInt8], in range: Range<Int>) -> Bool {
        guard let slices = try? strings(of: bytes, in: range) else { return false }
        for slice in slices {
            if slice.isBase64, redactBase64(&bytes, in: slice.range) { continue }
            Self.fill(&bytes, in: slice.range)
        }
        return true
    }

    // MARK: Finding

    private struct Found {
        var range: Range<Int>
        var isBase64: Bool
    }

    private func strings(of bytes: [UInt8], in range: Range<Int>) throws(JSONError) -> [Found] {
        var found: [Found] = []
        var cursor = JSONCursor(bytes.span.bytes.extracting(range))
        try walk(&cursor, key: nil, base: range.lowerBound, into: &found)
        try cursor.finish()
        return found
    }

    private func walk(
        _ cursor: inout JSONCursor,
        key: String?,
        base: Int,
        into found: inout [Found],
        depth: Int = 0
    ) throws(JSONError) {
        guard depth < JSONCursor.maximumDepth else {
            throw JSONError(offset: cursor.offset, expected: "less nesting")
        }
        switch try cursor.peek() {
        case .object:
            try cursor.enterObject()
            while let name = try cursor.nextKey() {
                let key = try cursor.text(name)
                try walk(&cursor, key: key, base: base, into: &found, depth: depth + 1)
            }
        case .array:
            try cursor.enterArray()
            while try cursor.nextElement() {
                try walk(&cursor, key: key, base: base, into: &found, depth: depth + 1)
            }
        case .string:
            let slice = try cursor.stringSlice()
            let isEndMark = key == nil && cursor.matches(slice, "[DONE]")
            guard !isEndMark, !(keepsStructure && key.map(Self.structuralKeys.contains) ?? false) else { return }
            let range = (slice.range.lowerBound + base)..<(slice.range.upperBound + base)
            found.append(Found(range: range, isBase64: key == "bytes"))
        case .number, .bool, .null:
            try cursor.skipValue()
        }
    }

    // MARK: Overwriting

    /// The inner JSON of an invoke chunk is redacted in its own right; other base64 (images) is filled with `A`.
    private func redactBase64(_ bytes: inout [UInt8], in range: Range<Int>) -> Bool {
        guard var inner = Base64.decode(bytes.span.bytes.extracting(range)) else { return false }
        if redact(&inner, in: inner.indices) {
            let encoded = Base64.encode(inner)
            guard encoded.count == range.count else { return false }
            bytes.replaceSubrange(range, with: encoded)
        } else {
            for index in range where bytes[index] != UInt8(ascii: "=") { bytes[index] = UInt8(ascii: "A") }
        }
        return true
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
                bytes[index + 1] = UInt8(ascii: "n")
                index += 2
                continue
            }
            let unit = hexadecimal(bytes[(index + 2)..<(index + 6)])
            let isPair =
                unit & 0xFC00 == 0xD800 && index + 12 <= range.upperBound
                && bytes[index + 6] == UInt8(ascii: "\\")
                && hexadecimal(bytes[(index + 8)..<(index + 12)]) & 0xFC00 == 0xDC00
            let filler = isPair ? #"\ud83d\ude00"# : unit < 0x80 ? #"\u0078"# : unit < 0x800 ? #"\u00e9"# : #"\u2022"#
            bytes.replaceSubrange(index..<(index + filler.utf8.count), with: filler.utf8)
            index += filler.utf8.count
        }
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt32 {
        UInt32(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0
    }
}
