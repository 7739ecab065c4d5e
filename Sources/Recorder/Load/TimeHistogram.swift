// Spans of time in buckets that grow by a sixteenth of an octave: a quantile is within 3 % of the truth, at any count.

package import Core

/// A histogram of spans from a microsecond to an hour.
package struct TimeHistogram: Hashable, Sendable {
    private static let perOctave = 16
    private static let octaves = 32

    /// How many spans were added.
    package private(set) var count = 0
    private var buckets: [Int32] = []
    private var highest = Nanoseconds.zero

    /// Starts empty.
    package init() {}

    /// Adds a span.
    package mutating func add(_ span: Nanoseconds) {
        if buckets.isEmpty { buckets = Array(repeating: 0, count: Self.perOctave * Self.octaves) }
        count += 1
        buckets[Self.bucket(span)] += 1
        highest = max(highest, span)
    }

    /// The span below which a share of all lies; `nil` where there are none.
    package func quantile(_ share: Double) -> Nanoseconds? {
        guard count > 0 else { return nil }
        let rank = max(1, Int((Double(count) * share).rounded(.up)))
        var seen = 0
        for (index, value) in buckets.enumerated() {
            seen += Int(value)
            if seen >= rank { return min(Self.middle(index), highest) }
        }
        return highest
    }

    /// Sixteen linear steps within each power of two microseconds.
    private static func bucket(_ span: Nanoseconds) -> Int {
        let value = UInt64(max(0, span.count)) / 1_000
        guard value >= UInt64(perOctave) else { return Int(value) }
        let octave = 63 - value.leadingZeroBitCount
        let step = Int(value >> UInt64(octave - 4)) & 15
        return min((octave - 3) * perOctave + step, perOctave * octaves - 1)
    }

    private static func middle(_ bucket: Int) -> Nanoseconds {
        guard bucket >= perOctave else { return Nanoseconds(Int64(bucket) * 1_000 + 500) }
        let octave = bucket / perOctave + 3
        let low = (Int64(16 + bucket % perOctave) << Int64(octave - 4)) * 1_000
        return Nanoseconds(low + (Int64(1_000) << Int64(octave - 4)) / 2)
    }
}
