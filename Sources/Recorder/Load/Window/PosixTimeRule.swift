// The rule of a time zone's present and future (POSIX.1-2017, "TZ"; RFC 9636, section 3.3.1): standard time, daylight
// saving time, and the two days of the year on which one gives way to the other.

/// The meaning of a text such as `CET-1CEST,M3.5.0,M10.5.0/3`.
struct PosixTimeRule: Hashable, Sendable {
    /// A day of each year and a time of that day.
    private struct Change: Hashable {
        enum Day: Hashable {
            /// 1 to 365; 29 February is never counted.
            case julian(Int)
            /// 0 to 365; 29 February is counted.
            case zeroBased(Int)
            /// The `week`th (5: the last) `weekday` (0: Sunday) of `month`.
            case weekday(month: Int, week: Int, weekday: Int)
        }

        var day: Day
        /// Seconds of local time after midnight; may be negative or beyond a day.
        var seconds: Int

        /// Seconds since the epoch, as if local time were UTC.
        func instant(year: Int) -> Int {
            let first = CivilDay.days(year: year, month: 1, day: 1)
            let days: Int
            switch day {
            case .julian(let number): days = first + number - 1 + (number > 59 && CivilDay.isLeap(year) ? 1 : 0)
            case .zeroBased(let number): days = first + number
            case .weekday(let month, let week, let weekday):
                let start = CivilDay.days(year: year, month: month, day: 1)
                let offset = (weekday - CivilDay.weekday(start) + 7) % 7 + (week - 1) * 7
                days = start + (offset >= CivilDay.length(year: year, month: month) ? offset - 7 : offset)
            }
            return days * 86_400 + seconds
        }
    }

    private struct Daylight: Hashable {
        var offset: Int
        var start: Change
        var end: Change
    }

    /// Seconds east of UTC.
    private let standardOffset: Int
    private let daylight: Daylight?

    /// Seconds east of UTC at an instant.
    func offset(secondsSinceEpoch seconds: Int) -> Int {
        guard let daylight else { return standardOffset }
        let year = CivilDay.year(daysSinceEpoch: CivilDay.floorDivide(seconds + standardOffset, 86_400))
        let start = daylight.start.instant(year: year) - standardOffset
        let end = daylight.end.instant(year: year) - daylight.offset
        let isDaylight = start < end ? (start..<end).contains(seconds) : !(end..<start).contains(seconds)
        return isDaylight ? daylight.offset : standardOffset
    }

    /// Reads a rule; `nil` for text that is none.
    init?(_ text: String) {
        var reader = Reader(rest: Substring(text))
        guard reader.name(), let west = reader.time() else { return nil }
        standardOffset = -west
        guard !reader.rest.isEmpty else {
            daylight = nil
            return
        }
        guard reader.name() else { return nil }
        var offset = standardOffset + 3600
        if reader.rest.first != ",", let west = reader.time() { offset = -west }
        guard reader.skip(","), let start = reader.change(), reader.skip(","), let end = reader.change(),
            reader.rest.isEmpty
        else { return nil }
        daylight = Daylight(offset: offset, start: start, end: end)
    }

    private struct Reader {
        var rest: Substring

        mutating func skip(_ character: Character) -> Bool {
            guard rest.first == character else { return false }
            rest = rest.dropFirst()
            return true
        }

        mutating func name() -> Bool {
            let isQuoted = skip("<")
            let name = rest.prefix { isQuoted ? $0 != ">" : $0.isLetter }
            rest = rest.dropFirst(name.count)
            return name.count >= 3 && (!isQuoted || skip(">"))
        }

        mutating func number() -> Int? {
            let digits = rest.prefix { $0.isNumber }
            rest = rest.dropFirst(digits.count)
            return Int(digits)
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func time() -> Int? {
            let sign = skip("-") ? -1 : 1
            if sign == 1 { _ = skip("+") }
            guard let hours = number() else { return nil }
            var seconds = hours * 3600
            for unit in [60, 1] {
                guard skip(":") else { break }
                guard let value = number() else { return nil }
                seconds += value * unit
            }
            return sign * seconds
        }

        mutating func change() -> Change? {
            let day: Change.Day
            if skip("M") {
                guard let month = number(), (1...12).contains(month), skip("."), let week = number(),
                    (1...5).contains(week), skip("."), let weekday = number(), (0...6).contains(weekday)
                else { return nil }
                day = .weekday(month: month, week: week, weekday: weekday)
            } else {
                let isJulian = skip("J")
                guard let number = number(), number <= 365 else { return nil }
                day = isJulian ? .julian(number) : .zeroBased(number)
            }
            guard skip("/") else { return Change(day: day, seconds: 7200) }
            return time().map { Change(day: day, seconds: $0) }
        }
    }
}
