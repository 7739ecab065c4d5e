// Work on numbered items spread over threads; what an item computes depends on its number only, so any count of threads agrees.

import Dispatch

enum Parallel {
    /// Fills an array of `count` values, where `fill` writes the slots of one contiguous range of numbers.
    ///
    /// - Parameters:
    ///   - count: How many values to make.
    ///   - threads: How many ranges to work on at once; 1 stays on the calling thread.
    ///   - fill: Writes every slot of `range`; called with disjoint ranges, at the same time.
    static func fill(
        count: Int,
        threads: Int,
        _ fill: @Sendable (_ range: Range<Int>, _ slots: UnsafeMutableBufferPointer<Double>) -> Void
    ) -> [Double] {
        [Double](unsafeUninitializedCapacity: max(count, 0)) { buffer, initialized in
            guard count > 0 else { return }
            buffer.initialize(repeating: 0)
            initialized = count
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
