// What is wrong with a JSON text, and where.

/// A fault in a JSON text (RFC 8259).
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The byte at which the fault was seen, from 0.
    public var offset: Int
    /// What was expected there.
    public var expected: String

    /// Makes an error.
    public init(offset: Int, expected: String) {
        self.offset = offset
        self.expected = expected
    }

    /// One line for a person.
    public var description: String { "not JSON at byte \(offset): expected \(expected)" }
}
