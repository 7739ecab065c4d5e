// When what is sent: the order of all requests as a value, from the dataset's size and a seed.

/// The order in which rows are asked.
package enum LoadOrder: String, Sendable, CaseIterable {
    /// In each pass every row once, in an order drawn anew: rows are compared within the same minutes.
    case interleaved
    /// Rows in an order drawn anew in each round, each row's invocations one after the other, as in AWS's notebook.
    case shuffled
    /// Rows as they stand in the dataset, each row's invocations one after the other.
    case sequential
}

/// One request of the plan.
package struct PlannedRequest: Hashable, Sendable {
    /// The row of the dataset, from 0.
    package var row: Int
    /// The round, from 0.
    package var round: Int
    package var isWarmup: Bool
}

/// Requests of one row that one worker sends one after the other.
package struct PlannedUnit: Hashable, Sendable {
    package var request: PlannedRequest
    package var count: Int
}

/// What is asked, in order; a pure function of its settings.
package struct LoadPlan: Hashable, Sendable {
    package var rowCount: Int
    /// How often each row is asked in a round.
    package var invocations = 1
    /// How many rounds; `nil` for no end.
    package var rounds: Int? = 1
    package var order = LoadOrder.interleaved
    package var seed: UInt64 = 1
    /// Requests before the plan, marked as warm-up.
    package var warmup = 0
    /// At most this many requests, warm-ups aside.
    package var maxRequests: Int?
    /// How many requests of a row and round an earlier recording holds already; they are left out.
    package var done: [PlannedRequest: Int] = [:]

    /// Makes a plan over a dataset of `rowCount` rows.
    package init(rowCount: Int) {
        self.rowCount = rowCount
    }

    /// The number of requests left, warm-ups included; `nil` where there is no end.
    package var count: Int? {
        guard let end else { return nil }
        guard !done.isEmpty else { return end + warmup }
        return units().reduce(0) { $0 + $1.count }
    }

    /// The number of requests of the whole plan, warm-ups aside; `nil` where there is no end.
    private var end: Int? {
        [rounds.map { $0 * invocations * rowCount }, maxRequests].compactMap { $0 }.min()
    }

    /// Whether a round begins only when the one before has ended, as in AWS's notebook.
    package var waitsForRounds: Bool { order != .interleaved }

    /// The requests, one after the other.
    package func requests() -> Requests {
        Requests(units: units())
    }

    /// The units of work, one after the other.
    package func units() -> Units {
        Units(plan: self)
    }

    /// Walks through a plan unit by unit.
    package struct Units: IteratorProtocol, Sequence, Sendable {
        private let plan: LoadPlan
        private var left: Int?
        private var warmupIndex = 0
        private var round = -1
        private var pending: [PlannedUnit] = []
        private var done: [PlannedRequest: Int]

        init(plan: LoadPlan) {
            self.plan = plan
            left = plan.end
            done = plan.done
        }

        package mutating func next() -> PlannedUnit? {
            guard plan.rowCount > 0 else { return nil }
            if warmupIndex < plan.warmup {
                defer { warmupIndex += 1 }
                let request = PlannedRequest(row: warmupIndex % plan.rowCount, round: 0, isWarmup: true)
                return PlannedUnit(request: request, count: 1)
            }
            while left.map({ $0 > 0 }) ?? true {
                if pending.isEmpty {
                    round += 1
                    pending = plan.units(round: round).reversed()
                }
                guard var unit = pending.popLast() else { return nil }
                unit.count = Swift.min(unit.count, left ?? unit.count)
                left? -= unit.count
                if let held = done[unit.request], held > 0 {
                    let skipped = Swift.min(held, unit.count)
                    done[unit.request] = held - skipped
                    unit.count -= skipped
                }
                if unit.count > 0 { return unit }
            }
            return nil
        }
    }

    /// Walks through a plan request by request.
    package struct Requests: IteratorProtocol, Sequence, Sendable {
        private var units: Units
        private var current: PlannedUnit?

        init(units: Units) {
            self.units = units
        }

        package mutating func next() -> PlannedRequest? {
            if (current?.count ?? 0) == 0 { current = units.next() }
            current?.count -= 1
            return current?.request
        }
    }

    /// The units of one round, in the order asked.
    private func units(round: Int) -> [PlannedUnit] {
        let rows = Array(0..<rowCount)
        func unit(_ row: Int, _ count: Int) -> PlannedUnit {
            PlannedUnit(request: PlannedRequest(row: row, round: round, isWarmup: false), count: count)
        }
        switch order {
        case .sequential:
            return rows.map { unit($0, invocations) }
        case .shuffled:
            var random = PlanRandom(seed: seed, round: round, pass: 0)
            return rows.shuffled(using: &random).map { unit($0, invocations) }
        case .interleaved:
            return (0..<invocations).flatMap { pass in
                var random = PlanRandom(seed: seed, round: round, pass: pass)
                return rows.shuffled(using: &random).map { unit($0, 1) }
            }
        }
    }
}

/// Random numbers keyed by seed, round and pass, the same on every machine (SplitMix64: Steele, Lea and Flood 2014).
struct PlanRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64, round: Int, pass: Int) {
        state = seed
        // Each part is mixed in by itself, so that round 1 of pass 0 shares nothing with round 0 of pass 1.
        state = next() ^ UInt64(truncatingIfNeeded: round)
        state = next() ^ UInt64(truncatingIfNeeded: pass)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
