// The hours in which a recording sends: spans of local time, on chosen days of the week.

/// A span of the day, for example `09:00-18:00` or `mon-fri 09:00-18:00`; one that ends before it begins spans midnight.
package struct RecordingWindow: Hashable, Sendable {
    /// Minutes after midnight.
    private let start: Int
    private let end: Int
    /// The days on which the span begins, 0 for Sunday.
    private let weekdays: Set<Int>

    private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// Reads a span; `nil` for text that is none.
    package init?(_ text: String) {
        let parts = text.lowercased().split(separator: " ")
        guard (1...2).contains(parts.count), let span = parts.last else { return nil }
        let times = span.split(separator: "-", omittingEmptySubsequences: false).map(Self.minutes)
        guard times.count == 2, let start = times[0], let end = times[1], start != end, start < 1440 else { return nil }
        self.start = start
        self.end = end
        guard parts.count == 2 else {
            weekdays = Set(0..<7)
            return
        }
        var weekdays: Set<Int> = []
        for part in parts[0].split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
                .map { name in Self.dayNames.firstIndex { $0 == name } }
            guard (1...2).contains(ends.count), let first = ends.first ?? nil, let last = ends.last ?? nil else {
                return nil
            }
            for step in 0...((last - first + 7) % 7) { weekdays.insert((first + step) % 7) }
        }
        self.weekdays = weekdays
    }

    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.count) && $0.allSatisfy(\.isNumber) }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), (0..<60).contains(minute),
            hour < 24 || (hour == 24 && minute == 0)
        else { return nil }
        return hour * 60 + minute
    }

    /// Whether the span covers an instant of local time.
    func contains(localSeconds: Int) -> Bool {
        let day = CivilDay.floorDivide(localSeconds, 86_400)
        let minute = (localSeconds - day * 86_400) / 60
        let weekday = CivilDay.weekday(day)
        if start < end { return weekdays.contains(weekday) && (start..<end).contains(minute) }
        let isBeforeMidnight = weekdays.contains(weekday) && minute >= start
        return isBeforeMidnight || (weekdays.contains((weekday + 6) % 7) && minute < end)
    }
}

/// All spans of a recording in one zone.
package struct RecordingHours: Hashable, Sendable {
    package var windows: [RecordingWindow]
    package var zone: TimeZoneTable

    /// Gathers spans; none at all means always.
    package init(windows: [RecordingWindow], zone: TimeZoneTable) {
        self.windows = windows
        self.zone = zone
    }

    /// Whether the recording sends at an instant.
    package func isOpen(secondsSinceEpoch seconds: Int) -> Bool {
        guard !windows.isEmpty else { return true }
        let local = seconds + zone.offset(secondsSinceEpoch: seconds)
        return windows.contains { $0.contains(localSeconds: local) }
    }

    /// The next minute from `seconds` on at which sending begins or ends; `nil` where none comes within eight days.
    package func nextChange(secondsSinceEpoch seconds: Int) -> Int? {
        let isOpen = isOpen(secondsSinceEpoch: seconds)
        let minute = CivilDay.floorDivide(seconds, 60)
        return (1...(8 * 1440)).lazy.map { (minute + $0) * 60 }.first { self.isOpen(secondsSinceEpoch: $0) != isOpen }
    }
}

/// Asks the hours once a minute, since wall clocks step and zones change, and answers in monotonic time.
struct WindowGate: Sendable {
    private let hours: RecordingHours
    private let realtimeNanoseconds: @Sendable () -> UInt64
    private var nextCheck: UInt64 = 0
    private var isOpen = true
    /// When sending ended, on the monotonic clock; `nil` while it goes on.
    private(set) var closedSince: UInt64?
    /// How long sending has been closed in all, in nanoseconds, up to the last time it began again.
    private(set) var closedNanoseconds: UInt64 = 0

    init(hours: RecordingHours, realtimeNanoseconds: @escaping @Sendable () -> UInt64) {
        self.hours = hours
        self.realtimeNanoseconds = realtimeNanoseconds
    }

    /// When to look again; `UInt64.max` without hours.
    var nextLook: UInt64 { hours.windows.isEmpty ? .max : nextCheck }

    /// Looks at the clock where it is time to, and says whether sending is open.
    mutating func check(nowMonotonicNanoseconds now: UInt64) -> Bool {
        guard !hours.windows.isEmpty, now >= nextCheck else { return isOpen }
        let realtime = realtimeNanoseconds()
        isOpen = hours.isOpen(secondsSinceEpoch: Int(realtime / 1_000_000_000))
        // Hours are cut at minutes, and so is every change of a zone's offset since 1972.
        nextCheck = now + 60_000_000_000 - realtime % 60_000_000_000
        if isOpen, let since = closedSince {
            closedNanoseconds += now - since
            closedSince = nil
        } else if !isOpen, closedSince == nil {
            closedSince = now
        }
        return isOpen
    }
}

extension RecordingWindow: CustomStringConvertible {
    /// The span as it is written on the command line.
    package var description: String {
        func time(_ minutes: Int) -> String {
            [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        }
        let span = "\(time(start))-\(time(end))"
        guard weekdays.count < 7 else { return span }
        let week = [1, 2, 3, 4, 5, 6, 0]
        return week.filter(weekdays.contains).map { Self.dayNames[$0] }.joined(separator: ",") + " " + span
    }
}
