// The INI dialect of ~/.aws/config and ~/.aws/credentials (AWS SDKs and Tools Reference Guide, "Shared config and
// credentials files").

/// A parsed file: settings by section.
///
/// Later settings win, keys are case-insensitive, nested settings are passed over.
struct ConfigFile {
    private var sections: [String: [String: String]] = [:]

    init(_ text: String) {
        var current: String?
        for line in text.split(whereSeparator: \.isNewline) {
            let content = line.prefix { $0 != "#" && $0 != ";" }
            let trimmed = Self.trimmed(content)
            if trimmed.isEmpty { continue }
            if trimmed.hasPrefix("["), trimmed.hasSuffix("]") {
                let name = Self.trimmed(trimmed.dropFirst().dropLast()).split(separator: " ").joined(separator: " ")
                current = name
                sections[name, default: [:]].merge([:]) { $1 }
            } else if let current, line.first?.isWhitespace == false, let mark = trimmed.firstIndex(of: "=") {
                // A value may hold '#', so it is read from the whole line.
                let whole = Self.trimmed(line)
                let key = Self.trimmed(trimmed[..<mark]).lowercased()
                let value = whole.firstIndex(of: "=").map { Self.trimmed(whole[whole.index(after: $0)...]) } ?? ""
                sections[current]?[key] = value
            }
        }
    }

    /// A profile's settings: `[profile x]` in the config file, `[x]` in the credentials file, `[default]` in both.
    func section(profile: String, isConfig: Bool) -> [String: String]? {
        if isConfig, profile != "default" { return sections["profile \(profile)"] }
        return sections[profile] ?? (isConfig ? sections["profile default"] : nil)
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var slice = text[...]
        while slice.first?.isWhitespace == true { slice = slice.dropFirst() }
        while slice.last?.isWhitespace == true { slice = slice.dropLast() }
        return String(slice)
    }
}
