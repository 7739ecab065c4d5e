// A bounded queue of byte records between exactly two threads, without locks or allocation (Lamport 1983, single producer, single consumer).

internal import Synchronization

/// The memory two threads share: records of any length, each contiguous, in the order they were written.
///
/// A record is an 8-byte length and its bytes, padded to 8. One that would cross the end of the memory is preceded by a
/// filler up to the end. Indexes count bytes ever written or read, so that `written - read` is what the ring holds.
final class ByteRing: @unchecked Sendable {
    // Unchecked: the bytes between `read` and `written` belong to the consumer, all others to the producer; the two
    // indexes hand them over with release and acquire.

    /// The number of bytes the ring holds: a power of two.
    let capacity: Int
    fileprivate let storage: UnsafeMutableRawPointer
    fileprivate let written = PaddedIndex()
    fileprivate let read = PaddedIndex()

    fileprivate static let prefix = 8
    fileprivate static let fillerFlag: UInt64 = 1 << 63

    /// Makes a ring of at least `byteCount` bytes, every page touched.
    init(byteCount: Int) {
        var capacity = 4096
        while capacity < byteCount { capacity *= 2 }
        self.capacity = capacity
        storage = .allocate(byteCount: capacity, alignment: 128)
        storage.initializeMemory(as: UInt8.self, repeating: 0, count: capacity)
    }

    deinit {
        storage.deallocate()
    }

    /// How many bytes wait for the consumer; exact for neither thread while the other works.
    var level: Int { written.acquire() - read.acquire() }

    /// The longest record that is sure to fit into an empty ring.
    var longestRecord: Int { capacity / 2 - Self.prefix }
}

/// The writing end; exactly one per ring.
struct ByteRingProducer: ~Copyable {
    private let ring: ByteRing
    private var written = 0
    /// The consumer's index as last seen: asking again costs a cache miss.
    private var read = 0
    private var pending = 0

    /// Takes the writing end of an unused ring.
    init(_ ring: ByteRing) {
        self.ring = ring
    }

    /// Room for a record of `byteCount` bytes, to be filled and then committed; `nil` where fewer than `reserve` bytes
    /// would stay free.
    @inline(__always)
    mutating func reserve(_ byteCount: Int, keepingFree reserve: Int = 0) -> UnsafeMutableRawPointer? {
        let length = ByteRing.prefix + (byteCount + 7) & ~7
        var offset = written & (ring.capacity - 1)
        let untilEnd = ring.capacity - offset
        let filler = length > untilEnd ? untilEnd : 0
        let needed = filler + length + reserve
        if written + needed - read > ring.capacity {
            read = ring.read.acquire()
            guard written + needed - read <= ring.capacity else { return nil }
        }
        if filler > 0 {
            ring.storage.storeBytes(of: ByteRing.fillerFlag | UInt64(filler), toByteOffset: offset, as: UInt64.self)
            offset = 0
        }
        ring.storage.storeBytes(of: UInt64(byteCount), toByteOffset: offset, as: UInt64.self)
        pending = filler + length
        return ring.storage + offset + ByteRing.prefix
    }

    /// Hands the reserved record over.
    @inline(__always)
    mutating func commit() {
        written += pending
        pending = 0
        ring.written.release(written)
    }

    /// How many bytes wait for the consumer, as last seen: never too few.
    var highLevel: Int { written - read }

    /// How many bytes wait for the consumer now.
    mutating func currentLevel() -> Int {
        read = ring.read.acquire()
        return written - read
    }
}

/// The reading end; exactly one per ring.
struct ByteRingConsumer: ~Copyable {
    private let ring: ByteRing
    private var read = 0

    /// Takes the reading end of an unused ring.
    init(_ ring: ByteRing) {
        self.ring = ring
    }

    /// Gives every record written so far to `body`, in order, and frees its room behind it.
    ///
    /// - Parameter body: Takes the record's bytes, which are 8-byte aligned and valid until it returns.
    /// - Returns: The number of records.
    mutating func drain(_ body: (UnsafeRawBufferPointer) -> Void) -> Int {
        var count = 0
        let written = ring.written.acquire()
        while read < written {
            let offset = read & (ring.capacity - 1)
            let word = ring.storage.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if word & ByteRing.fillerFlag != 0 {
                read += Int(word & ~ByteRing.fillerFlag)
            } else {
                let start = ring.storage + offset + ByteRing.prefix
                body(UnsafeRawBufferPointer(start: start, count: Int(word)))
                read += ByteRing.prefix + (Int(word) + 7) & ~7
                count += 1
            }
            ring.read.release(read)
        }
        return count
    }
}
