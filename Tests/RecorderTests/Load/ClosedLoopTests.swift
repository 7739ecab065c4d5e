// The closed loop: AWS's notebook's three knobs with the notebook's meaning, and what bounds a load.

import Core
import Synchronization
import Testing

@testable import Recorder

@Suite("Closed loop")
struct ClosedLoopTests {
    typealias Driver = LoopDriver<ClosedLoop>

    func plan(rows: Int, _ change: (inout LoadPlan) -> Void = { _ in }) -> LoadPlan {
        var plan = LoadPlan(rowCount: rows)
        change(&plan)
        return plan
    }

    @Test("as many are in flight as there are workers, and never more", arguments: [1, 3, 8])
    func concurrency(workers: Int) throws {
        let loop = ClosedLoop(
            plan: plan(rows: 4) { $0.invocations = 10 },
            factory: try LoadFixtures.factory(rowCount: 4),
            concurrency: workers
        )
        var driver = Driver(loop)
        driver.run()
        #expect(driver.starts.count == 40)
        #expect(driver.highestInFlight == workers)
        // 40 answers of 10 ms, `workers` at a time.
        #expect(driver.endedAt == UInt64((40 + workers - 1) / workers) * 10_000_000)
    }

    /// The notebook: 4 workers, each with one scenario at a time, 5 invocations with a pause after each, rounds one
    /// after the other.
    @Test("a worker owns a row until its invocations are done, and a round waits for the one before")
    func notebook() throws {
        let second: UInt64 = 1_000_000_000
        let loop = ClosedLoop(
            plan: plan(rows: 4) {
                $0.order = .shuffled
                $0.invocations = 3
                $0.rounds = 2
            },
            factory: try LoadFixtures.factory(rowCount: 4),
            concurrency: 2,
            sleep: .seconds(1)
        )
        var driver = Driver(loop)
        // Row 0 is slow, so that its worker ends its rounds last.
        driver.service = { $0 == 0 ? 5 * second : second }
        driver.run()
        #expect(driver.starts.count == 24)
        for row in 0..<4 {
            for round in 0..<2 {
                let own = driver.starts.filter { $0.row == row && $0.round == round }.map(\.at)
                #expect(own.count == 3)
                let pause = row == 0 ? 6 : 2
                #expect(zip(own, own.dropFirst()).allSatisfy { $1 - $0 == pause * Int(second) })
            }
        }
        let lastOfFirst = driver.starts.filter { $0.round == 0 && $0.row == 0 }.map(\.at).max() ?? 0
        let firstOfSecond = driver.starts.filter { $0.round == 1 }.map(\.at).min() ?? 0
        // The slow row's last answer, and the pause after it, belong to the first round.
        #expect(firstOfSecond >= lastOfFirst + 6 * Int(second))
    }

    @Test("nothing starts after the duration, and a pause does not outlast it")
    func duration() throws {
        var limits = LoadLimits()
        limits.duration = .seconds(10)
        let loop = ClosedLoop(
            plan: plan(rows: 1) { $0.rounds = nil },
            factory: try LoadFixtures.factory(rowCount: 1),
            concurrency: 1,
            sleep: .seconds(60),
            limits: limits
        )
        var driver = Driver(loop)
        driver.run()
        #expect(driver.starts.count == 1)
        #expect(driver.endedAt == 10_000_000_000)
    }

    @Test("workers join one by one over the ramp")
    func ramp() throws {
        var limits = LoadLimits()
        limits.ramp = .seconds(4)
        let loop = ClosedLoop(
            plan: plan(rows: 1) {
                $0.rounds = nil
                $0.maxRequests = 400
            },
            factory: try LoadFixtures.factory(rowCount: 1),
            concurrency: 4,
            limits: limits
        )
        var driver = Driver(loop)
        driver.service = { _ in 100_000_000 }
        driver.run()
        for (second, expected) in [(0, 1), (1, 2), (2, 3), (3, 4)] {
            let within = driver.starts.filter {
                $0.at >= second * 1_000_000_000 && $0.at < (second + 1) * 1_000_000_000
            }
            #expect((within.map(\.inFlight).max() ?? 0) + 1 == expected)
        }
    }

    @Test("without credentials nothing starts, and nothing is left out once they are there")
    func waitsForCredentials() throws {
        final class Late: SigningAuthority {
            let asked = Mutex(0)
            var grant: SigningGrant? {
                let count = asked.withLock {
                    $0 += 1
                    return $0
                }
                let isReady = count > 5
                return isReady
                    ? SigningGrant(credentials: .accessKey(LoadFixtures.key), secondsSinceEpoch: 0) : nil
            }
        }
        let loop = ClosedLoop(
            plan: plan(rows: 3),
            factory: try LoadFixtures.factory(rowCount: 3, authority: Late()),
            concurrency: 2
        )
        var driver = Driver(loop)
        driver.run()
        #expect(driver.starts.map(\.planIndex) == [0, 1, 2])
        #expect(Set(driver.starts.map(\.row)) == [0, 1, 2])
        #expect(driver.starts[0].at > 0)
    }

    @Test("what an earlier recording holds is not asked again")
    func resume() throws {
        var whole = plan(rows: 3) {
            $0.order = .shuffled
            $0.invocations = 2
            $0.rounds = 2
        }
        let all = Array(whole.requests())
        let held = all.prefix(5)
        whole.done = Dictionary(held.map { ($0, 1) }, uniquingKeysWith: +)
        #expect(Array(whole.requests()) == Array(all.dropFirst(5)))
        #expect(whole.count == 7)
        whole.maxRequests = 6
        #expect(whole.count == 1)
    }

    @Test("the monitor counts by model, and knows the last end")
    func monitor() throws {
        let monitor = LoadMonitor()
        let loop = ClosedLoop(
            plan: plan(rows: 4) { $0.invocations = 3 },
            factory: try LoadFixtures.factory(rowCount: 4),
            concurrency: 4,
            monitor: monitor
        )
        var driver = Driver(loop)
        driver.run()
        #expect(monitor.tally.models.mapValues(\.started) == ["m0": 6, "m1": 6])
        #expect(monitor.tally.models["m0"]?.outcomes == [.ok: 6])
        let median = try #require(monitor.tally.models["m1"]?.endToEnd.quantile(0.5)).milliseconds
        #expect(abs(median - 10) < 0.4)
    }
}
