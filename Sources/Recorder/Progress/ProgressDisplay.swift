// Shows reports while a recording runs: a panel that is redrawn on a terminal, a plain line now and then elsewhere.

import Core
import Glibc

/// Rates of the last half minute, from counts that only rise.
struct RecentRate {
    private var samples: [(second: Double, count: Int)] = []
    private static let span = 30.0

    /// Takes a count and gives its rise a second; `nil` before there is any.
    mutating func take(_ count: Int, atSecond second: Double) -> Double? {
        samples.append((second, count))
        while samples.count > 2, let first = samples.first, second - first.second > Self.span { samples.removeFirst() }
        guard let first = samples.first, second - first.second >= 1 else { return nil }
        return Double(count - first.count) / (second - first.second)
    }
}

/// Decides when to show what, and where.
struct ProgressDisplay {
    private let isTerminal: Bool
    private let isQuiet: Bool
    private var nextUpdate = 0.0
    /// Lines of the panel on the screen.
    private var shownLines = 0

    init(isTerminal: Bool, isQuiet: Bool) {
        self.isTerminal = isTerminal
        self.isQuiet = isQuiet
        // The first plain line waits, so that short runs stay silent until their table.
        if !isTerminal { nextUpdate = Self.plainInterval }
    }

    private static let plainInterval = 10.0

    /// Whether it is time for another report.
    func isDue(atSecond second: Double) -> Bool { !isQuiet && second >= nextUpdate }

    mutating func show(_ report: ProgressReport) {
        nextUpdate = report.elapsedSeconds + (isTerminal ? 0.2 : Self.plainInterval)
        guard isTerminal else {
            Console.talk(report.plainLine)
            return
        }
        let lines = report.panel(width: Self.terminalWidth)
        Console.put(eraser + lines.joined(separator: "\n") + "\n")
        shownLines = lines.count
    }

    /// Shows a line that stays, above the panel.
    mutating func tell(_ line: String) {
        Console.put((isTerminal ? eraser : "") + line + "\n")
        shownLines = 0
    }

    /// Takes the panel away.
    mutating func clear() {
        if isTerminal { Console.put(eraser) }
        shownLines = 0
    }

    /// Back to the panel's first line, everything below erased (ECMA-48: CUU, ED).
    private var eraser: String { shownLines > 0 ? "\u{1B}[\(shownLines)A\r\u{1B}[J" : "" }

    private static var terminalWidth: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
