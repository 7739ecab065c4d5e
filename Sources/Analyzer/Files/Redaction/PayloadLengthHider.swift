// Moves the length of a payload's words into the padding field `p`, so that a frame keeps its size and its text does not.

import Core

/// Rewrites a JSON payload with each non-empty text cut to one character and the bytes saved given to `p`.
enum PayloadLengthHider {
    private static let padding = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)

    /// Rewrites `payload` of `bytes` at equal length.
    ///
    /// - Returns: Whether it could; a payload that is not an object, or too short for a padding field, is left alone.
    static func rewrite(_ bytes: inout [UInt8], payload: Range<Int>) -> Bool {
        var rewriter = Rewriter(source: Array(bytes[payload]))
        guard let short = rewriter.shortened() else { return false }
        guard let padded = pad(short.bytes, paddingEnd: short.paddingEnd, to: payload.count) else { return false }
        bytes.replaceSubrange(payload, with: padded)
        return true
    }

    private static func pad(_ short: [UInt8], paddingEnd: Int?, to count: Int) -> [UInt8]? {
        let missing = count - short.count
        guard missing > 0 else { return missing == 0 ? short : nil }
        if let paddingEnd {
            var padded = short
            padded.insert(contentsOf: (0..<missing).map { padding[$0 % padding.count] }, at: paddingEnd)
            return padded
        }
        let member = Array(#","p":""#.utf8)
        guard missing > member.count, let brace = short.lastIndex(of: UInt8(ascii: "}")), short.count > 2 else {
            return nil
        }
        let text = (0..<(missing - member.count - 1)).map { padding[$0 % padding.count] }
        var padded = short
        padded.insert(contentsOf: member + text + [UInt8(ascii: "\"")], at: brace)
        return padded
    }

    private struct Rewriter {
        let source: [UInt8]
        private var output: [UInt8] = []
        private var copied = 0
        private var paddingEnd: Int?

        init(source: [UInt8]) {
            self.source = source
        }

        mutating func shortened() -> (bytes: [UInt8], paddingEnd: Int?)? {
            guard source.first == UInt8(ascii: "{") else { return nil }
            do {
                // A copy, because what the walk finds changes `self` while the cursor holds the bytes.
                let source = self.source
                var cursor = JSONCursor(source.span.bytes)
                try walk(&cursor, key: nil, depth: 0)
                try cursor.finish()
            } catch {
                return nil
            }
            output.append(contentsOf: source[copied...])
            return (output, paddingEnd)
        }

        private mutating func walk(_ cursor: inout JSONCursor, key: String?, depth: Int) throws(JSONError) {
            guard depth < JSONCursor.maximumDepth else {
                throw JSONError(offset: cursor.offset, expected: "less nesting")
            }
            switch try cursor.peek() {
            case .object:
                try cursor.enterObject()
                while let name = try cursor.nextKey() {
                    let key = try cursor.text(name)
                    try walk(&cursor, key: key, depth: depth + 1)
                }
            case .array:
                try cursor.enterArray()
                while try cursor.nextElement() { try walk(&cursor, key: key, depth: depth + 1) }
            case .string:
                try replace(cursor.stringSlice(), key: key, depth: depth)
            case .number, .bool, .null:
                try cursor.skipValue()
            }
        }

        private mutating func replace(_ slice: JSONStringSlice, key: String?, depth: Int) {
            output.append(contentsOf: source[copied..<slice.range.lowerBound])
            copied = slice.range.upperBound
            if key == "bytes", var inner = Base64.decode(source.span.bytes.extracting(slice.range)) {
                var rewriter = Rewriter(source: inner)
                if let short = rewriter.shortened()?.bytes {
                    inner = short
                    output.append(contentsOf: Base64.encode(inner))
                    return
                }
            }
            let isKept = key.map(JSONRedactor.structuralKeys.contains) ?? false
            if isKept {
                output.append(contentsOf: source[slice.range])
                if key == "p", depth == 1 { paddingEnd = output.count }
            } else if !slice.isEmpty {
                output.append(UInt8(ascii: "x"))
            }
        }
    }
}
