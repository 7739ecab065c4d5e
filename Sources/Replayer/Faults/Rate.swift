// Shares as a person writes them.

/// A share from 0 to 1, written `5%` or `0.05`.
enum Rate {
    /// Reads a share; `nil` where `text` is none.
    static func parse(_ text: String) -> Double? {
        let isPercentage = text.hasSuffix("%")
        guard let number = Double(isPercentage ? text.dropLast() : text[...]), number.isFinite else { return nil }
        let share = isPercentage ? number / 100 : number
        return (0...1).contains(share) ? share : nil
    }
}
