// What a capture session tells its caller: a snapshot while it runs, and the account at its end.

package import Core

/// How many attempts ended in each way.
package struct OutcomeCounts: Hashable, Sendable {
    private var counts = [Int](repeating: 0, count: TransportOutcome.allCases.count)

    /// Makes counts of nothing.
    package init() {}

    /// The number of attempts that ended this way.
    package subscript(outcome: TransportOutcome) -> Int {
        get { counts[outcome.index] }
        set { counts[outcome.index] = newValue }
    }

    /// The number of attempts that ended.
    package var total: Int { counts.reduce(0, +) }
}

extension TransportOutcome {
    /// The outcome's place among all cases.
    var index: Int {
        switch self {
        case .ok: 0
        case .httpError: 1
        case .transportError: 2
        case .timeout: 3
        case .cancelled: 4
        }
    }
}

/// A session's state at one instant.
package struct CaptureProgress: Hashable, Sendable {
    package var started = 0
    package var inFlight = 0
    package var ended = OutcomeCounts()
    /// Chunks of response bodies handed to the writer, and their bytes.
    package var chunks = 0
    package var bytes: UInt64 = 0
    /// Bytes that wait for the writer.
    package var ringLevel = 0
    /// How often a full ring held a transfer back.
    package var pauses = 0
    /// The last full second's p99 from the kernel's stamp to the write callback; zero without kernel stamps.
    package var callbackLagP99 = Nanoseconds.zero
    /// The last full second's p99 of the event loop's lateness.
    package var loopLatenessP99 = Nanoseconds.zero
    package var isDraining = false
    package var isFinished = false

    /// Makes a snapshot of nothing.
    package init() {}
}

/// The account of a finished session.
package struct CaptureReport: Sendable {
    /// What the session found on the host.
    package var environment: CaptureEnvironment
    package var started = 0
    package var ended = OutcomeCounts()
    /// Chunks of response bodies, how many carry the kernel's stamp, and their bytes.
    package var chunks = 0
    package var kernelStampedChunks = 0
    package var bytes: UInt64 = 0
    /// The size of what was written, in bytes.
    package var writtenByteCount: UInt64 = 0
    /// Why writing stopped; `nil` where everything was written.
    package var writerError: String?
    /// What could not be written: attempts touched, and bytes of their bodies.
    package var lostAttempts = 0
    package var lostBytes: UInt64 = 0
    /// Why capturing stopped early; `nil` where it did not.
    package var captureError: String?
    /// How often the wall clock stepped so far that kernel stamps were in doubt.
    package var clockSteps = 0
    /// The self-measurement of the whole session.
    package var quality: CaptureQuality
    /// The same, second by second.
    package var qualityBySecond: [CaptureQuality] = []

    /// The most trustworthy source that stamped chunks: the kernel if it stamped any.
    package var stampSource: StampSource { kernelStampedChunks > 0 ? .kernel : environment.stampSource }
}
