// A histogram of durations with a fixed relative error, after Tene's HdrHistogram: recording is an index and an increment.

package import Core

/// How often durations of each size occurred: 16 buckets an octave, so a quantile is at most 6.25 % too high.
struct LatencyHistogram: Sendable {
    private static let bucketsPerOctave: UInt64 = 16
    private static let bucketCount = 960

    private var counts = [UInt32](repeating: 0, count: bucketCount)
    private(set) var count = 0
    private var longest: Int64 = 0

    /// Takes a duration in; a negative one counts as zero.
    @inline(__always)
    mutating func record(_ duration: Nanoseconds) {
        let value = max(duration.count, 0)
        counts[Self.bucket(UInt64(value))] &+= 1
        count &+= 1
        longest = max(longest, value)
    }

    /// Takes all of another histogram's durations in.
    mutating func add(_ other: LatencyHistogram) {
        guard other.count > 0 else { return }
        for index in counts.indices { counts[index] &+= other.counts[index] }
        count += other.count
        longest = max(longest, other.longest)
    }

    /// Forgets everything, keeping the memory.
    mutating func removeAll() {
        guard count > 0 else { return }
        for index in counts.indices { counts[index] = 0 }
        count = 0
        longest = 0
    }

    /// The upper edge of the bucket that holds the quantile `q`, never above the longest; zero where nothing was recorded.
    func quantile(_ q: Double) -> Nanoseconds {
        let rank = max(1, Int((q * Double(count)).rounded(.up)))
        var seen = 0
        for (index, occurrences) in counts.enumerated() {
            seen += Int(occurrences)
            if seen >= rank { return Nanoseconds(min(Self.upperEdge(index), longest)) }
        }
        return Nanoseconds(longest)
    }

    /// The figures worth keeping.
    var summary: LatencySummary {
        LatencySummary(count: count, p50: quantile(0.5), p99: quantile(0.99), max: Nanoseconds(longest))
    }

    private static func bucket(_ value: UInt64) -> Int {
        // Below 16 each value has its own bucket; above, the four bits behind the leading one choose it.
        guard value >= bucketsPerOctave else { return Int(value) }
        let shift = 59 - value.leadingZeroBitCount
        return Int(bucketsPerOctave) * (shift + 1) + Int((value >> UInt64(shift)) & (bucketsPerOctave - 1))
    }

    private static func upperEdge(_ bucket: Int) -> Int64 {
        guard bucket >= bucketsPerOctave else { return Int64(bucket) }
        let shift = UInt64(bucket) / bucketsPerOctave - 1
        let mantissa = bucketsPerOctave + UInt64(bucket) % bucketsPerOctave
        return Int64(clamping: ((mantissa + 1) << shift) - 1)
    }
}

/// A histogram's figures: how many durations, and three of their quantiles.
package struct LatencySummary: Hashable, Sendable {
    package var count: Int
    package var p50: Nanoseconds
    package var p99: Nanoseconds
    package var max: Nanoseconds

    /// Makes a summary; of nothing by default.
    package init(count: Int = 0, p50: Nanoseconds = .zero, p99: Nanoseconds = .zero, max: Nanoseconds = .zero) {
        self.count = count
        self.p50 = p50
        self.p99 = p99
        self.max = max
    }
}
