// Work on numbered items spread over threads; what an item computes depends on its number only, so any count of threads agrees.

import Dispatch
import Synchronization

package enum Parallel {
    /// Makes `count` items of `width` numbers each, where `fill` writes the slots of one contiguous range of items.
    ///
    /// - Parameters:
    ///   - count: How many items to make.
    ///   - width: How many slots each item has; item i owns the slots from i · width on.
    ///   - threads: How many ranges to work on at once; 1 stays on the calling thread.
    ///   - fill: Writes every slot of the items in `range`; called with disjoint ranges, at the same time.
    /// - Returns: The filled slots.
    static func fill(
        count: Int,
        width: Int = 1,
        threads: Int,
        _ fill: @Sendable (_ range: Range<Int>, _ slots: UnsafeMutableBufferPointer<Double>) -> Void
    ) -> [Double] {
        [Double](unsafeUninitializedCapacity: max(count * width, 0)) { buffer, initialized in
            guard count > 0, width > 0 else { return }
            buffer.initialize(repeating: 0)
            initialized = count * width
            let parts = min(max(threads, 1), count)
            guard parts > 1 else {
                fill(0..<count, buffer)
                return
            }
            // Disjoint ranges of one buffer, joined before this closure returns.
            nonisolated(unsafe) let slots = buffer
            DispatchQueue.concurrentPerform(iterations: parts) { part in
                fill((count * part / parts)..<(count * (part + 1) / parts), slots)
            }
        }
    }
}

extension Parallel {
    /// Adds up whole numbers that threads count each for themselves; order and number of threads cannot matter.
    ///
    /// - Parameters:
    ///   - count: How many items there are.
    ///   - width: How many sums there are.
    ///   - threads: How many ranges to work on at once.
    ///   - add: Adds what the items of `range` contribute to slots that begin as zero.
    /// - Returns: The sums.
    static func sum(
        count: Int,
        width: Int,
        threads: Int,
        _ add: @Sendable (_ range: Range<Int>, _ slots: UnsafeMutableBufferPointer<Int>) -> Void
    ) -> [Int] {
        let parts = min(max(threads, 1), max(count, 1))
        let partial = map(count: parts, threads: threads) { part in
            var sums = [Int](repeating: 0, count: width)
            sums.withUnsafeMutableBufferPointer { slots in
                add((count * part / parts)..<(count * (part + 1) / parts), slots)
            }
            return sums
        }
        return partial.dropFirst().reduce(into: partial[0]) { total, part in
            for index in total.indices { total[index] &+= part[index] }
        }
    }

    /// Makes `count` values in order of their numbers, at most `threads` at once; each thread takes the next that is free.
    package static func map<Value: Sendable>(
        count: Int,
        threads: Int,
        _ make: @Sendable (_ index: Int) -> Value
    ) -> [Value] {
        guard threads > 1, count > 1 else { return (0..<count).map(make) }
        let next = Atomic(0)
        let made = Mutex<[(index: Int, value: Value)]>([])
        DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                let value = make(index)
                made.withLock { $0.append((index, value)) }
            }
        }
        return made.withLock { $0 }.sorted { $0.index < $1.index }.map(\.value)
    }
}
