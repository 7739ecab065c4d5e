// Order statistics of many pooled gaps without sorting or copying them: a histogram whose bins grow with the value, and a
// finer one inside the bins that hold a wanted rank (Hyde 2018's HdrHistogram for the bins; selection by counting, so exact).

/// Finds the k-th smallest gap of lists.
struct PooledOrder {
    private let lists: [GapList]
    private let threads: Int
    private let minimum: Int64
    /// How many gaps lie in each of the first bins.
    private let counts: [Int]

    /// Bins of width 1 below 2¹², and 2¹¹ bins to each doubling from there on.
    private static let binBits = 11
    /// A finer histogram has at most this many bins.
    private static let fineBits = 15

    /// Counts the gaps; `minimum` is the smallest of them, `maximum` the largest.
    init(_ lists: [GapList], minimum: Int64, maximum: Int64, threads: Int) {
        self.lists = lists
        self.threads = threads
        self.minimum = minimum
        let size = Self.bin(UInt64(bitPattern: maximum &- minimum)) + 1
        counts = Parallel.sum(count: lists.count, width: size, threads: threads) { range, slots in
            for index in range {
                lists[index].forEach { gap in
                    slots[Self.bin(UInt64(bitPattern: gap &- minimum))] &+= 1
                }
            }
        }
    }

    /// The bin of a distance from the minimum.
    @inline(__always)
    private static func bin(_ key: UInt64) -> Int {
        let shift = max(63 &- key.leadingZeroBitCount &- binBits, 0)
        return shift << binBits &+ Int(truncatingIfNeeded: key >> UInt64(shift))
    }

    /// The smallest key of a bin and the logarithm of its width.
    private static func range(ofBin bin: Int) -> (low: UInt64, shift: Int) {
        let shift = max((bin >> binBits) - 1, 0)
        return (UInt64(bin - shift << binBits) << UInt64(shift), shift)
    }

    /// A part of the keys that holds wanted ranks.
    private struct Part: Hashable {
        var firstBin: Int
        var low: UInt64
        var shift: Int
    }

    /// The gaps of the given one-based ranks, in nanoseconds; every pass over the gaps serves all of them.
    func values(ofRanks ranks: some Sequence<Int>) -> [Int: Int64] {
        var found: [Int: Int64] = [:]
        // What is not yet found: the part that holds it and the ranks within that part.
        var open: [Part: [(rank: Int, within: Int)]] = [:]
        for rank in Set(ranks).sorted() {
            var below = 0
            guard
                let bin = counts.firstIndex(where: {
                    below += $0; return below >= rank
                })
            else { continue }
            let (low, shift) = Self.range(ofBin: bin)
            let part = Part(firstBin: bin, low: low, shift: shift)
            open[part, default: []].append((rank, rank - (below - counts[bin])))
        }
        while !open.isEmpty {
            for (part, wanted) in open where part.shift == 0 {
                for one in wanted { found[one.rank] = minimum &+ Int64(bitPattern: part.low) }
                open[part] = nil
            }
            open = refine(open)
        }
        return found
    }

    /// One pass: every part is divided, and each rank moves into its smaller part.
    private func refine(_ open: [Part: [(rank: Int, within: Int)]]) -> [Part: [(rank: Int, within: Int)]] {
        guard !open.isEmpty else { return [:] }
        let parts = open.keys.sorted { $0.low < $1.low }
        let width = 1 << Self.fineBits
        // The parts of each first bin, next to one another.
        var places = [Int32](repeating: -1, count: counts.count)
        for index in parts.indices.reversed() { places[parts[index].firstBin] = Int32(index) }
        let first = places
        let minimum = minimum
        let lists = lists
        let fine = Parallel.sum(count: lists.count, width: parts.count * width, threads: threads) { range, slots in
            for list in range {
                lists[list].forEach { gap in
                    let key = UInt64(bitPattern: gap &- minimum)
                    let bin = Self.bin(key)
                    var index = Int(first[bin])
                    while index >= 0, index < parts.count, parts[index].firstBin == bin {
                        let part = parts[index]
                        if key >= part.low, (key &- part.low) >> UInt64(part.shift) == 0 {
                            let place = (key &- part.low) >> UInt64(max(part.shift &- Self.fineBits, 0))
                            slots[index &* width &+ Int(truncatingIfNeeded: place)] &+= 1
                        }
                        index &+= 1
                    }
                }
            }
        }
        var next: [Part: [(rank: Int, within: Int)]] = [:]
        for (index, part) in parts.enumerated() {
            let shift = max(part.shift - Self.fineBits, 0)
            for one in open[part] ?? [] {
                var below = 0
                let slots = fine[(index * width)..<((index + 1) * width)]
                guard
                    let slot = slots.firstIndex(where: {
                        below += $0; return below >= one.within
                    })
                else { continue }
                let low = part.low + UInt64(slot - index * width) << UInt64(shift)
                let smaller = Part(firstBin: part.firstBin, low: low, shift: shift)
                next[smaller, default: []].append((one.rank, one.within - (below - fine[slot])))
            }
        }
        return next
    }
}
