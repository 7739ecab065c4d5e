// Short names for legends: what all groups share, and what versions and vendors add, is left out while names stay apart.

enum GroupLabels {
    /// One label a key, all different.
    static func short(_ keys: [[String?]]) -> [String] {
        let width = keys.first?.count ?? 0
        var kept = Array(0..<width)
        // From the last part on, so that the model is left out last.
        for part in kept.reversed() where kept.count > 1 {
            let rest = kept.filter { $0 != part }
            if isDistinct(keys.map { joined($0, rest) }) { kept = rest }
        }
        let full = keys.map { joined($0, kept) }
        let short = keys.map { key in kept.map { shortened(key[$0] ?? "-") }.joined(separator: " · ") }
        return isDistinct(short) ? short : full
    }

    /// Short names of single values, for example of a comparison's arms.
    static func short(_ values: [String]) -> [String: String] {
        Dictionary(zip(values, short(values.map { [$0] })), uniquingKeysWith: { first, _ in first })
    }

    /// A model id without region, vendor, date and revision: `us.anthropic.claude-3-5-haiku-20241022-v1:0` is
    /// `claude-3-5-haiku`; of an ARN, its last part.
    static func shortened(_ name: String) -> String {
        var text = name[...]
        if text.hasPrefix("arn:"), let slash = text.lastIndex(of: "/") { text = text[text.index(after: slash)...] }
        guard let vendor = text.lastIndex(where: { $0 == "." }), text[vendor...].contains("-"),
            text.contains(":") || text.hasPrefix("us.") || text.hasPrefix("eu.") || text.hasPrefix("apac.")
        else { return String(text) }
        // The dot before a version number, as in `claude-2.1`, ends no vendor.
        let afterDot = text[text.index(after: vendor)...]
        if afterDot.first?.isLetter == true { text = afterDot }
        if let colon = text.firstIndex(of: ":") { text = text[..<colon] }
        var parts = text.split(separator: "-")
        if let last = parts.last, parts.count > 1, last.first == "v", last.dropFirst().allSatisfy(\.isNumber) {
            parts.removeLast()
        }
        if let last = parts.last, parts.count > 1, last.count == 8, last.allSatisfy(\.isNumber) { parts.removeLast() }
        return parts.joined(separator: "-")
    }

    private static func joined(_ key: [String?], _ parts: [Int]) -> String {
        parts.map { key[$0] ?? "-" }.joined(separator: " · ")
    }

    private static func isDistinct(_ names: [String]) -> Bool { Set(names).count == names.count }
}
