// Times as people write them.

import Core

/// Times as people write them.
enum DurationText {
    /// `90`, `90s`, `30m`, `24h` or `2d`; `nil` for anything else.
    static func parse(_ text: String) -> Nanoseconds? {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let unit = text.last.flatMap { units[$0] }
        guard let number = Double(unit == nil ? text : String(text.dropLast())), number > 0 else { return nil }
        return Nanoseconds(seconds: number * (unit ?? 1))
    }
}
