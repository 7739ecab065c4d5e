// Sorting of Doubles by their bits in a few linear passes (least-significant-digit radix sort; Herf 2001 for the key).

/// Ascending order of numbers, −0 before +0; the caller has set NaN aside.
enum FloatSort {
    /// The values in ascending order.
    static func ascending(_ values: [Double]) -> [Double] {
        // Below this size the comparison sort is faster than the counting passes.
        guard values.count >= 600 else { return values.sorted() }
        var keys = values.map { key($0) }
        var buffer = [UInt64](repeating: 0, count: keys.count)
        var counts = [Int](repeating: 0, count: 6 * 2048)
        for key in keys {
            var rest = key
            for digit in 0..<6 {
                counts[digit &* 2048 &+ Int(rest & 2047)] &+= 1
                rest >>= 11
            }
        }
        for digit in 0..<6 {
            let base = digit * 2048
            let shift = UInt64(digit * 11)
            // A digit that all keys share needs no pass.
            if counts[base + Int((keys[0] >> shift) & 2047)] == keys.count { continue }
            var position = 0
            for bucket in base..<(base + 2048) {
                let count = counts[bucket]
                counts[bucket] = position
                position += count
            }
            for key in keys {
                let bucket = base &+ Int((key >> shift) & 2047)
                buffer[counts[bucket]] = key
                counts[bucket] &+= 1
            }
            swap(&keys, &buffer)
        }
        return keys.map { value($0) }
    }

    /// Bits whose unsigned order is the order of the numbers.
    @inline(__always)
    private static func key(_ value: Double) -> UInt64 {
        let bits = value.bitPattern
        return bits ^ ((bits >> 63) == 1 ? UInt64.max : 1 << 63)
    }

    @inline(__always)
    private static func value(_ key: UInt64) -> Double {
        Double(bitPattern: key ^ ((key >> 63) == 1 ? 1 << 63 : UInt64.max))
    }
}
