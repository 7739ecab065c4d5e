// Days of the proleptic Gregorian calendar as numbers since 1970-01-01 (Hinnant, "chrono-Compatible Low-Level Date
// Algorithms").

enum CivilDay {
    /// Days since 1970-01-01.
    static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The year in which a day lies.
    static func year(daysSinceEpoch days: Int) -> Int {
        var year = 1970 + floorDivide(days * 400, 146_097)
        while self.days(year: year, month: 1, day: 1) > days { year -= 1 }
        while self.days(year: year + 1, month: 1, day: 1) <= days { year += 1 }
        return year
    }

    /// 0 for Sunday to 6 for Saturday.
    static func weekday(_ daysSinceEpoch: Int) -> Int {
        let remainder = (daysSinceEpoch + 4) % 7
        return remainder < 0 ? remainder + 7 : remainder
    }

    static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    /// The number of days of a month.
    static func length(year: Int, month: Int) -> Int {
        month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    static func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
        dividend >= 0 ? dividend / divisor : -((-dividend + divisor - 1) / divisor)
    }
}
