// What every record of a trace is filed under.

/// One attempt at one request of a trace.
public struct AttemptID: Hashable, Sendable {
    /// The request, numbered from 1 in start order within a recording.
    public var request: UInt64
    /// The attempt at it, from 1; a retry is a new attempt with records of its own.
    public var attempt: UInt32

    /// Makes an identifier.
    public init(request: UInt64, attempt: UInt32 = 1) {
        self.request = request
        self.attempt = attempt
    }
}

extension AttemptID: Comparable {
    public static func < (lhs: AttemptID, rhs: AttemptID) -> Bool {
        (lhs.request, lhs.attempt) < (rhs.request, rhs.attempt)
    }
}
