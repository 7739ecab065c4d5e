// The bounded ring between the capture thread and the writer thread: one producer, one consumer, nothing allocated.

import Core
import Synchronization

/// One entry's fixed part.
struct RingEntry {
    enum Kind: UInt32 {
        /// The rest of the ring up to its end is unused.
        case skip = 0
        /// A chunk of a response's body; its bytes follow.
        case chunk = 1
        /// A record, boxed; the pointer is in `request`.
        case record = 2
    }

    var kind: UInt32
    /// Bytes that follow the fixed part.
    var length: UInt32
    var request: UInt64
    var attempt: UInt32
    var source: UInt32
    /// On `CLOCK_MONOTONIC`, nanoseconds.
    var stamp: UInt64
    var callbackLag: Int64
    var wakeLag: Int64
}

/// A record on its way through the ring.
final class RecordBox: Sendable {
    let record: TraceRecord

    init(_ record: TraceRecord) {
        self.record = record
    }
}

/// A ring of entries.
///
/// `@unchecked Sendable`: the memory is written by the producer only beyond `head` and read by the consumer only before
/// it; the atomics order the two.
final class CaptureRing: @unchecked Sendable {
    private let memory: UnsafeMutableRawPointer
    private let capacity: Int
    // A cache line each, so that the two threads don't contend.
    private let head = PaddedCounter()
    private let tail = PaddedCounter()

    private static let alignment = 64
    private static let entryByteCount = MemoryLayout<RingEntry>.stride

    /// Makes a ring of `byteCount` bytes, rounded up to a page.
    init(byteCount: Int) {
        capacity = max(1 << 16, (byteCount + 4095) & ~4095)
        memory = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: Self.alignment)
        // Touched now, so that no page fault falls into a measurement.
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: capacity)
    }

    deinit {
        while consume({ _, _ in }) {}
        memory.deallocate()
    }

    /// The share of the ring that is in use, 0 to 1.
    var level: Double { Double(head.load() - tail.load()) / Double(capacity) }

    /// Appends an entry with its bytes.
    ///
    /// - Returns: Whether there was room; without, nothing changed.
    func produce(_ entry: RingEntry, bytes: UnsafeRawBufferPointer) -> Bool {
        let needed = Self.stride(bytes.count)
        let start = head.load()
        var place = start % capacity
        var skipped = 0
        if capacity - place < needed {
            skipped = capacity - place
            place = 0
        }
        guard needed + skipped <= capacity - (start - tail.load()) else { return false }
        if skipped >= Self.entryByteCount {
            var skip = entry
            skip.kind = RingEntry.Kind.skip.rawValue
            memory.storeBytes(of: skip, toByteOffset: start % capacity, as: RingEntry.self)
        }
        memory.storeBytes(of: entry, toByteOffset: place, as: RingEntry.self)
        if let source = bytes.baseAddress {
            memory.advanced(by: place + Self.entryByteCount).copyMemory(from: source, byteCount: bytes.count)
        }
        head.store(start + skipped + needed)
        return true
    }

    /// Appends a record.
    func produce(_ record: TraceRecord) -> Bool {
        let box = Unmanaged.passRetained(RecordBox(record))
        let entry = RingEntry(
            kind: RingEntry.Kind.record.rawValue,
            length: 0,
            request: UInt64(UInt(bitPattern: box.toOpaque())),
            attempt: 0,
            source: 0,
            stamp: 0,
            callbackLag: 0,
            wakeLag: 0
        )
        if produce(entry, bytes: UnsafeRawBufferPointer(start: nil, count: 0)) { return true }
        box.release()
        return false
    }

    /// What a consumer takes.
    enum Item {
        case chunk(RingEntry)
        case record(TraceRecord)
    }

    /// Takes the oldest entry, if there is one; its bytes are valid during `body` only.
    func consume<Failure: Error>(
        _ body: (Item, UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
        var start = tail.load()
        while start < head.load() {
            let place = start % capacity
            let entry =
                capacity - place >= Self.entryByteCount
                ? memory.load(fromByteOffset: place, as: RingEntry.self) : nil
            guard let entry, let kind = RingEntry.Kind(rawValue: entry.kind), kind != .skip else {
                start += capacity - place
                continue
            }
            let bytes = UnsafeRawBufferPointer(
                start: memory.advanced(by: place + Self.entryByteCount),
                count: Int(entry.length)
            )
            defer { tail.store(start + Self.stride(Int(entry.length))) }
            if kind == .record {
                guard let pointer = UnsafeRawPointer(bitPattern: UInt(entry.request)) else { return true }
                let box = Unmanaged<RecordBox>.fromOpaque(pointer).takeRetainedValue()
                try body(.record(box.record), bytes)
            } else {
                try body(.chunk(entry), bytes)
            }
            return true
        }
        tail.store(start)
        return false
    }

    private static func stride(_ byteCount: Int) -> Int {
        (entryByteCount + byteCount + 7) & ~7
    }
}

/// A counter on a cache line of its own.
private final class PaddedCounter: Sendable {
    private let padding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0)
    private let value = Atomic<Int>(0)
    private let paddingBehind: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0)

    func load() -> Int { value.load(ordering: .acquiring) }
    func store(_ new: Int) { value.store(new, ordering: .releasing) }
}
