// A counter that one thread writes and another reads, alone on its cache lines.

internal import Synchronization

/// An atomic counter with 128 bytes of its own: neighbouring lines are fetched in pairs.
struct PaddedIndex: ~Copyable, Sendable {
    private let leading = InlineArray<8, UInt64>(repeating: 0)
    private let value = Atomic<Int>(0)
    private let trailing = InlineArray<7, UInt64>(repeating: 0)

    /// The counter, with everything its writer did before.
    @inline(__always)
    func acquire() -> Int { value.load(ordering: .acquiring) }

    /// Sets the counter, with everything the writer did before.
    @inline(__always)
    func release(_ newValue: Int) { value.store(newValue, ordering: .releasing) }
}
