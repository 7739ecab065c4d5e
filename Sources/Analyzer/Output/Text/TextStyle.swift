// How much a reader of text sees: colours and width on a terminal, neither anywhere else.

/// The look of text output.
struct TextStyle: Sendable, Equatable {
    /// Select Graphic Rendition (ECMA-48) may be used.
    var isColoured = false
    /// How many columns there are; `nil` where lines may be as long as they are.
    var width: Int?

    /// For files, pipes and programs.
    static let plain = TextStyle()

    /// What a piece of text is for.
    enum Role {
        case strong
        case quiet
        case good
        case bad

        fileprivate var code: String {
            switch self {
            case .strong: "1"
            case .quiet: "2"
            case .good: "32"
            case .bad: "33"
            }
        }
    }

    /// The text in the colour of its role.
    func styled(_ text: String, _ role: Role) -> String {
        isColoured && !text.isEmpty ? "\u{1B}[\(role.code)m\(text)\u{1B}[0m" : text
    }

    /// Lines of at most the width, broken between words; the lines after the first are indented.
    func wrapped(_ text: String, indent: Int = 2) -> String {
        guard let width, text.count > width else { return text }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = String(repeating: " ", count: indent) + word
            } else {
                line += line.isEmpty ? String(word) : " " + word
            }
        }
        return (lines + [line]).joined(separator: "\n")
    }
}
