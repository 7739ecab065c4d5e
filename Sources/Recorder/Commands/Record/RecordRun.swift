// A recording under way: the session beside the person who watches it, and the log.

import Core
import Glibc

/// Runs a job to its end.
struct RecordRun: ~Copyable {
    private let job: RecordJob
    private let log: LogFile
    private let statistics = LiveStatistics()
    private let isQuiet: Bool
    private var display: ProgressDisplay
    private var requestRate = RecentRate()
    private var tokenRate = RecentRate()
    private let start = ClockReading.monotonicNanoseconds
    private var nextLog = 0.0
    private var lastHold: LoadHold?

    private static let logInterval = 10.0

    init(job: RecordJob, talk: TalkOptions) throws(CommandFailure) {
        self.job = job
        isQuiet = talk.quiet
        log = try LogFile(path: talk.logFile)
        display = ProgressDisplay(isTerminal: Console.isTerminal, isQuiet: talk.quiet)
    }

    /// Records, and ends the process with the status that fits.
    mutating func run() throws(CommandFailure) {
        // Before any thread, which inherits the mask: signals are waited for, never handled in passing.
        let signals = RunSignals()
        let metadata = RunDescription.metadata(
            plan: job.plan,
            configuration: job.configuration,
            resumedRuns: job.resumedRuns
        )
        let session = try begin(metadata)
        log.write("start") { json in
            json.member("run_id", metadata.runID)
            json.member("plan") { json in json.raw(job.plan.json) }
            json.member("credentials", job.keeper.source)
        }
        var interruptions = 0
        while !session.hasEnded {
            switch signals.wait(milliseconds: 200) {
            case .end:
                interruptions += 1
                if interruptions == 1 {
                    session.drain()
                    tell("Stopping: waiting for the requests in flight; once more cancels them.", event: "drain")
                } else {
                    session.stop()
                    log.write("stop")
                }
            case .rotate:
                session.rotate()
                log.write("rotate")
            case nil: break
            }
            for line in job.keeper.tend(refusals: job.monitor.tally.refused) { tell(line, event: "credentials") }
            watch(session)
        }
        try finish(session.waitUntilFinished(), interrupted: interruptions > 0)
    }

    private func begin(_ metadata: RunMetadata) throws(CommandFailure) -> CaptureSession {
        let (destination, origin, statistics) = (job.destination, job.origin, statistics)
        do {
            return try CaptureSession(configuration: job.configuration, source: job.source) { environment in
                LiveSink(
                    try TraceFileSink(
                        destination: destination,
                        run: metadata,
                        origin: origin,
                        environment: environment
                    ),
                    statistics: statistics
                )
            }
        } catch {
            throw .unfinished("\(error)")
        }
    }

    // MARK: While it runs

    private var elapsedSeconds: Double { Double(ClockReading.monotonicNanoseconds - start) / 1e9 }

    private mutating func watch(_ session: CaptureSession) {
        let now = elapsedSeconds
        let isLogDue = log.isOpen && now >= nextLog
        guard display.isDue(atSecond: now) || isLogDue else { return }
        let report = report(session.progress)
        noteHold(report)
        if display.isDue(atSecond: now) { display.show(report) }
        if isLogDue {
            nextLog = now + Self.logInterval
            log.write("progress") { report.write(&$0) }
        }
    }

    /// Whoever reads the log later sees when sending stood still, and why.
    private mutating func noteHold(_ report: ProgressReport) {
        guard report.load.hold != lastHold else { return }
        lastHold = report.load.hold
        switch lastHold {
        case nil: log.write("sending")
        case .outsideWindow: log.write("outside_hours") { $0.member("next", report.hoursBegin) }
        case .withoutCredentials: log.write("without_credentials")
        }
    }

    private mutating func report(_ progress: CaptureProgress) -> ProgressReport {
        let live = statistics.numbers
        let tally = job.monitor.tally
        let now = elapsedSeconds
        var report = ProgressReport(
            elapsedSeconds: now,
            total: job.plan.load.count,
            durationSeconds: job.plan.limits.duration?.seconds,
            capture: progress,
            load: tally,
            live: live
        )
        report.requestsPerSecond = requestRate.take(progress.doneCount, atSecond: now)
        report.tokensPerSecond = tokenRate.take(live.outputTokens, atSecond: now)
        if tally.hold == .outsideWindow { report.hoursBegin = hoursBegin }
        return report
    }

    private var hoursBegin: String? {
        let hours = job.plan.limits.hours
        let now = Int(ClockReading.realtimeNanoseconds / 1_000_000_000)
        guard let next = hours.nextChange(secondsSinceEpoch: now) else { return nil }
        let local = next + hours.zone.offset(secondsSinceEpoch: next)
        let text = LogFile.time(UInt64(max(0, local)) * 1_000_000_000)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) \(hours.zone.name)"
    }

    private mutating func tell(_ line: String, event: String) {
        log.write(event) { $0.member("message", line) }
        if !isQuiet { display.tell(line) }
    }

    // MARK: The end

    private mutating func finish(_ report: CaptureReport, interrupted: Bool) throws(CommandFailure) {
        var progress = self.report(report.progress)
        // At the end the whole run counts, and nothing is left.
        progress.requestsPerSecond = Double(report.progress.doneCount) / max(progress.elapsedSeconds, 0.001)
        progress.tokensPerSecond = Double(progress.live.outputTokens) / max(progress.elapsedSeconds, 0.001)
        progress.durationSeconds = nil
        let closing = ClosingReport(progress: progress, capture: report, output: job.destination.path)
        if !isQuiet {
            display.clear()
            for line in closing.lines { Console.talk(line) }
        }
        log.write("end") { [progress] json in
            json.member("interrupted", interrupted)
            json.member("error", report.writeError?.description ?? report.captureError?.description)
            json.member("written_bytes", report.writtenByteCount)
            progress.write(&json)
        }
        if let error = report.writeError { throw .unfinished(error.description) }
        if let error = report.captureError { throw .unfinished(error.description) }
        if interrupted { exit(130) }
    }
}

extension TraceDestination {
    /// The file or folder.
    var path: String {
        switch self {
        case .file(let path, _), .folder(let path, _): path
        }
    }
}
