// What a person sees of a recording, as text: the state of one moment in, lines out.

import Core

/// A recording's state at one moment.
struct ProgressReport: Sendable {
    var elapsedSeconds: Double
    /// Requests of the whole plan; `nil` where only time ends it.
    var total: Int?
    /// The plan's duration.
    var durationSeconds: Double?
    var capture: CaptureProgress
    var load: LoadTally
    var live: LiveNumbers
    /// Ends and output tokens a second, of late.
    var requestsPerSecond: Double?
    var tokensPerSecond: Double?
    /// When the hours begin again, in words.
    var hoursBegin: String?

    /// The essential numbers on one line.
    var line: String {
        var parts = [DurationLine.text(seconds: elapsedSeconds)]
        parts.append(
            NumberText.count(capture.doneCount) + (total.map { " of \(NumberText.count($0))" } ?? "") + " done"
        )
        parts.append("\(NumberText.count(capture.inFlight)) in flight")
        if let rate = requestsPerSecond { parts.append("\(NumberText.tenths(rate)) requests/s") }
        if let rate = tokensPerSecond { parts.append("\(NumberText.tenths(rate)) tokens/s") }
        parts.append(ByteLine.text(capture.receivedByteCount))
        if let left = secondsLeft, left > 0 { parts.append("about \(DurationLine.text(seconds: left)) left") }
        return parts.joined(separator: " · ")
    }

    /// Everything worth knowing, a line each; no line is longer than `width` characters.
    func panel(width: Int) -> [String] {
        var lines = [line]
        if let text = faults { lines.append(text) }
        lines += live.faults.lines.prefix(2)
        if let text = openLoop { lines.append(text) }
        if let text = hold { lines.append(text) }
        lines += TextTable.lines(modelRows)
        lines.append(lateness)
        return lines.map { $0.count > width ? String($0.prefix(max(0, width - 1))) + "…" : $0 }
    }

    /// The lines of a log that is read later: the essentials, and faults where there are any.
    var plainLine: String {
        [line, faults, live.faults.lines.first, openLoop, hold].compactMap { $0 }.joined(separator: " · ")
    }

    // MARK: Parts

    private var secondsLeft: Double? {
        let done = capture.doneCount
        let byCount = total.flatMap { total -> Double? in
            guard done > 0, total > done, elapsedSeconds > 0 else { return nil }
            return elapsedSeconds / Double(done) * Double(total - done)
        }
        let byTime = durationSeconds.map { max(0, $0 - elapsedSeconds) }
        return [byCount, byTime].compactMap { $0 }.min()
    }

    /// Whatever was not answered well.
    var faults: String? {
        var parts: [String] = []
        for outcome in TransportOutcome.allCases where outcome != .ok {
            guard let count = capture.done[outcome], count > 0 else { continue }
            parts.append("\(NumberText.count(count)) \(outcome.rawValue)")
        }
        let exceptions = live.models.values.reduce(0) { $0 + $1.streamExceptions }
        if exceptions > 0 { parts.append("\(NumberText.count(exceptions)) stream_exception") }
        let throttled = load.models.values.reduce(0) { $0 + $1.throttled }
        if throttled > 0 {
            let share = Double(throttled) / Double(max(1, capture.doneCount)) * 100
            parts.append("\(NumberText.count(throttled)) throttled (\(NumberText.tenths(share)) %)")
        }
        return parts.isEmpty ? nil : parts.joined(separator: " · ")
    }

    private var openLoop: String? {
        var parts: [String] = []
        if let rate = load.rate { parts.append("rate now \(NumberText.tenths(rate))/s") }
        if load.lateness.count > 0 {
            parts.append("start lateness p99 \(DurationLine.short(load.lateness.quantile(0.99)))")
            if load.heldBack > 0 { parts.append("\(NumberText.count(load.heldBack)) held back") }
        }
        return parts.isEmpty ? nil : parts.joined(separator: " · ")
    }

    private var hold: String? {
        switch load.hold {
        case nil: nil
        case .outsideWindow: "outside the hours\(hoursBegin.map { ", next at \($0)" } ?? "")"
        case .withoutCredentials: "waiting for credentials"
        }
    }

    private var lateness: String {
        "stamp to callback p99 \(DurationLine.short(capture.callbackLagP99)) · "
            + "loop lateness p99 \(DurationLine.short(capture.loopLatenessP99)) · "
            + "ring at most \(Int((capture.highestRingShare * 100).rounded())) %"
    }

    /// A row a model.
    var modelRows: [[String]] {
        let models = Set(load.models.keys).union(live.models.keys).sorted()
        guard !models.isEmpty else { return [] }
        let head = ["model", "done", "ok", "throttled", "TTFT p50", "p99", "E2E p50", "p99", "output tokens"]
        return [head]
            + models.map { name in
                let load = load.models[name] ?? LoadTally.Model()
                let live = live.models[name] ?? LiveNumbers.Model()
                return [
                    name, NumberText.count(load.outcomes.values.reduce(0, +)),
                    NumberText.count(load.outcomes[.ok] ?? 0), NumberText.count(load.throttled),
                    DurationLine.short(live.firstToken.quantile(0.5)),
                    DurationLine.short(live.firstToken.quantile(0.99)),
                    DurationLine.short(load.endToEnd.quantile(0.5)),
                    DurationLine.short(load.endToEnd.quantile(0.99)), NumberText.count(live.outputTokens),
                ]
            }
    }
}
