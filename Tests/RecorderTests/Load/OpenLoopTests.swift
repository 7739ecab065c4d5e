// The open loop: starts at their times whatever the server does, and says what it held back.

import Core
import Testing

@testable import Recorder

@Suite("Open loop")
struct OpenLoopTests {
    typealias Driver = LoopDriver<OpenLoop>

    func loop(
        _ rate: RateControl,
        rows: Int = 5,
        seed: UInt64 = 1,
        limits: LoadLimits = LoadLimits(),
        monitor: LoadMonitor? = nil
    ) throws -> OpenLoop {
        var plan = LoadPlan(rowCount: rows)
        plan.rounds = nil
        plan.seed = seed
        return OpenLoop(
            plan: plan,
            factory: try LoadFixtures.factory(rowCount: rows),
            rate: rate,
            limits: limits,
            monitor: monitor
        )
    }

    static func seconds(_ count: Int64) -> LoadLimits {
        var limits = LoadLimits()
        limits.duration = .seconds(count)
        return limits
    }

    @Test("constant arrivals come at even times, each at its own time")
    func constant() throws {
        var driver = Driver(try loop(.fixed(50, .constant), limits: Self.seconds(60)))
        driver.run()
        #expect(driver.starts.count == 3_000)
        for (index, start) in driver.starts.enumerated() {
            #expect(start.scheduled == index * 20_000_000)
            #expect(start.at == start.scheduled)
        }
    }

    @Test("a server that stalls holds requests back, and their schedule does not move")
    func stalled() throws {
        let monitor = LoadMonitor()
        var driver = Driver(try loop(.fixed(50, .constant), limits: Self.seconds(60), monitor: monitor))
        driver.maxInFlight = 100
        driver.service = { _ in 10_000_000_000 }
        driver.run()
        #expect(driver.starts.map(\.scheduled) == (0..<3_000).map { $0 * 20_000_000 })
        #expect(driver.highestInFlight == 100)
        // 100 places free up every 10 s; the first 100 went at their times.
        #expect(driver.starts[99].at == driver.starts[99].scheduled)
        #expect(driver.starts[100].at == 10_000_000_000)
        #expect(driver.starts[2_999].at == 29 * 10_000_000_000 + 99 * 20_000_000)
        #expect(monitor.tally.heldBack == 2_900)
    }

    @Test("Poisson gaps are exponential: mean and standard deviation are 1/rate, and counts have variance = mean")
    func poisson() throws {
        var schedule = ArrivalSchedule(arrival: .poisson, rate: 100, seed: 7)
        let times = (0..<20_000).map { _ in schedule.next().seconds }
        let gaps = zip(times.dropFirst(), times).map { $0 - $1 }
        let mean = gaps.reduce(0, +) / Double(gaps.count)
        let deviation = (gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)).squareRoot()
        // Standard errors: 0.01/√20000 = 0.00007 for both; four of them.
        #expect(abs(mean - 0.01) < 0.0003)
        #expect(abs(deviation - 0.01) < 0.0003)
        // P(gap > mean) = 1/e = 0.3679, standard error 0.0034.
        let long = Double(gaps.count { $0 > 0.01 }) / Double(gaps.count)
        #expect(abs(long - 0.3679) < 0.014)
    }

    @Test("the same seed gives the same times, two seeds don't, and the order does not depend on the arrival")
    func seeds() throws {
        func starts(_ arrival: Arrival, _ seed: UInt64) throws -> [Driver.Start] {
            var driver = Driver(try loop(.fixed(20, arrival), seed: seed, limits: Self.seconds(10)))
            driver.run()
            return driver.starts
        }
        #expect(try starts(.poisson, 3) == starts(.poisson, 3))
        #expect(try starts(.poisson, 3).map(\.at) != starts(.poisson, 4).map(\.at))
        let (one, other) = (try starts(.poisson, 3).map(\.row), try starts(.constant, 3).map(\.row))
        #expect(Array(one.prefix(150)) == Array(other.prefix(150)))
    }

    /// With rate r and ramp R the expected count up to R is rR/2: 10/s over 4 s is 20 requests, then 10 a second.
    @Test("over the ramp the rate grows from nothing")
    func ramp() throws {
        var schedule = ArrivalSchedule(arrival: .constant, rate: 10, ramp: .seconds(4), seed: 1)
        let times = (0..<61).map { _ in schedule.next().seconds }
        #expect(times[0] == 0)
        // t²·r/2R = n, so n = 5 comes at 2 s.
        #expect(abs(times[5] - 2) < 1e-9)
        #expect(abs(times[20] - 4) < 1e-9)
        #expect(abs(times[60] - 8) < 1e-9)
    }

    @Test("warm-ups come first and are marked")
    func warmup() throws {
        var plan = LoadPlan(rowCount: 2)
        plan.warmup = 3
        plan.invocations = 2
        var driver = Driver(
            OpenLoop(plan: plan, factory: try LoadFixtures.factory(rowCount: 2), rate: .fixed(10, .constant))
        )
        driver.run()
        #expect(driver.starts.map(\.isWarmup) == [true, true, true, false, false, false, false])
    }

    @Test("the adaptive rate stays near what a server takes without throttles")
    func adaptive() throws {
        let monitor = LoadMonitor()
        var driver = Driver(
            try loop(.adaptive(AdaptiveRate(), .constant), limits: Self.seconds(1_200), monitor: monitor)
        )
        // A bucket of 20 requests a second, no burst: more in one second than that are refused.
        var seconds: [UInt64: Int] = [:]
        driver.status = { now in
            seconds[now / 1_000_000_000, default: 0] += 1
            return (seconds[now / 1_000_000_000] ?? 0) > 40 ? 429 : 200
        }
        driver.run()
        // The driver asks for a status twice an answer, so 40 askings are 20 answers.
        let last = driver.starts.filter { $0.at > 600_000_000_000 }.count
        let rate = Double(last) / 600
        #expect(rate > 14 && rate < 21, "\(rate) requests/s")
        #expect(monitor.tally.rate != nil)
    }

    @Test("throttles lower the adaptive rate at once, quiet periods raise it slowly")
    func adaptiveSteps() {
        var control = AdaptiveRate()
        var now: UInt64 = 0
        _ = control.update(nowMonotonicNanoseconds: now)
        func period(_ status: Int) -> Double {
            control.noteAnswer(httpStatus: status)
            now += 5_000_000_000
            _ = control.update(nowMonotonicNanoseconds: now)
            return control.rate
        }
        #expect(period(200) == 1.5)
        #expect(period(200) == 2.25)
        #expect(abs(period(429) - 1.575) < 1e-9)
        #expect(abs(period(200) - (1.575 + 2.25 * 0.015)) < 1e-9)
        let before = control.rate
        control.noteHeldBack()
        #expect(period(200) == before)
    }
}
