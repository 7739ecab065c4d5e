// Dates as services write them: ISO 8601 in credentials, the IMF-fixdate of RFC 9110 in `Date` headers.

enum DateText {
    /// Seconds since the epoch of `2026-01-02T03:04:05Z`, with or without a fraction, with `Z`, `+00:00` or no zone.
    static func iso8601(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard bytes.count >= range.upperBound, bytes[range].allSatisfy({ (48...57).contains($0) }) else {
                return nil
            }
            return bytes[range].reduce(0) { $0 * 10 + Int($1) - 48 }
        }
        guard bytes.count >= 19, let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var rest = bytes[19...]
        if rest.first == UInt8(ascii: ".") { rest = rest.dropFirst().drop { (48...57).contains($0) } }
        var offset = 0
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            let digits = rest.dropFirst().filter { $0 != UInt8(ascii: ":") }
            guard digits.count == 4, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
            let value = digits.reduce(0) { $0 * 10 + Int($1) - 48 }
            offset = (value / 100 * 60 + value % 100) * (sign == UInt8(ascii: "-") ? -60 : 60)
        } else if !rest.isEmpty, Array(rest) != [UInt8(ascii: "Z")] {
            return nil
        }
        let days = CivilDay.days(year: year, month: month, day: day)
        return days * 86_400 + hour * 3600 + minute * 60 + second - offset
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Seconds since the epoch of `Tue, 24 Nov 2026 14:13:04 GMT`.
    static func http(_ text: String) -> Int? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let year = Int(parts[3]),
            let month = months.firstIndex(where: { $0 == parts[2] })
        else { return nil }
        let time = parts[4].split(separator: ":").map { Int($0) }
        guard time.count == 3, let hour = time[0], let minute = time[1], let second = time[2] else { return nil }
        return CivilDay.days(year: year, month: month + 1, day: day) * 86_400 + hour * 3600 + minute * 60 + second
    }
}
