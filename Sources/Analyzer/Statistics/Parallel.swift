// Work on numbered items spread over threads; what an item computes depends on its number only, so any count of threads agrees.

import Dispatch

enum Parallel {
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
