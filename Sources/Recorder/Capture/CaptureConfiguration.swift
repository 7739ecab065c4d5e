// How requests are sent and what bounds them.

package import Core

/// Settings of a capture.
package struct CaptureConfiguration: Sendable {
    /// How many requests may be in flight at once; each has a connection of its own.
    package var maxInFlight = 1
    /// A file of certificates to trust; `nil` for the system's.
    package var caBundle: String?
    package var connectTimeout = Nanoseconds.seconds(10)
    /// The longest time without a byte.
    package var idleTimeout = Nanoseconds.seconds(120)
    /// The longest time from dispatch to the last byte; `nil` for no limit.
    package var totalTimeout: Nanoseconds?
    /// Bytes of the ring between capture and writer.
    package var ringByteCount = 64 << 20
    /// Whether to ask the kernel for receive times.
    package var usesKernelStamps = true
    /// Whether to ask for real-time scheduling of the capture thread.
    package var usesRealTimePriority = true
    /// The `User-Agent` header.
    package var userAgent = "bedrock-trace/\(BedrockTrace.version)"

    /// The defaults.
    package init() {}
}

/// A capture that can't be set up.
package struct CaptureError: Error, CustomStringConvertible {
    package var description: String
}
