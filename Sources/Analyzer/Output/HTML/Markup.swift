// Writes HTML and SVG text: escaping in one place, attributes in the order given, numbers in a fixed short form.

/// A piece of finished markup.
struct Markup: Sendable {
    /// The text, valid within an element's content.
    private(set) var text: String

    /// Nothing.
    static let empty = Markup(verbatim: "")

    /// Takes `text` as it is; it must be markup already.
    init(verbatim text: String) {
        self.text = text
    }

    /// Plain text, escaped.
    init(_ plain: String) {
        text = Self.escaped(plain)
    }

    /// Joins pieces.
    init(_ pieces: [Markup]) {
        text = pieces.map(\.text).joined()
    }

    static func + (lhs: Markup, rhs: Markup) -> Markup {
        Markup(verbatim: lhs.text + rhs.text)
    }

    static func += (lhs: inout Markup, rhs: Markup) {
        lhs.text += rhs.text
    }

    /// An element; an attribute whose value is `nil` is left out.
    static func element(
        _ name: String,
        _ attributes: KeyValuePairs<String, String?> = [:],
        _ content: Markup...
    ) -> Markup {
        let opening = "<\(name)\(written(attributes))>"
        return Markup(verbatim: opening + content.map(\.text).joined() + "</\(name)>")
    }

    /// An SVG element without content.
    static func shape(_ name: String, _ attributes: KeyValuePairs<String, String?>) -> Markup {
        Markup(verbatim: "<\(name)\(written(attributes))/>")
    }

    private static func written(_ attributes: KeyValuePairs<String, String?>) -> String {
        attributes.map { name, value in value.map { " \(name)=\"\(escaped($0))\"" } ?? "" }.joined()
    }

    /// Escapes what would be read as markup, in content and in quoted attributes.
    static func escaped(_ plain: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(plain.utf8.count)
        for character in plain.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
