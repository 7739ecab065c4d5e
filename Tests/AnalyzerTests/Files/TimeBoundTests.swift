// Ends of time spans as people write them; the seconds since 1970 are those of `date -u -d … +%s`.

import Core
import Testing

@testable import Analyzer

@Suite("Time bounds")
struct TimeBoundTests {
    static let instants: [(text: String, nanoseconds: UInt64)] = [
        ("2026-11-24", 1_795_478_400_000_000_000),
        ("2026-11-24T09:30:00Z", 1_795_512_600_000_000_000),
        ("2026-11-24T09:30:00.5+01:00", 1_795_509_000_500_000_000),
        ("2026-11-24 09:30:00.000000001z", 1_795_512_600_000_000_001),
        ("2024-02-29T23:59:59-05:30", 1_709_270_999_000_000_000),
        ("1970-01-01T00:00:00Z", 0),
    ]

    @Test("instants", arguments: instants)
    func instant(text: String, nanoseconds: UInt64) {
        #expect(TimeBound(text) == .instant(TraceInstant(nanosecondsSinceEpoch: nanoseconds)))
    }

    @Test(
        "spans after the start",
        arguments: [("+90s", 90_000), ("+5m", 300_000), ("+1h", 3_600_000), ("+250ms", 250), ("+0.5d", 43_200_000)]
    )
    func span(text: String, milliseconds: Int64) {
        #expect(TimeBound(text) == .afterStart(.milliseconds(milliseconds)))
    }

    @Test(
        "what names no time is refused",
        arguments: [
            "", "now", "2026-13-01", "2026-02-30", "2023-02-29", "2026-11-24T25:00:00Z", "2026-11-24T09:30Z",
            "2026-11-24T09:30:00", "2026-11-24T09:30:00.Z", "2026-11-24T09:30:00Zx", "+", "+5", "+-5s", "+5 weeks",
            "+infs",
            "+nans", "1969-12-31", "1970-01-01T00:00:00+01:00",
        ]
    )
    func refused(text: String) {
        #expect(TimeBound(text) == nil)
    }
}
