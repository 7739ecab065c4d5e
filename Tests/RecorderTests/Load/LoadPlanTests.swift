// The plan is a pure function of its settings.

import Testing

@testable import Recorder

@Suite("Load plan")
struct LoadPlanTests {
    func plan(_ order: LoadOrder, seed: UInt64 = 1) -> LoadPlan {
        var plan = LoadPlan(rowCount: 6)
        plan.invocations = 3
        plan.rounds = 2
        plan.order = order
        plan.seed = seed
        return plan
    }

    @Test("every row is asked as often as planned, in any order", arguments: LoadOrder.allCases)
    func everyRowIsAsked(order: LoadOrder) {
        let requests = Array(plan(order).requests())
        #expect(requests.count == 36)
        #expect(plan(order).count == 36)
        for round in 0..<2 {
            for row in 0..<6 { #expect(requests.count { $0.row == row && $0.round == round } == 3) }
        }
        #expect(requests.map(\.round) == Array(repeating: 0, count: 18) + Array(repeating: 1, count: 18))
    }

    @Test("sequential asks rows as they stand, each row's invocations in a row")
    func sequential() {
        #expect(Array(plan(.sequential).requests().prefix(7)).map(\.row) == [0, 0, 0, 1, 1, 1, 2])
    }

    @Test("shuffled keeps a row's invocations together and orders each round anew")
    func shuffled() {
        let rows = Array(plan(.shuffled).requests()).map(\.row)
        for start in stride(from: 0, to: 36, by: 3) { #expect(Set(rows[start..<(start + 3)]).count == 1) }
        #expect(Array(rows[..<18]) != Array(rows[18...]))
    }

    @Test("interleaved asks every row once before any row again")
    func interleaved() {
        let rows = Array(plan(.interleaved).requests()).map(\.row)
        for start in stride(from: 0, to: 36, by: 6) { #expect(Set(rows[start..<(start + 6)]).count == 6) }
    }

    @Test("the same seed gives the same order, two seeds don't", arguments: [LoadOrder.interleaved, .shuffled])
    func seeds(order: LoadOrder) {
        #expect(Array(plan(order, seed: 5).requests()) == Array(plan(order, seed: 5).requests()))
        #expect(Array(plan(order, seed: 5).requests()) != Array(plan(order, seed: 6).requests()))
    }

    @Test("warm-ups come first and are marked; the limit counts the rest")
    func warmup() {
        var plan = plan(.sequential)
        plan.warmup = 4
        plan.maxRequests = 5
        let requests = Array(plan.requests())
        #expect(requests.map(\.isWarmup) == [true, true, true, true, false, false, false, false, false])
        #expect(plan.count == 9)
    }

    @Test("without rounds there is no end")
    func endless() {
        var plan = plan(.interleaved)
        plan.rounds = nil
        #expect(plan.count == nil)
        #expect(Array(plan.requests().prefix(1000)).last?.round == 55)
    }
}
