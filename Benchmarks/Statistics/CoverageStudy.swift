// One cell of a coverage table: how often intervals of a method hold the true value in simulated recordings.

import Analyzer
import Core

/// Hits of one method for one statistic.
struct CoverageCount: Sendable {
    var covered = 0
    /// The true value lies above the upper end, or below the lower one.
    var missedAbove = 0
    var missedBelow = 0
    /// Intervals whose upper end the sample could not identify; that side can't miss.
    var withoutUpperEnd = 0
    var count = 0

    mutating func take(_ interval: Interval?, truth: Double) {
        count += 1
        guard let interval else {
            covered += 1
            withoutUpperEnd += 1
            return
        }
        if interval.high == nil { withoutUpperEnd += 1 }
        if let low = interval.low, truth < low {
            missedBelow += 1
        } else if let high = interval.high, truth > high {
            missedAbove += 1
        } else {
            covered += 1
        }
    }

    var share: Double { Double(covered) / Double(count) }
    var standardError: Double { (share * (1 - share) / Double(count)).squareRoot() }
    var shareWithoutUpperEnd: Double { Double(withoutUpperEnd) / Double(count) }
}

/// A row of results.
struct CoverageRow {
    var scenario: String
    var statistic: String
    var method: String
    var count: CoverageCount
    /// What the design's own simulation found, and its standard error; `nil` where it has none.
    var expected: (share: Double, error: Double)?

    /// How many standard errors lie between the two.
    var distance: Double? {
        expected.map { expected in
            let error = (count.standardError * count.standardError + expected.error * expected.error).squareRoot()
            return error > 0 ? (count.share - expected.share) / error : 0
        }
    }
}

/// Rejections of a true or a false null hypothesis.
struct RejectionRow {
    var scenario: String
    var method: String
    var rejected: Int
    var count: Int

    var share: Double { Double(rejected) / Double(count) }
    var standardError: Double { (share * (1 - share) / Double(count)).squareRoot() }
}

/// Repeats one simulation on several threads; each repetition draws from a stream of its own number.
struct Repetitions {
    var count: Int
    var threads: Int

    /// Adds up what each repetition counts.
    func tally(
        _ size: Int,
        _ run: @Sendable (_ repetition: Int, _ counts: inout [CoverageCount]) -> Void
    )
        -> [CoverageCount]
    {
        let each = Parallel.map(count: count, threads: threads) { repetition in
            var counts = [CoverageCount](repeating: CoverageCount(), count: size)
            run(repetition, &counts)
            return counts
        }
        var total = [CoverageCount](repeating: CoverageCount(), count: size)
        for counts in each {
            for index in total.indices {
                total[index].covered += counts[index].covered
                total[index].missedAbove += counts[index].missedAbove
                total[index].missedBelow += counts[index].missedBelow
                total[index].withoutUpperEnd += counts[index].withoutUpperEnd
                total[index].count += counts[index].count
            }
        }
        return total
    }

    /// How often each of several tests rejects.
    func rejections(_ size: Int, _ run: @Sendable (_ repetition: Int) -> [Bool]) -> [Int] {
        let each = Parallel.map(count: count, threads: threads, run)
        return (0..<size).map { index in each.count { $0[index] } }
    }
}
