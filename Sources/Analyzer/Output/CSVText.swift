// Comma-separated values.

/// Comma-separated values (RFC 4180).
enum CSVText {
    /// A field, quoted where it has to be.
    static func field(_ text: String) -> String {
        let special: Set<Character> = [",", "\"", "\n", "\r", "\r\n"]
        guard text.contains(where: special.contains) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    /// A number at full precision; nothing for a missing one.
    static func number(_ value: Double?) -> String {
        value.map { "\($0)" } ?? ""
    }
}
