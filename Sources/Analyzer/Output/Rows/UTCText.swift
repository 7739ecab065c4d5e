// Instants as text: RFC 3339 in UTC with nanoseconds (days from civil dates after Howard Hinnant,
// "chrono-Compatible Low-Level Date Algorithms").

import Core

enum UTCText {
    /// For example `2026-11-24T09:30:00.000000001Z`.
    static func text(_ instant: TraceInstant) -> String {
        let nanoseconds = instant.nanosecondsSinceEpoch
        let (seconds, fraction) = (nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000)
        let date = civil(days: Int64(seconds / 86_400))
        let second = seconds % 86_400
        let time = [second / 3600, second / 60 % 60, second % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(padded(UInt64(date.year), 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T\(time)."
            + "\(padded(fraction, 9))Z"
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

    private static func civil(days: Int64) -> (year: Int64, month: UInt64, day: UInt64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = UInt64(shifted - era * 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (Int64(yearOfEra) + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func padded(_ value: UInt64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
