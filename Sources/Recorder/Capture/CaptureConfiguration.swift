// What a user can choose about capturing, with the defaults that suit a long recording against Bedrock.

package import Core

/// How a capture session connects, waits and stamps.
package struct CaptureConfiguration: Sendable {
    /// The HTTP version to speak.
    package enum HTTPVersion: String, Sendable, CaseIterable {
        /// One connection per stream in flight: the kernel's stamps belong to one stream.
        case http1_1 = "1.1"
        /// HTTP/2 where the server offers it, still one stream per connection; `sent` stays unknown, since control
        /// frames follow the request on the same socket.
        case http2 = "2"
    }

    /// The most requests in flight; a request that falls due above waits and keeps its scheduled instant.
    package var maxInFlight: Int
    /// The file of trusted certificates (PEM); `nil` takes the host's own bundle.
    package var caBundle: String?
    /// The time limit for name lookup, TCP and TLS; `nil` takes libcurl's 300 s.
    package var connectTimeout: Nanoseconds? = .seconds(10)
    /// The longest silence of a connected server, before its first byte or between two; `nil` waits for ever.
    package var idleTimeout: Nanoseconds? = .seconds(120)
    /// The time limit from dispatch to the last byte; `nil` sets none.
    package var totalTimeout: Nanoseconds?
    /// How long a connection is reused.
    ///
    /// Then the next request opens one, and so follows the endpoint to new addresses.
    /// Whole seconds, rounded up; `nil` reuses it for ever.
    package var connectionLifetime: Nanoseconds? = .seconds(300)
    /// How long a connection may have been idle to be reused, in whole seconds, rounded up: endpoints close idle ones
    /// without a word, and a request on such a one fails.
    package var connectionIdleLimit: Nanoseconds = .seconds(60)
    /// How long a looked-up name is believed, in whole seconds, rounded up.
    package var nameLifetime: Nanoseconds = .seconds(60)
    package var httpVersion: HTTPVersion = .http1_1
    /// The room between the capture thread and the writer; a power of two of at least 64 KiB is made of it.
    package var ringByteCount: Int = 32 << 20
    /// Whether to take the kernel's receive stamps where they pass the check at the start.
    package var usesKernelStamps = true
    /// Whether the capture thread asks for `SCHED_FIFO`; it never spins, and goes on without where not permitted.
    package var usesRealTimePriority = true
    /// Whether the process's memory is locked; goes on without where not permitted.
    package var locksMemory = true

    /// The `User-Agent` header of requests that name none; `nil` sends none.
    package var userAgent: String? = "bedrock-trace/\(BedrockTrace.version)"

    /// Makes a configuration of defaults.
    package init(maxInFlight: Int = 1) {
        self.maxInFlight = maxInFlight
    }
}

/// What the session found on the host before the first request: facts for a trace's run metadata.
package struct CaptureEnvironment: Hashable, Sendable {
    /// The stamp source the session begins with.
    package var stampSource: StampSource
    /// Why the kernel's stamps are not used; `nil` where they are.
    package var kernelStampRefusal: String?
    /// libcurl and what it was built with, for example `libcurl/7.88.1 OpenSSL/3.0.19 …`.
    package var libraries: String
    /// The kernel's name and release.
    package var kernel: String
    /// Whether the capture thread runs under `SCHED_FIFO`.
    package var isRealTime: Bool
    /// Whether the process's memory is locked.
    package var isMemoryLocked: Bool
    /// How many descriptors the process may open.
    package var descriptorLimit: UInt64
    /// The file of trusted certificates; `nil` where libcurl's own default stands.
    package var caBundle: String?
    /// The beginning of the trace's timeline.
    package var start: TraceInstant
    /// How exactly the timeline's beginning is known: half the width of the clock sandwich.
    package var startUncertainty: Nanoseconds
}
