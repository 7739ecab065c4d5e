// Spans, sizes and counts as people read them.

import Core

/// Spans of time for people.
enum DurationLine {
    /// For example `4.2 s`, `3 min 20 s` or `2 h 5 min`.
    static func text(seconds: Double) -> String {
        if seconds < 60 { return NumberText.tenths(seconds) + " s" }
        let whole = Int(seconds.rounded())
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        if whole < 172_800 { return "\(whole / 3600) h \(whole / 60 % 60) min" }
        return "\(whole / 86_400) d \(whole / 3600 % 24) h"
    }

    /// For example `812 µs`, `31 ms`, `1.24 s`; a dash for none.
    static func short(_ span: Nanoseconds?) -> String {
        guard let span else { return "–" }
        switch span.count {
        case ..<1_000_000: return "\(max(0, span.count) / 1_000) µs"
        case ..<10_000_000: return NumberText.tenths(span.milliseconds) + " ms"
        case ..<1_000_000_000: return "\(Int(span.milliseconds.rounded())) ms"
        default:
            let hundredths = Int((span.seconds * 100).rounded())
            let fraction = hundredths % 100
            return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) s"
        }
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

enum NumberText {
    /// One digit behind the point.
    static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }

    /// Thousands apart, for example `12,345`.
    static func count(_ value: Int) -> String {
        let digits = Array(String(value))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, digits[index - 1] != "-", (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }
}

/// Columns of text, the first to the left and the others to the right.
enum TextTable {
    /// A name and what it stands for, the values of several lines one below the other.
    static func pair(_ name: String, _ value: String) -> String {
        name + String(repeating: " ", count: max(1, 15 - name.count)) + value
    }

    static func lines(_ rows: [[String]]) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + padding : padding + cell
            }
            var line = cells.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }
}
