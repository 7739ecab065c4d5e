// What `doctor` says of one thing: that it is well, or what to do.

/// One line of a diagnosis.
struct Finding: Hashable, Sendable {
    enum Verdict: String, Sendable {
        case ok
        /// A recording works without, and is better with it.
        case better
        /// A recording would fail, or its stamps would be less true.
        case fix
    }

    var verdict: Verdict
    var subject: String
    /// What was found, and but for `ok` what to do.
    var text: String

    init(_ verdict: Verdict, _ subject: String, _ text: String) {
        self.verdict = verdict
        self.subject = subject
        self.text = text
    }
}

extension Finding: CustomStringConvertible {
    var description: String {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.count))
        }
        return padded(verdict.rawValue, 8) + padded(subject, 15) + text
    }
}
