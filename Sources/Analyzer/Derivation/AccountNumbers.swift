// AWS account ids in model names: twelve digits, neither more nor fewer, wherever they stand (AWS General Reference,
// Amazon Resource Names).

enum AccountNumbers {
    /// The text with each account id replaced; a replacement has twelve digits too.
    static func replaced(in text: String, by replacement: (Substring) -> String) -> String {
        var output = ""
        var rest = text[...]
        while let first = rest.firstIndex(where: isDigit) {
            output += rest[..<first]
            let digits = rest[first...].prefix(while: isDigit)
            output += digits.utf8.count == 12 ? replacement(digits) : String(digits)
            rest = rest[digits.endIndex...]
        }
        return output + rest
    }

    /// The text with zeros for every account id: what names a random stream, so that who owns a model moves no draw.
    static func blanked(_ text: String) -> String {
        replaced(in: text) { _ in "000000000000" }
    }

    private static func isDigit(_ character: Character) -> Bool {
        character.isASCII && character.isNumber
    }
}
