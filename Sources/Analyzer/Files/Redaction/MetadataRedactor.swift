// What a redacted trace says of itself: versions, counts, how it was made; no name of a person, a machine or a file.

import Core

/// Redacts a trace's metadata.
struct MetadataRedactor {
    /// The SHA-256 of each file that is redacted.
    let sourceDigests: [String]

    /// Tells the trace's prompts from those of other redacted traces.
    var tag: String { String((sourceDigests.first ?? "").prefix(8)) }

    /// Values of the recording's own metadata that stay.
    private static let keptValues: Set<String> = [
        "compatible", "cores", "format", "incompatible", "kernel", "kernel_stamps", "libcurl", "machine",
        "memory_bytes", "recorder",
    ]

    private static let placeholder = "redacted"

    func redacted(_ metadata: CombinedMetadata) -> CombinedMetadata {
        var metadata = metadata
        metadata.run.runID = runID(metadata.run.runID)
        metadata.run.values = metadata.run.values.filter { Self.isName($0.key) }
        for (name, value) in metadata.run.values where !Self.keptValues.contains(name) {
            metadata.run.values[name] = name == "plan" ? Self.plan(value) : Self.value(name, value)
        }
        if let origin = metadata.origin {
            metadata.origin = TraceOrigin(kind: origin.kind, values: Self.map(origin.values))
        }
        metadata.others = metadata.others.filter { $0.key.hasPrefix("bedrock_trace.") && Self.isName($0.key) }
        for (name, values) in metadata.others {
            // What an earlier redaction said of itself tells nothing else.
            if !name.hasPrefix("bedrock_trace.redaction") { metadata.others[name] = Self.map(values) }
        }
        return metadata
    }

    /// What the new trace says of its redaction.
    func account(hidesLengths: Bool) -> [String: String] {
        [
            "rules": RecordRedactor.rules, "source_sha256": sourceDigests.joined(separator: ","),
            "lengths": hidesLengths ? "hidden" : "kept",
        ]
    }

    /// A random id names nobody; one that someone chose might.
    private func runID(_ id: String) -> String {
        let random = id.hasPrefix("merged-") ? id.dropFirst("merged-".count) : id[...]
        let isRandom = !random.isEmpty && random.allSatisfy { $0 == "-" || $0.isHexDigit && $0.isASCII }
        return isRandom ? id : "redacted-" + (sourceDigests.first ?? "").prefix(16)
    }

    private static func map(_ values: [String: String]) -> [String: String] {
        var map: [String: String] = [:]
        for (name, text) in values where isName(name) { map[name] = value(name, text) }
        return map
    }

    /// Numbers and truth values stay, and what our own commands write of themselves.
    private static func value(_ name: String, _ text: String) -> String {
        let last = name.split(separator: ".").last ?? ""
        if ["kernel", "lens", "tool", "compression", "recorder"].contains(last) { return text }
        if ["from", "to"].contains(last), TimeBound(text) != nil { return text }
        let isPlain = text.isEmpty || text == "true" || text == "false" || Double(text) != nil
        return isPlain ? AccountNumbers.blanked(text) : placeholder
    }

    /// The plan's numbers and switches.
    private static func plan(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var cursor = JSONCursor(bytes.span.bytes)
        var json = JSONWriter()
        var members: [(name: String, value: String)] = []
        do throws(JSONError) {
            try cursor.enterObject()
            while let key = try cursor.nextKey() {
                let name = try cursor.text(key)
                let kind = try cursor.peek()
                let range = try cursor.skipValue()
                let value = String(decoding: bytes[range], as: UTF8.self)
                switch kind {
                case .number, .bool, .null: members.append((name, value))
                case .string:
                    let inner = String(value.dropFirst().dropLast())
                    let isWord = RedactionVocabulary.isErrorName(inner)
                    let isKept = isWord && ["order", "operation", "arrival"].contains(name)
                    members.append((name, isKept ? value : "\"\(placeholder)\""))
                case .object, .array: members.append((name, "null"))
                }
            }
        } catch {
            return placeholder
        }
        json.object { json in
            for member in members where isName(member.name) {
                json.member(member.name) { $0.raw(member.value) }
            }
        }
        return json.text
    }

    private static func isName(_ text: String) -> Bool {
        RedactionVocabulary.isErrorName(text)
    }
}
