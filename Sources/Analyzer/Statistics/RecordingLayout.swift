// Which prompt and which round each observation belongs to: the design that intervals must respect (docs/statistics.md).

/// The prompt and the round of every observation, numbered from 0 without gaps; rounds are in time order.
package struct RecordingLayout: Equatable, Sendable {
    /// The number of the prompt, one per observation.
    package let prompts: [Int]
    /// The number of the round, one per observation.
    package let rounds: [Int]
    /// How many different prompts there are.
    package let promptCount: Int
    /// How many different rounds there are.
    package let roundCount: Int

    /// Numbers prompts and rounds anew, keeping the order of the given keys.
    ///
    /// - Parameters:
    ///   - prompts: Any key per observation that is equal for equal prompts.
    ///   - rounds: A key per observation that rises with time, equal within one round.
    package init(prompts: [Int], rounds: [Int]) {
        let count = min(prompts.count, rounds.count)
        let promptNumbers = Self.number(prompts.prefix(count))
        let roundNumbers = Self.number(rounds.prefix(count))
        self.prompts = promptNumbers.values
        self.rounds = roundNumbers.values
        promptCount = promptNumbers.count
        roundCount = roundNumbers.count
    }

    /// The number of observations.
    package var count: Int { prompts.count }

    /// Whether no prompt and no round gives two observations a common cause.
    package var isIndependent: Bool { roundCount <= 1 && promptCount == count }

    /// The smallest and largest number of observations of one prompt in one round, among cells that have any.
    package var cellSizes: (smallest: Int, largest: Int) {
        var sizes: [Int: Int] = [:]
        for i in 0..<count { sizes[prompts[i] * max(roundCount, 1) + rounds[i], default: 0] += 1 }
        return (sizes.values.min() ?? 0, sizes.values.max() ?? 0)
    }

    /// The mean of the values of each round, in order of rounds.
    package func roundMeans(of values: [Double]) -> [Double] {
        var sums = [Double](repeating: 0, count: roundCount)
        var counts = [Double](repeating: 0, count: roundCount)
        for (value, round) in zip(values, rounds) {
            sums[round] += value
            counts[round] += 1
        }
        return zip(sums, counts).map { $0 / max($1, 1) }
    }

    /// The section of each observation when the rounds are cut into `count` sections.
    func sections(_ count: Int) -> [Int] {
        let sectionOf = (0..<roundCount).map { min($0 * count / roundCount, count - 1) }
        return rounds.map { sectionOf[$0] }
    }

    /// How many independent rounds the recording is worth, from the series of round means of the values' ranks.
    ///
    /// Ranks, because one wild value would hide the memory of all others, and timeouts have no other number.
    ///
    /// - Parameters:
    ///   - values: Observations without NaN, parallel to the layout.
    ///   - sorted: The same in ascending order, where that is known.
    /// - Returns: At most the number of rounds.
    package func effectivePeriods(of values: [Double], sorted: [Double]? = nil) -> Double {
        guard roundCount >= DesignError.fewestRounds else { return Double(roundCount) }
        let sorted = sorted ?? FloatSort.ascending(values)
        let ranks = values.map { value in Double(sorted.firstIndexSorted { $0 > value }) }
        return SeriesDependence(roundMeans(of: ranks))?.effectiveSampleSize ?? Double(roundCount)
    }

    private static func number(_ keys: ArraySlice<Int>) -> (values: [Int], count: Int) {
        guard let low = keys.min(), let high = keys.max() else { return ([], 0) }
        let span = high.subtractingReportingOverflow(low)
        guard !span.overflow, span.partialValue < 4 * keys.count + 1024 else {
            let distinct = Set(keys).sorted()
            let numbers = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
            return (keys.map { numbers[$0] ?? 0 }, distinct.count)
        }
        // Keys that lie close together need no hashing.
        var numbers = [Int](repeating: 0, count: span.partialValue + 1)
        for key in keys { numbers[key - low] = 1 }
        var count = 0
        for index in numbers.indices where numbers[index] == 1 {
            numbers[index] = count
            count += 1
        }
        return (keys.map { numbers[$0 - low] }, count)
    }
}
