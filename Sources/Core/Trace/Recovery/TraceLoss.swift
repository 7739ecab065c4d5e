// What could not be saved of a damaged trace.

/// A part of a file that was lost.
public struct TraceLoss: Hashable, Sendable {
    /// The first byte of the part.
    public var offset: UInt64
    /// Its length.
    public var byteCount: UInt64
    /// Why it could not be saved.
    public var reason: String
}

extension TraceLoss: CustomStringConvertible {
    /// One line for a person.
    public var description: String { "bytes \(offset) to \(offset + byteCount): \(reason)" }
}
