// Where the server listens and what it puts up with.

package import Core

/// Limits that keep one bad client from hurting the others.
package struct ServerLimits: Hashable, Sendable {
    /// The largest request body; the service's own limit for InvokeModel.
    package var bodyByteCount = 25_000_000
    /// The largest request head, all fields together.
    package var headByteCount = 64 * 1_024
    /// From a request's first byte to its last.
    package var requestTime = Nanoseconds.seconds(30)
    /// How long a connection may stay without a request.
    package var idleTime = Nanoseconds.seconds(300)
    /// How long a stalled answer keeps its connection.
    package var stallTime = Nanoseconds.seconds(900)
    /// How many connections are open at a time.
    package var connectionCount = 8_192

    /// The limits that suit a machine of one's own.
    package init() {}
}

/// How a server is set up.
package struct ServerConfiguration: Hashable, Sendable {
    package var host = "127.0.0.1"
    /// 0 for any free port.
    package var port = 0
    /// Threads that read requests and write answers.
    package var threadCount = 1
    package var limits = ServerLimits()

    /// A server on the loopback interface at any free port.
    package init() {}
}

/// What kept a server from starting.
package struct ServerError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String
}
