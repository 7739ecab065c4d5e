// The `Date` header: IMF-fixdate (RFC 9110, section 5.6.7).

enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The date of an instant, in seconds since the Unix epoch.
    static func text(secondsSinceEpoch seconds: Int64) -> String {
        let day = Int(seconds / 86_400)
        let second = Int(seconds % 86_400)
        let date = CivilDate(dayNumber: day)
        return "\(days[day % 7]), \(two(date.day)) \(months[date.month - 1]) \(date.year) "
            + "\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60)) GMT"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
