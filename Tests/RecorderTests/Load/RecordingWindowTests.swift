// Hours and time zones; the expected offsets come from Python's zoneinfo on the same database.

import Core
import Foundation
import Synchronization
import Testing

@testable import Recorder

@Suite("Recording hours")
struct RecordingWindowTests {
    static let folder = "/usr/share/zoneinfo/"
    static let hasZones = FileManager.default.fileExists(atPath: folder + "Europe/Berlin")

    static func zone(_ name: String) throws -> TimeZoneTable {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder + name)))
        return try #require(TimeZoneTable(name: name, bytes: bytes))
    }

    @Test(
        "offsets are those of the time zone database, past, present and future",
        .enabled(if: hasZones, "the host has no time zone database"),
        arguments: [
            ("Europe/Berlin", 1_774_745_999, 3600),
            ("Europe/Berlin", 1_774_746_000, 7200),
            ("Europe/Berlin", 1_792_889_999, 7200),
            ("Europe/Berlin", 1_792_890_000, 3600),
            ("Europe/Berlin", 2_855_865_600, 7200),
            ("Europe/Berlin", 2_869_084_800, 3600),
            ("Europe/Berlin", -631_152_000, 3600),
            ("America/New_York", 1_772_953_199, -18000),
            ("America/New_York", 1_772_953_200, -14400),
            ("America/New_York", 4_097_195_999, -14400),
            ("America/New_York", 4_097_196_000, -18000),
            ("Australia/Lord_Howe", 3_788_121_600, 39600),
            ("Australia/Lord_Howe", 3_803_760_000, 37800),
            ("America/Nuuk", 2_531_955_599, -7200),
            ("America/Nuuk", 2_531_955_600, -3600),
            ("Asia/Kolkata", 1_767_225_600, 19800),
        ]
    )
    func offsets(name: String, seconds: Int, offset: Int) throws {
        #expect(try Self.zone(name).offset(secondsSinceEpoch: seconds) == offset)
    }

    @Test("the footer's rule alone gives the same offsets as the table")
    func rule() throws {
        let berlin = try #require(PosixTimeRule("CET-1CEST,M3.5.0,M10.5.0/3"))
        #expect(berlin.offset(secondsSinceEpoch: 1_774_745_999) == 3600)
        #expect(berlin.offset(secondsSinceEpoch: 1_774_746_000) == 7200)
        #expect(berlin.offset(secondsSinceEpoch: 1_792_890_000) == 3600)
        let nuuk = try #require(PosixTimeRule("<-02>2<-01>,M3.5.0/-1,M10.5.0/0"))
        #expect(nuuk.offset(secondsSinceEpoch: 2_531_955_600) == -3600)
        #expect(PosixTimeRule("<+0530>-5:30")?.offset(secondsSinceEpoch: 0) == 19800)
        for text in ["", "C", "CET", "CET-1CEST", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.5.0"] {
            #expect(PosixTimeRule(text) == nil, "\(text)")
        }
    }

    @Test("damaged zone files are refused, never read past their end")
    func damagedZones() throws {
        #expect(TimeZoneTable(name: "x", bytes: []) == nil)
        #expect(TimeZoneTable(name: "x", bytes: Array("TZif2".utf8)) == nil)
        guard Self.hasZones else { return }
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: Self.folder + "Europe/Berlin")))
        for length in stride(from: 0, to: bytes.count - 60, by: 7) {
            #expect(TimeZoneTable(name: "x", bytes: Array(bytes[..<length])) == nil)
        }
    }

    // 2026-01-05 is a Monday.
    static let monday = 1_767_571_200

    @Test(
        "hours hold from their first minute to the one before their last",
        arguments: [
            ("09:00-18:00", 9 * 3600 - 1, false), ("09:00-18:00", 9 * 3600, true),
            ("09:00-18:00", 18 * 3600 - 1, true), ("09:00-18:00", 18 * 3600, false),
            ("22:00-06:00", 23 * 3600, true), ("22:00-06:00", 5 * 3600, true), ("22:00-06:00", 6 * 3600, false),
            ("mon 22:00-06:00", 23 * 3600, true), ("mon 22:00-06:00", 86_400 + 3600, true),
            ("mon 22:00-06:00", 3600, false), ("tue-fri 09:00-18:00", 10 * 3600, false),
            ("fri-mon 9:00-18:00", 10 * 3600, true), ("mon,wed 09:00-24:00", 86_399, true),
            ("mon,wed 09:00-24:00", 86_400 + 36_000, false),
        ]
    )
    func windows(text: String, secondOfMonday: Int, isOpen: Bool) throws {
        let window = try #require(RecordingWindow(text))
        #expect(window.contains(localSeconds: Self.monday + secondOfMonday) == isOpen)
        #expect(RecordingWindow(window.description) == window)
    }

    @Test(
        "text that names no hours is refused",
        arguments: [
            "", "9-18", "09:00", "09:00-09:00", "25:00-26:00", "09:60-10:00", "mo 09:00-10:00", "mon 09:00-10:00 x",
        ]
    )
    func badWindows(text: String) {
        #expect(RecordingWindow(text) == nil)
    }

    @Test(
        "on the day the clocks go forward, the hours begin an hour earlier in UTC",
        .enabled(if: hasZones, "the host has no time zone database")
    )
    func daylightSaving() throws {
        let window = try #require(RecordingWindow("09:00-18:00"))
        let hours = RecordingHours(windows: [window], zone: try Self.zone("Europe/Berlin"))
        // 28 March 2026: 09:00 CET is 08:00 UTC; 29 March: 09:00 CEST is 07:00 UTC.
        let saturday = 1_774_656_000
        #expect(hours.nextChange(secondsSinceEpoch: saturday) == saturday + 8 * 3600)
        #expect(hours.nextChange(secondsSinceEpoch: saturday + 86_400) == saturday + 86_400 + 7 * 3600)
    }

    @Test("an open loop stands still outside the hours and goes on where it stopped")
    func openLoopWaits() throws {
        var limits = LoadLimits()
        limits.duration = .seconds(3 * 86_400)
        limits.hours = RecordingHours(windows: [try #require(RecordingWindow("10:00-10:02"))], zone: .utc)
        let clock = TestClock()
        limits.realtimeNanoseconds = { clock.now }
        var plan = LoadPlan(rowCount: 1)
        plan.maxRequests = 20
        plan.rounds = nil
        let loop = OpenLoop(
            plan: plan,
            factory: try LoadFixtures.factory(rowCount: 1),
            rate: .fixed(1.0 / 12, .constant),
            limits: limits
        )
        // The driver's beginning is 10:01 on a Monday.
        let start = UInt64(Self.monday + 36_060) * 1_000_000_000
        var driver = LoopDriver(TickingSource(source: loop, clock: clock, realtimeAtZero: start))
        driver.run()
        let times = driver.starts.map { $0.at / 1_000_000_000 }
        // 5 requests until 10:02, then 10 in the next day's two minutes, then 5 more.
        let day = 86_400
        let expected =
            [0, 12, 24, 36, 48] + (0..<10).map { day - 60 + $0 * 12 } + (0..<5).map { 2 * day - 60 + $0 * 12 }
        #expect(times == expected)
    }

    final class TestClock: Sendable {
        private let value = Mutex(UInt64(0))
        var now: UInt64 { value.withLock { $0 } }
        func set(_ now: UInt64) { value.withLock { $0 = now } }
    }

    /// Keeps a wall clock in step with the driver's monotonic one.
    struct TickingSource: RequestSource {
        var source: OpenLoop
        let clock: TestClock
        let realtimeAtZero: UInt64

        mutating func next(nowMonotonicNanoseconds now: UInt64, inFlight: Int) -> NextStep {
            clock.set(realtimeAtZero + now - LoopDriver<Self>.zero)
            return source.next(nowMonotonicNanoseconds: now, inFlight: inFlight)
        }

        mutating func ended(_ end: AttemptEnd) { source.ended(end) }
    }
}
