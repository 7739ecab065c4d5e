// A recording from the caller's point of view: drain or stop, wait, report. Three threads: the caller's, capture, writer.

package import Core
internal import Synchronization

/// Sends what a source asks for and writes what comes back, until the source is finished or the caller has enough.
///
/// A session runs from the moment it is made; every method may be called from any thread.
package final class CaptureSession: Sendable {
    private enum Stage: ~Copyable {
        case running(CaptureEnvironment, capture: PosixThread, writer: PosixThread)
        case finished(CaptureReport)
    }

    private let control: CaptureControl
    private let stage: Mutex<Stage>
    private let loopAccount: Handoff<LoopAccount>
    private let writerAccount: Handoff<WriterAccount>

    /// Prepares the host, opens a trace and begins.
    ///
    /// - Parameters:
    ///   - configuration: How to connect, wait and stamp.
    ///   - source: What to send when; it moves to the capture thread.
    ///   - makeSink: Opens the trace, on the writer thread, once the host's facts are known.
    /// - Throws: `CaptureError` or what `makeSink` throws; nothing is left running then.
    package init<Sink: CaptureSink & ~Copyable>(
        configuration: CaptureConfiguration,
        source: some RequestSource,
        makeSink: @escaping @Sendable (CaptureEnvironment) throws -> Sink
    ) throws {
        let control = try CaptureControl()
        // Room for several of the largest reads, so that any chunk fits wherever the ring's end falls.
        let ring = ByteRing(byteCount: max(configuration.ringByteCount, 65_536))
        let loopAccount = try Handoff<LoopAccount>()
        let writerAccount = try Handoff<WriterAccount>()
        let prepared = try Handoff<Result<CaptureSetup, any Error>>()
        let mayRun = try Handoff<Bool>()
        let isMemoryLocked = configuration.locksMemory && ProcessRights.lockMemory()
        let capture = try PosixThread(name: "capture") {
            CaptureThread.run(
                configuration: configuration,
                source: source,
                control: control,
                ring: ring,
                isMemoryLocked: isMemoryLocked,
                prepared: prepared,
                mayRun: mayRun,
                account: loopAccount
            )
        }
        do {
            let setup = try prepared.take().get()
            let opened = try Handoff<(any Error)?>()
            let writer = try PosixThread(name: "trace-writer") {
                do {
                    let writer = CaptureWriter(
                        try makeSink(setup.environment),
                        ring: ring,
                        control: control,
                        origin: setup.origin
                    )
                    opened.give(nil)
                    writerAccount.give(writer.run())
                } catch {
                    opened.give(error)
                }
            }
            if let error = opened.take() {
                writer.join()
                throw error
            }
            mayRun.give(true)
            self.control = control
            self.loopAccount = loopAccount
            self.writerAccount = writerAccount
            stage = Mutex(.running(setup.environment, capture: capture, writer: writer))
        } catch {
            mayRun.give(false)
            capture.join()
            throw error
        }
    }

    /// Prepares the host, opens a trace file and begins.
    ///
    /// - Parameters:
    ///   - configuration: How to connect, wait and stamp.
    ///   - source: What to send when; it moves to the capture thread.
    ///   - destination: Where the trace is to be written.
    ///   - run: What the trace says of itself; the host's facts are added.
    ///   - origin: Who answers, where that is known before an answer.
    /// - Throws: `CaptureError` or `TraceError` when it cannot be set up; nothing is left running then.
    package convenience init(
        configuration: CaptureConfiguration,
        source: some RequestSource,
        destination: TraceDestination,
        run: RunMetadata,
        origin: TraceOrigin?
    ) throws {
        try self.init(configuration: configuration, source: source) { environment in
            try TraceFileSink(
                destination: destination,
                run: run,
                origin: origin,
                environment: environment
            )
        }
    }

    /// Starts nothing more and lets what is in flight end.
    package func drain() {
        control.request(.draining)
    }

    /// Starts nothing more and cancels what is in flight; each such attempt is recorded as cancelled.
    package func stop() {
        control.request(.stopping)
    }

    /// Closes the segment under way and begins the next, where the trace has segments.
    package func rotate() {
        control.requestRotation()
    }

    /// Makes the loop ask its source again.
    package func wake() {
        control.loopSignal.raise()
    }

    /// Whether everything is sent and received; the trace may still be written.
    package var hasEnded: Bool { control.isLoopEnded }

    /// The session's state now.
    package var progress: CaptureProgress { control.counters.progress }

    /// Waits until everything has ended and is written.
    package func waitUntilFinished() -> CaptureReport {
        stage.withLock { stage in
            switch consume stage {
            case .finished(let report):
                stage = .finished(report)
                return report
            case .running(let environment, let capture, let writer):
                capture.join()
                writer.join()
                let report = report(environment, loopAccount.take(), writerAccount.take())
                stage = .finished(report)
                return report
            }
        }
    }

    private func report(
        _ environment: CaptureEnvironment,
        _ loop: LoopAccount,
        _ writer: WriterAccount
    ) -> CaptureReport {
        var report = CaptureReport(environment: environment, progress: loop.progress, quality: loop.quality)
        report.clockSteps = loop.clockSteps
        report.writtenByteCount = writer.writtenByteCount
        report.writeError = writer.error
        report.lostAttempts = writer.lostAttempts
        report.lostBytes = writer.lostBytes
        report.captureError = loop.failure
        return report
    }
}
