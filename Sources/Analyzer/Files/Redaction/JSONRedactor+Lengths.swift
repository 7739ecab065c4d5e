// Redaction that hides how long the words were: each text becomes one character, and the payload's padding takes the
// bytes that were saved.

import Core

extension JSONRedactor {
    /// Redacts the JSON text that `range` of `bytes` holds, with every text cut to one character and padding added to
    /// keep the whole as long as it was.
    ///
    /// - Returns: Whether the range was one JSON text; if not, nothing was changed.
    func redactLengths(_ bytes: inout [UInt8], in range: Range<Int>) -> Bool {
        let text = Array(bytes[range])
        guard let short = shortened(text) else { return false }
        guard let padded = Self.pad(short, to: text.count) else { return false }
        bytes.replaceSubrange(range, with: padded)
        return true
    }

    /// A JSON text with every text cut to one character.
    struct Shortened {
        var bytes: [UInt8]
        /// Where the padding's characters belong, if there is padding.
        var paddingAt: Int?
    }

    /// Cuts every text to one character; `nil` where `text` is no JSON text.
    func shortened(_ text: [UInt8]) -> Shortened? {
        guard let plan = plan(text) else { return nil }
        var cursor = JSONCursor(text.span.bytes.extracting(plan.end..<text.count))
        guard (try? cursor.finish()) != nil else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var paddingAt: Int?
        var copied = 0
        for edit in plan.edits {
            output.append(contentsOf: text[copied..<edit.range.lowerBound])
            copied = edit.range.upperBound
            switch edit.kind {
            case .text, .name:
                if !edit.range.isEmpty { output.append(UInt8(ascii: "x")) }
            case .number: output.append(UInt8(ascii: "1"))
            case .padding: paddingAt = output.count
            case .chunk(let digits): output.append(contentsOf: Self.shortenedChunk(digits))
            }
        }
        output.append(contentsOf: text[copied...])
        return Shortened(bytes: output, paddingAt: paddingAt)
    }

    private static func shortenedChunk(_ digits: [UInt8]) -> [UInt8] {
        guard let inner = Base64.decode(digits.span.bytes) else { return digits.isEmpty ? [] : [UInt8(ascii: "x")] }
        // Base64 of what is no JSON stays base64.
        return Base64.encode(JSONRedactor().shortened(inner)?.bytes ?? (inner.isEmpty ? [] : [0]))
    }

    private static func pad(_ short: Shortened, to count: Int) -> [UInt8]? {
        let missing = count - short.bytes.count
        guard missing >= 0 else { return nil }
        var padded = short.bytes
        if let paddingAt = short.paddingAt {
            padded.insert(contentsOf: Padding.bytes(missing), at: paddingAt)
            return padded
        }
        guard let brace = padded.lastIndex(of: UInt8(ascii: "}")), padded.first == UInt8(ascii: "{") else {
            return padded + repeatElement(UInt8(ascii: " "), count: missing)
        }
        let opening = Array((padded.count > 2 ? #","p":""# : #""p":""#).utf8)
        if missing > opening.count {
            let text = Padding.bytes(missing - opening.count - 1)
            padded.insert(contentsOf: opening + text + [UInt8(ascii: "\"")], at: brace)
        } else {
            // No room for the member; white space is none of a JSON text's words either.
            padded.insert(contentsOf: repeatElement(UInt8(ascii: " "), count: missing), at: brace)
        }
        return padded
    }
}
