// Instants as text: RFC 3339 in UTC with nanoseconds.

import Core

enum UTCText {
    /// For example `2026-11-24T09:30:00.000000001Z`.
    static func text(_ instant: TraceInstant) -> String {
        let civil = CivilTime(instant)
        let date = [padded(civil.year, 4), padded(civil.month, 2), padded(civil.day, 2)].joined(separator: "-")
        let time = [civil.hour, civil.minute, civil.second].map { padded($0, 2) }.joined(separator: ":")
        return "\(date)T\(time).\(padded(Int(instant.nanosecondsSinceEpoch % 1_000_000_000), 9))Z"
    }

    /// The day alone, for example `2026-11-24`.
    static func day(_ instant: TraceInstant) -> String {
        String(text(instant).prefix(10))
    }

    /// Whole seconds, for example `2026-11-24T09:30:00Z`.
    static func seconds(_ instant: TraceInstant) -> String {
        "\(text(instant).prefix(19))Z"
    }

    /// As pandas writes a timestamp, for example `2026-11-24 09:30:00.000001`.
    static func local(_ instant: TraceInstant) -> String {
        let text = text(instant)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(15))"
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
