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

    /// Makes a plan over a dataset of `rowCount` rows.
    package init(rowCount: Int) {
        self.rowCount = rowCount
    }

    /// The number of requests, warm-ups included; `nil` where there is no end.
    package var count: Int? {
        let planned = rounds.map { $0 * invocations * rowCount }
        let limited = [planned, maxRequests].compactMap { $0 }.min()
        return limited.map { $0 + warmup }
    }

    /// The requests, one after the other.
    package func requests() -> Requests {
        Requests(plan: self)
    }

    /// Walks through a plan.
    package struct Requests: IteratorProtocol, Sequence, Sendable {
        private let plan: LoadPlan
        private var index = 0
        private var round = -1
        private var pending: [Int] = []

        init(plan: LoadPlan) {
            self.plan = plan
        }

        package mutating func next() -> PlannedRequest? {
            if let count = plan.count, index >= count { return nil }
            guard plan.rowCount > 0 else { return nil }
            defer { index += 1 }
            if index < plan.warmup {
                return PlannedRequest(row: index % plan.rowCount, round: 0, isWarmup: true)
            }
            if pending.isEmpty {
                round += 1
                pending = plan.rows(round: round).reversed()
            }
            return pending.popLast().map { PlannedRequest(row: $0, round: round, isWarmup: false) }
        }
    }

    /// The rows of one round, in the order asked.
    private func rows(round: Int) -> [Int] {
        let rows = Array(0..<rowCount)
        switch order {
        case .sequential:
            return rows.flatMap { Array(repeating: $0, count: invocations) }
        case .shuffled:
            var random = PlanRandom(seed: seed, round: round, pass: 0)
            return rows.shuffled(using: &random).flatMap { Array(repeating: $0, count: invocations) }
        case .interleaved:
            return (0..<invocations).flatMap { pass in
                var random = PlanRandom(seed: seed, round: round, pass: pass)
                return rows.shuffled(using: &random)
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
