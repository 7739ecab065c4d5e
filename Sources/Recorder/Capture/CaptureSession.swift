// A recording: the capture thread, the writer thread and the ring between them.

import CCurl
package import Core
import Glibc
import Synchronization

/// What a capture leaves behind.
package struct CaptureReport: Sendable {
    package var progress: CaptureProgress
    /// Bytes of trace written.
    package var writtenByteCount: UInt64
    /// Why the trace could not be written to its end; `nil` where it is whole.
    package var writeError: TraceError?
    /// Why the capture could not go on; `nil` where it ran to its end.
    package var captureError: CaptureError?
    /// Whether the capture thread ran in real time.
    package var wasRealTime: Bool
}

/// A capture under way.
package final class CaptureSession: Sendable {
    /// What the two threads say when they are done.
    private struct Ends {
        var writtenByteCount: UInt64 = 0
        var writeError: TraceError?
        var captureError: CaptureError?
        var wasRealTime = false
    }

    /// What the threads of a session share.
    private final class Shared: Sendable {
        let ends = Mutex(Ends())
        /// Set once nothing more comes to the writer.
        let isCaptureOver = CaptureFlag()
        /// Set once the capture thread has nothing left to do.
        let hasCaptureEnded = CaptureFlag()
    }

    private let control: CaptureControl
    private let shared = Shared()
    private let capture: DedicatedThread
    private let writer: DedicatedThread

    /// Starts both threads.
    ///
    /// - Parameters:
    ///   - configuration: How to send.
    ///   - source: What to send; it moves to the capture thread.
    ///   - path: Where the trace is to be written.
    ///   - replacesExisting: Whether a file there is overwritten.
    ///   - run: What the trace says of itself.
    ///   - origin: Who answers, where that is known before an answer.
    /// - Throws: `CaptureError` or `TraceError` when it cannot be set up; nothing is left behind then.
    package init(
        configuration: CaptureConfiguration,
        source: some RequestSource,
        path: String,
        replacesExisting: Bool,
        run: RunMetadata,
        origin: TraceOrigin?
    ) throws {
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        CaptureEnvironment.raiseFileLimit()
        let control = try CaptureControl()
        let ring = CaptureRing(byteCount: configuration.ringByteCount)
        let start = CaptureClock.Origin()
        var writer = try TraceWriter(FileOutput(path: path, replacesExisting: replacesExisting), run: run)
        if let origin { try writer.setOrigin(origin) }
        let sink = TraceSink(writer: writer, ring: ring, origin: start, knowsOrigin: origin != nil)
        self.control = control
        let shared = self.shared
        self.writer = try DedicatedThread(name: "writer") {
            let error = Self.write(sink, from: ring, until: shared.isCaptureOver, control)
            shared.ends.withLock {
                $0.writeError = error
                $0.writtenByteCount = sink.writtenByteCount
            }
        }
        capture = try DedicatedThread(name: "capture") {
            let wasRealTime = CaptureEnvironment.prioritize(realTime: configuration.usesRealTimePriority)
            var failure: CaptureError?
            do throws(CaptureError) {
                let loop = try CaptureLoop(
                    configuration: configuration,
                    source: source,
                    ring: ring,
                    control: control,
                    origin: start
                )
                try loop.run()
            } catch {
                failure = error
            }
            shared.ends.withLock {
                $0.captureError = failure
                $0.wasRealTime = wasRealTime
            }
            shared.hasCaptureEnded.set()
        }
    }

    /// Writes until capture is over and the ring is empty; gives what went wrong.
    private static func write(
        _ sink: TraceSink,
        from ring: CaptureRing,
        until isOver: CaptureFlag,
        _ control: CaptureControl
    ) -> TraceError? {
        do throws(TraceError) {
            while !isOver.isSet {
                try sink.drain()
                usleep(writerPauseMicroseconds)
            }
            try sink.close()
            return nil
        } catch {
            // Without a writer nothing more can be kept, so nothing more is asked for.
            control.ask(.stop)
            while !isOver.isSet {
                while ring.consume({ _, _ in }) {}
                usleep(writerPauseMicroseconds)
            }
            return error
        }
    }

    private static let writerPauseMicroseconds: UInt32 = 10_000

    /// Starts nothing more and lets what is in flight end.
    package func drain() { control.ask(.drain) }

    /// Starts nothing more and cancels what is in flight; each such request is recorded as cancelled.
    package func stop() { control.ask(.stop) }

    /// Makes the loop ask its source again.
    package func wake() { control.wake() }

    /// Whether everything is sent and received; the trace may still be written.
    package var hasEnded: Bool { shared.hasCaptureEnded.isSet }

    /// How far it is.
    package var progress: CaptureProgress { control.progress }

    /// Waits until everything is sent, received and written; to be called once.
    package func waitUntilFinished() -> CaptureReport {
        capture.join()
        shared.isCaptureOver.set()
        writer.join()
        let ends = shared.ends.withLock { $0 }
        return CaptureReport(
            progress: control.progress,
            writtenByteCount: ends.writtenByteCount,
            writeError: ends.writeError,
            captureError: ends.captureError,
            wasRealTime: ends.wasRealTime
        )
    }
}
