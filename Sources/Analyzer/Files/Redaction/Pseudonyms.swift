// Names that tell nothing but sameness: what was equal stays equal, what was different stays different.

/// Replaces prompts' names and account ids, each by a number in the order in which they are met.
struct Pseudonyms {
    /// Stands in every prompt's name, so that prompts of two redacted traces are never taken for the same.
    private let tag: String
    private var prompts: [String: String] = [:]
    private var accounts: [String: String] = [:]

    init(tag: String) {
        self.tag = tag
    }

    mutating func prompt(_ name: String) -> String {
        if let known = prompts[name] { return known }
        let next = "prompt-\(prompts.count + 1)-\(tag)"
        prompts[name] = next
        return next
    }

    /// The text with a number of twelve digits for each account id.
    mutating func withoutAccounts(_ text: String) -> String {
        var accounts = self.accounts
        defer { self.accounts = accounts }
        return AccountNumbers.replaced(in: text) { account in
            let account = String(account)
            let digits = accounts[account] ?? String(accounts.count)
            let padded = String(repeating: "0", count: max(0, 12 - digits.utf8.count)) + digits
            accounts[account] = padded
            return padded
        }
    }
}
