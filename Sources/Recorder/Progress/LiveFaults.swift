// Why answers were not good, by the names that people look up: the service's exceptions, libcurl's codes.

/// Faults by name, with the words of the last of each.
struct LiveFaults: Hashable, Sendable {
    struct Fault: Hashable, Sendable {
        var count = 0
        /// What the service or libcurl said, cut to a line.
        var message = ""
    }

    private(set) var byName: [String: Fault] = [:]

    /// Names come from servers too: beyond this many the rest is counted together.
    private static let mostNames = 32
    private static let longestMessage = 160

    mutating func note(_ name: String, _ message: String) {
        let name = byName[name] != nil || byName.count < Self.mostNames ? name : "other"
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        byName[name, default: Fault()].count += 1
        byName[name]?.message =
            line.count > Self.longestMessage ? line.prefix(Self.longestMessage - 1) + "…" : line
    }

    /// One line a fault, the most frequent first.
    var lines: [String] {
        byName.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map { name, fault in
            let message = fault.message.isEmpty ? "" : ": \(fault.message)"
            return "\(NumberText.count(fault.count)) × \(name)\(message)"
        }
    }
}
