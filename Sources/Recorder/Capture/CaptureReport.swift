// What a capture session tells its caller: a snapshot while it runs, and the account at its end.

package import Core

/// A capture that cannot be set up, or go on.
package struct CaptureError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String

    /// Makes an error from one sentence a user can act on.
    package init(description: String) {
        self.description = description
    }
}

/// A session's state at one instant.
package struct CaptureProgress: Hashable, Sendable {
    package var started = 0
    package var inFlight = 0
    /// Ended attempts by outcome.
    package var done: [TransportOutcome: Int] = [:]
    /// Chunks of response bodies handed to the writer, and their bytes.
    package var chunks = 0
    package var receivedByteCount: UInt64 = 0
    /// How often a full ring held a transfer back.
    package var pauses = 0
    /// The ring's highest level so far, 0 to 1.
    package var highestRingShare = 0.0
    /// The last full second's p99 from the kernel's stamp to the write callback; zero without kernel stamps.
    package var callbackLagP99 = Nanoseconds.zero
    /// The last full second's p99 of the event loop's lateness.
    package var loopLatenessP99 = Nanoseconds.zero

    /// Ended attempts.
    package var doneCount: Int { done.values.reduce(0, +) }

    /// Makes a snapshot of nothing.
    package init() {}
}

/// The account of a finished session.
package struct CaptureReport: Sendable {
    /// What the session found on the host.
    package var environment: CaptureEnvironment
    package var progress: CaptureProgress
    /// The self-measurement of the whole session.
    package var quality: QualityRecord
    /// How often the wall clock stepped so far that kernel stamps were in doubt.
    package var clockSteps = 0
    /// The size of what was written, in bytes.
    package var writtenByteCount: UInt64 = 0
    /// Why writing stopped; `nil` where everything was written.
    package var writeError: CaptureError?
    /// What could not be written: attempts touched, and bytes of their bodies.
    package var lostAttempts = 0
    package var lostBytes: UInt64 = 0
    /// Why capturing stopped early; `nil` where it did not.
    package var captureError: CaptureError?

    /// The most trustworthy source that stamped chunks: the kernel if it stamped any.
    package var stampSource: StampSource {
        quality.kernelStampedChunks > 0 ? .kernel : environment.stampSource
    }

    /// Whether the capture thread ran in real time.
    package var wasRealTime: Bool { environment.isRealTime }
}
