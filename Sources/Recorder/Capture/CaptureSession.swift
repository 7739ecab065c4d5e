// A recording from the caller's point of view: start, drain or stop, wait, report. Three threads: the caller's, capture, writer.

internal import CLinux
internal import Core
internal import Synchronization

/// Sends what a source asks for and writes what comes back, until the source is finished or the caller has enough.
///
/// ```swift
/// let session = try CaptureSession(configuration: .init(maxInFlight: 64), source: plan) { environment in
///     try openTrace(environment)
/// }
/// try session.start()
/// let report = session.waitUntilFinished()
/// ```
/// Every method may be called from any thread.
package final class CaptureSession: Sendable {
    private enum Stage: ~Copyable {
        case new
        case running(CaptureEnvironment, capture: PosixThread, writer: PosixThread)
        case finished(CaptureReport)

        var isNew: Bool {
            switch self {
            case .new: true
            case .running: false
            case .finished: false
            }
        }
    }

    private typealias WriterBody = @Sendable (CaptureSetup, _ opened: Handoff<(any Error)?>) -> WriterAccount

    private let configuration: CaptureConfiguration
    private let source: any RequestSource
    private let control: CaptureControl
    private let ring: ByteRing
    private let writerBody: WriterBody
    private let stage = Mutex(Stage.new)
    private let loopAccount: Handoff<LoopAccount>
    private let writerAccount: Handoff<WriterAccount>
    private let isFinished = Atomic<Bool>(false)

    /// Makes a session; nothing runs before ``start()``.
    ///
    /// - Parameters:
    ///   - configuration: How to connect, wait and stamp.
    ///   - source: What to send when; asked on the capture thread.
    ///   - makeSink: Opens the trace, on the writer thread, once the host's facts are known.
    package init<Sink: CaptureSink & ~Copyable>(
        configuration: CaptureConfiguration,
        source: some RequestSource,
        makeSink: @escaping @Sendable (CaptureEnvironment) throws -> Sink
    ) throws(SystemFailure) {
        let control = try CaptureControl()
        // Twice the largest read and more: any chunk fits wherever the ring's end falls.
        let ring = ByteRing(byteCount: max(configuration.ringByteCount, 65_536))
        self.configuration = configuration
        self.source = source
        self.control = control
        self.ring = ring
        loopAccount = try Handoff()
        writerAccount = try Handoff()
        writerBody = { setup, opened in
            let writer: CaptureWriter<Sink>
            do {
                writer = CaptureWriter(
                    try makeSink(setup.environment),
                    ring: ring,
                    control: control,
                    origin: setup.origin
                )
            } catch {
                opened.give(error)
                return WriterAccount()
            }
            opened.give(nil)
            return writer.run()
        }
    }

    /// Prepares the host, opens the trace and begins; throws, with nothing left running, where one of them fails.
    package func start() throws {
        try stage.withLock { stage throws(any Error) in
            guard stage.isNew else { return }
            let isMemoryLocked = configuration.locksMemory && clinux_lock_memory() == 0
            let prepared = try Handoff<Result<CaptureSetup, any Error>>()
            let mayRun = try Handoff<Bool>()
            let (configuration, source, control, ring, loopAccount) =
                (configuration, source, control, ring, loopAccount)
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
                let writer = try startWriter(setup)
                mayRun.give(true)
                stage = .running(setup.environment, capture: capture, writer: writer)
            } catch {
                mayRun.give(false)
                capture.join()
                throw error
            }
        }
    }

    private func startWriter(_ setup: CaptureSetup) throws -> PosixThread {
        let opened = try Handoff<(any Error)?>()
        let (body, account) = (writerBody, writerAccount)
        let writer = try PosixThread(name: "trace-writer") {
            account.give(body(setup, opened))
        }
        if let error = opened.take() {
            writer.join()
            throw error
        }
        return writer
    }

    /// Starts nothing more and lets what is in flight end.
    package func drain() {
        control.request(.draining)
    }

    /// Starts nothing more and cancels what is in flight; each attempt is recorded as cancelled.
    package func stopNow() {
        control.request(.stopping)
    }

    /// The session's state now.
    package var progress: CaptureProgress {
        var progress = control.counters.progress
        progress.ringLevel = ring.level
        progress.isDraining = control.phase != .running
        progress.isFinished = isFinished.load(ordering: .acquiring)
        return progress
    }

    /// Waits until everything has ended and is written; `nil` where the session was never started.
    package func waitUntilFinished() -> CaptureReport? {
        stage.withLock { stage in
            switch consume stage {
            case .new:
                stage = .new
                return nil
            case .finished(let report):
                stage = .finished(report)
                return report
            case .running(let environment, let capture, let writer):
                capture.join()
                writer.join()
                let report = report(environment, loopAccount.take(), writerAccount.take())
                isFinished.store(true, ordering: .releasing)
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
        var report = CaptureReport(environment: environment, quality: loop.quality)
        report.started = loop.progress.started
        report.ended = loop.progress.ended
        report.chunks = loop.quality.chunks
        report.kernelStampedChunks = loop.quality.kernelStampedChunks
        report.bytes = loop.quality.bytes
        report.writtenByteCount = writer.writtenByteCount
        report.writerError = writer.error
        report.lostAttempts = writer.lostAttempts
        report.lostBytes = writer.lostBytes
        report.captureError = loop.failure
        report.clockSteps = loop.clockSteps
        report.qualityBySecond = writer.qualityBySecond
        return report
    }
}
