// What is wrong with a trace, and where.

/// One thing that doesn't hold.
public struct TraceFault: Hashable, Sendable {
    /// The file.
    public var path: String
    /// Where the record at fault begins.
    public var offset: UInt64
    /// What doesn't hold.
    public var reason: String

    /// Makes a fault.
    public init(path: String, offset: UInt64, reason: String) {
        self.path = path
        self.offset = offset
        self.reason = reason
    }
}

extension TraceFault: CustomStringConvertible {
    /// One line for a person.
    public var description: String { "\(path): byte \(offset): \(reason)" }
}
