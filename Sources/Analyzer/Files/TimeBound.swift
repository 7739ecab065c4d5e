// An end of a time span as people write it (RFC 3339, or counted from the first request).

import Core

/// An instant that a user names.
enum TimeBound: Equatable, Sendable {
    case instant(TraceInstant)
    /// After the dispatch of the first request.
    case afterStart(Nanoseconds)

    /// What is understood, for messages.
    static let syntax =
        "2026-11-24T09:30:00Z, 2026-11-24T09:30:00.5+01:00, 2026-11-24, or +90s, +5m, +1h after the start"

    /// Reads a text; `nil` for one that names no instant.
    init?(_ text: String) {
        if text.hasPrefix("+") {
            guard let span = Self.span(text.dropFirst()) else { return nil }
            self = .afterStart(span)
        } else {
            var scanner = Scanner(text)
            guard let instant = scanner.instant() else { return nil }
            self = .instant(instant)
        }
    }

    /// The instant, where the first request was dispatched at `start`.
    func instant(start: TraceInstant) -> TraceInstant {
        switch self {
        case .instant(let instant): instant
        case .afterStart(let span): start.advanced(by: span)
        }
    }

    private static func span(_ text: Substring) -> Nanoseconds? {
        let units: [(String, Double)] = [("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)]
        guard let (unit, seconds) = units.first(where: { text.hasSuffix($0.0) }),
            let number = Double(text.dropLast(unit.count)), number >= 0
        else { return nil }
        return Nanoseconds(seconds: number * seconds)
    }
}

/// Reads a date, and a time of day with an offset from UTC.
private struct Scanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    mutating func instant() -> TraceInstant? {
        guard let year = number(4, 1970...2500), take("-"), let month = number(2, 1...12), take("-"),
            let day = number(2, 1...Self.dayCount(month, of: year))
        else { return nil }
        var seconds = Self.days(year, month, day) * 86_400
        var fraction = 0
        if !rest.isEmpty {
            guard take("T") || take("t") || take(" "), let hour = number(2, 0...23), take(":"),
                let minute = number(2, 0...59), take(":"), let second = number(2, 0...59),
                let nanoseconds = fractionOfSecond(), let offset = offsetSeconds(), rest.isEmpty
            else { return nil }
            seconds += hour * 3_600 + minute * 60 + second - offset
            fraction = nanoseconds
        }
        guard let total = UInt64(exactly: seconds) else { return nil }
        return TraceInstant(nanosecondsSinceEpoch: total * 1_000_000_000 + UInt64(fraction))
    }

    private mutating func fractionOfSecond() -> Int? {
        guard take(".") else { return 0 }
        var value = 0
        var count = 0
        while let digit = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit), count < 9 {
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
            count += 1
            rest.removeFirst()
        }
        guard count > 0 else { return nil }
        for _ in count..<9 { value *= 10 }
        return value
    }

    private mutating func offsetSeconds() -> Int? {
        if take("Z") || take("z") { return 0 }
        let sign = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hours = number(2, 0...23), take(":"), let minutes = number(2, 0...59) else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func number(_ width: Int, _ range: ClosedRange<Int>) -> Int? {
        let digits = rest.prefix(width)
        guard digits.count == width, digits.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
            let value = Int(String(decoding: digits, as: UTF8.self)), range.contains(value)
        else { return nil }
        rest.removeFirst(width)
        return value
    }

    private static func dayCount(_ month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    /// Days since 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`).
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
