// A metric of a group as one number a period, in order of time: what drift is looked for in (docs/statistics.md, "Drift").

import Core

/// Medians of successive periods.
struct PeriodSeries: Sendable {
    /// What a period is.
    enum Unit: String, Sendable {
        /// The requests that ask each prompt for the same time.
        case rounds
        /// Equally many requests in order of dispatch, where prompts don't repeat often enough.
        case stretches
    }

    /// One period.
    struct Period: Sendable {
        /// The first dispatch.
        var start: TraceInstant
        var median: Double
        var count: Int
    }

    let unit: Unit
    let periods: [Period]

    /// Fewer periods say nothing of drift.
    static let fewest = 10
    /// A stretch has at least as many requests, unless that would leave fewer than ten stretches.
    private static let stretchLength = 5
    private static let mostStretches = 100

    var medians: [Double] { periods.map(\.median) }

    /// Cuts observations into periods.
    ///
    /// - Parameters:
    ///   - arm: Finite values with prompt and repeat.
    ///   - instants: The dispatch of each.
    init(_ arm: Arm, instants: [TraceInstant]) {
        let layout = RecordingLayout(prompts: arm.prompts, rounds: arm.rounds)
        if layout.roundCount >= Self.fewest {
            unit = .rounds
            periods = Self.periods(Self.adjusted(arm, layout), instants, layout.rounds, layout.roundCount)
        } else {
            unit = .stretches
            let order = instants.indices.sorted { (instants[$0], $0) < (instants[$1], $1) }
            let perStretch = Self.perStretch(order.count)
            let count = perStretch > 0 ? max(order.count / perStretch, 1) : 0
            var numbers = [Int](repeating: 0, count: order.count)
            for (place, index) in order.enumerated() { numbers[index] = min(place / perStretch, count - 1) }
            periods = Self.periods(arm.values, instants, numbers, count)
        }
    }

    private static func perStretch(_ count: Int) -> Int {
        guard count >= stretchLength * fewest else { return count >= fewest ? 1 : count }
        return max(stretchLength, (count + mostStretches - 1) / mostStretches)
    }

    /// Values freed of their prompt's level where rounds hold different prompts: a mix that changes is no drift.
    private static func adjusted(_ arm: Arm, _ layout: RecordingLayout) -> [Double] {
        let isBalanced = layout.count == layout.promptCount * layout.roundCount && layout.cellSizes == (1, 1)
        guard !isBalanced, layout.promptCount > 1, arm.values.allSatisfy({ $0 > 0 }) else { return arm.values }
        var byPrompt = [[Double]](repeating: [], count: layout.promptCount)
        for (value, prompt) in zip(arm.values, layout.prompts) { byPrompt[prompt].append(value) }
        let levels = byPrompt.map { median($0) }
        let whole = median(arm.values)
        return zip(arm.values, layout.prompts).map { $0 / levels[$1] * whole }
    }

    private static func periods(
        _ values: [Double],
        _ instants: [TraceInstant],
        _ numbers: [Int],
        _ count: Int
    ) -> [Period] {
        var members = [[Double]](repeating: [], count: count)
        var starts = [TraceInstant?](repeating: nil, count: count)
        for (index, number) in numbers.enumerated() {
            members[number].append(values[index])
            starts[number] = min(starts[number] ?? instants[index], instants[index])
        }
        return zip(members, starts).compactMap { members, start in
            start.map { Period(start: $0, median: median(members), count: members.count) }
        }
    }

    private static func median(_ values: [Double]) -> Double {
        Quantile.value(sorted: FloatSort.ascending(values), p: 0.5) ?? 0
    }
}
