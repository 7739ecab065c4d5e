// A cell of a row, typed, so that each format can write it in its own way.

import Core

/// A value of a row.
enum RowField: Hashable {
    case text(String?)
    case integer(Int64?)
    case real(Double?)
    case flag(Bool?)
    case labels([String: String])
    /// JSON text, which JSON Lines hold as the value that it is.
    case json(String?)
    /// An instant, written as UTC time of day with nanoseconds.
    case instant(TraceInstant?)

    /// What a column holds, known before there is a row.
    enum Kind: Hashable, Sendable {
        case text
        case integer
        case real
        case flag
        case labels
        case json
        case instant
    }
}

/// A table that is written row by row.
struct RowSchema<Row>: Sendable {
    /// A column: its stable name, and how it is read.
    struct Column: Sendable {
        var name: String
        var kind: RowField.Kind
        var read: @Sendable (Row) -> RowField

        static func text(_ name: String, _ read: @escaping @Sendable (Row) -> String?) -> Column {
            Column(name: name, kind: .text) { .text(read($0)) }
        }

        static func integer(_ name: String, _ read: @escaping @Sendable (Row) -> Int64?) -> Column {
            Column(name: name, kind: .integer) { .integer(read($0)) }
        }

        static func real(_ name: String, _ read: @escaping @Sendable (Row) -> Double?) -> Column {
            Column(name: name, kind: .real) { .real(read($0)) }
        }

        static func flag(_ name: String, _ read: @escaping @Sendable (Row) -> Bool?) -> Column {
            Column(name: name, kind: .flag) { .flag(read($0)) }
        }

        static func labels(_ name: String, _ read: @escaping @Sendable (Row) -> [String: String]) -> Column {
            Column(name: name, kind: .labels) { .labels(read($0)) }
        }

        static func json(_ name: String, _ read: @escaping @Sendable (Row) -> String?) -> Column {
            Column(name: name, kind: .json) { .json(read($0)) }
        }

        static func instant(_ name: String, _ read: @escaping @Sendable (Row) -> TraceInstant?) -> Column {
            Column(name: name, kind: .instant) { .instant(read($0)) }
        }
    }

    var columns: [Column]
}

/// Writes rows of fields in one format.
struct RowFormat: Sendable {
    var name: String
    /// The text before the first row.
    var header: @Sendable ([String]) -> String
    /// Writes the fields of a row; the names stand beside them.
    var row: @Sendable ([String], [RowField]) -> String

    static let all = [
        RowFormat(name: "csv", header: { $0.map(CSVText.field).joined(separator: ",") + "\n" }, row: { csv($0, $1) }),
        RowFormat(name: "jsonl", header: { _ in "" }, row: { jsonLine($0, $1) }),
    ]

    private static func csv(_ names: [String], _ fields: [RowField]) -> String {
        fields.map { field in
            switch field {
            case .text(let text), .json(let text): CSVText.field(text ?? "")
            case .integer(let value): value.map { "\($0)" } ?? ""
            case .real(let value): value.map { "\($0)" } ?? ""
            case .flag(let value): value.map { "\($0)" } ?? ""
            case .labels(let labels):
                CSVText.field(labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ";"))
            case .instant(let instant): instant.map(UTCText.text) ?? ""
            }
        }.joined(separator: ",") + "\n"
    }

    private static func jsonLine(_ names: [String], _ fields: [RowField]) -> String {
        var json = JSONWriter()
        json.object { json in
            for (name, field) in zip(names, fields) {
                switch field {
                case .text(let text): json.member(name, text)
                case .integer(let value): json.member(name, value)
                case .real(let value): json.member(name, value)
                case .flag(let value): json.member(name, value)
                case .labels(let labels):
                    json.member(name) { json in
                        json.object { json in
                            for (key, value) in labels.sorted(by: { $0.key < $1.key }) { json.member(key, value) }
                        }
                    }
                case .json(let text): json.member(name) { writeJSON(text, &$0) }
                case .instant(let instant): json.member(name, instant.map(UTCText.text))
                }
            }
        }
        return json.text + "\n"
    }

    /// The value that a text holds, on one line; what is no JSON stays a text.
    private static func writeJSON(_ text: String?, _ json: inout JSONWriter) {
        guard let text else { return json.value(text) }
        let bytes = Array(text.utf8)
        var cursor = JSONCursor(bytes.span.bytes)
        do {
            try cursor.skipValue()
            try cursor.finish()
        } catch {
            return json.value(text)
        }
        // Within strings JSON has no line breaks: these stand between values.
        json.raw(String(decoding: bytes.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }, as: UTF8.self))
    }
}
