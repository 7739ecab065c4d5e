// What a person sees while a recording runs: one line that is rewritten on a terminal, a plain line now and then elsewhere.

import Core

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Shows how far a capture is.
struct ProgressLine {
    private let total: Int?
    private let isTerminal: Bool
    private let start = ClockReading.nanoseconds(CLOCK_MONOTONIC)
    private var nextUpdate: UInt64 = 0

    init(total: Int?, isTerminal: Bool) {
        self.total = total
        self.isTerminal = isTerminal
    }

    private var interval: UInt64 { isTerminal ? 200_000_000 : 5_000_000_000 }

    /// Shows the counts if it is time to.
    mutating func update(_ progress: CaptureProgress) {
        let now = ClockReading.nanoseconds(CLOCK_MONOTONIC)
        guard now >= nextUpdate else { return }
        // The first plain line waits, so that short runs stay silent until their table.
        defer { nextUpdate = now + interval }
        guard isTerminal || nextUpdate > 0 else { return }
        let line = Self.line(progress, total: total, elapsedSeconds: Double(now - start) / 1e9)
        if isTerminal {
            Console.put("\r\u{1B}[K" + line)
        } else {
            Console.talk(line)
        }
    }

    /// The counts as one line.
    static func line(_ progress: CaptureProgress, total: Int?, elapsedSeconds: Double) -> String {
        let done = progress.doneCount
        var parts = [
            DurationLine.text(seconds: elapsedSeconds), "\(done)" + (total.map { " of \($0)" } ?? "") + " done",
            "\(progress.inFlight) in flight",
        ]
        for outcome in TransportOutcome.allCases where outcome != .ok {
            if let count = progress.done[outcome] { parts.append("\(count) \(outcome.rawValue)") }
        }
        if elapsedSeconds > 0 {
            let tenths = Int((Double(done) / elapsedSeconds * 10).rounded())
            parts.append("\(tenths / 10).\(tenths % 10) requests/s")
        }
        parts.append(ByteLine.text(progress.receivedByteCount))
        if let total, done > 0, done < total {
            parts.append(
                "about \(DurationLine.text(seconds: elapsedSeconds / Double(done) * Double(total - done))) left"
            )
        }
        return parts.joined(separator: " · ")
    }

    /// Shows how it ended.
    func finish(_ report: CaptureReport, output: String) {
        if isTerminal { Console.put("\r\u{1B}[K") }
        let elapsed = Double(ClockReading.nanoseconds(CLOCK_MONOTONIC) - start) / 1e9
        Console.talk(Self.line(report.progress, total: nil, elapsedSeconds: elapsed))
        if report.progress.pauses > 0 {
            Console.talk("The writer was behind \(report.progress.pauses) times; transfers waited, nothing was lost.")
        }
        if report.writeError == nil {
            Console.talk("\(output): \(ByteLine.text(report.writtenByteCount))")
        }
    }
}

/// Spans of time for people.
enum DurationLine {
    /// For example `4.2 s`, `3 min 20 s` or `2 h 5 min`.
    static func text(seconds: Double) -> String {
        if seconds < 60 {
            let tenths = Int((seconds * 10).rounded())
            return "\(tenths / 10).\(tenths % 10) s"
        }
        let whole = Int(seconds.rounded())
        return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
    }
}

/// Amounts of bytes for people.
enum ByteLine {
    /// For example `812 B`, `1.4 MB`.
    static func text(_ count: UInt64) -> String {
        for (size, unit) in [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")] as [(UInt64, String)]
        where count >= size {
            let tenths = (count * 10 + size / 2) / size
            return "\(tenths / 10).\(tenths % 10) \(unit)"
        }
        return "\(count) B"
    }
}
