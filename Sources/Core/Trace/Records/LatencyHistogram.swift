// A histogram of durations with a fixed relative error, after Tene's HdrHistogram: recording is an index and an increment.

/// How often durations of each size occurred: 16 buckets an octave, so a quantile is at most 6.25 % too high.
public struct LatencyHistogram: Sendable {
    private static let bucketsPerOctave: UInt64 = 16
    private static let bucketCount = 960

    /// Empty or whole: histograms of nothing cost nothing.
    private var counts: [UInt64] = []
    /// How many durations were recorded.
    public private(set) var count: UInt64 = 0
    /// The longest duration, exactly; zero where nothing was recorded.
    public private(set) var longest = Nanoseconds.zero

    /// One bucket that is not empty.
    public struct Bucket: Hashable, Sendable {
        /// The longest duration that falls into the bucket.
        public var upperEdge: Nanoseconds
        /// How many durations did.
        public var count: UInt64
    }

    /// Makes a histogram of nothing.
    public init() {}

    /// Makes a histogram of what another's ``buckets`` hold.
    ///
    /// - Parameters:
    ///   - buckets: In any order; several may share an edge.
    ///   - longest: The longest duration; the highest bucket's edge where it is not known.
    public init(_ buckets: some Sequence<Bucket>, longest: Nanoseconds? = nil) {
        for bucket in buckets where bucket.count > 0 { record(bucket.upperEdge, count: bucket.count) }
        if let longest { self.longest = longest }
    }

    /// Takes a duration in, `occurrences` times; a negative one counts as zero.
    @inline(__always)
    public mutating func record(_ duration: Nanoseconds, count occurrences: UInt64 = 1) {
        if counts.isEmpty { counts = [UInt64](repeating: 0, count: Self.bucketCount) }
        let value = max(duration, .zero)
        counts[Self.bucket(UInt64(value.count))] &+= occurrences
        count &+= occurrences
        longest = max(longest, value)
    }

    /// Takes all of another histogram's durations in.
    public mutating func add(_ other: LatencyHistogram) {
        guard other.count > 0 else { return }
        if counts.isEmpty { counts = [UInt64](repeating: 0, count: Self.bucketCount) }
        for index in counts.indices { counts[index] &+= other.counts[index] }
        count &+= other.count
        longest = max(longest, other.longest)
    }

    /// Forgets everything and gets memory ready, so that no later recording allocates.
    public mutating func prepare() {
        counts = [UInt64](repeating: 0, count: Self.bucketCount)
        count = 0
        longest = .zero
    }

    /// The buckets that are not empty, shortest first.
    public var buckets: [Bucket] {
        counts.enumerated().compactMap { index, count in
            count == 0 ? nil : Bucket(upperEdge: Self.upperEdge(index), count: count)
        }
    }

    /// The upper edge of the bucket that holds the quantile `q`, never above the longest; zero where nothing was recorded.
    public func quantile(_ q: Double) -> Nanoseconds {
        let rank = max(1, UInt64((q * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (index, occurrences) in counts.enumerated() {
            seen &+= occurrences
            if seen >= rank { return min(Self.upperEdge(index), longest) }
        }
        return longest
    }

    private static func bucket(_ value: UInt64) -> Int {
        // Below 16 each value has its own bucket; above, the four bits behind the leading one choose it.
        guard value >= bucketsPerOctave else { return Int(value) }
        let shift = 59 - value.leadingZeroBitCount
        return Int(bucketsPerOctave) * (shift + 1) + Int((value >> UInt64(shift)) & (bucketsPerOctave - 1))
    }

    private static func upperEdge(_ bucket: Int) -> Nanoseconds {
        guard bucket >= bucketsPerOctave else { return Nanoseconds(Int64(bucket)) }
        let shift = UInt64(bucket) / bucketsPerOctave - 1
        let mantissa = bucketsPerOctave + UInt64(bucket) % bucketsPerOctave
        return Nanoseconds(Int64(clamping: ((mantissa + 1) << shift) - 1))
    }
}

extension LatencyHistogram: Hashable {
    /// Whether both hold equal durations, as far as histograms can tell.
    public static func == (lhs: LatencyHistogram, rhs: LatencyHistogram) -> Bool {
        lhs.count == rhs.count && lhs.longest == rhs.longest && lhs.buckets == rhs.buckets
    }

    /// Hashes the number of durations and the longest.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        hasher.combine(longest)
    }
}
