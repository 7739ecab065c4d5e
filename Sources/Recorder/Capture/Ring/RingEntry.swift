// What travels from the capture thread to the writer, as records of a ByteRing.

internal import Core

/// A rare record, built on the capture thread and handed over by reference.
///
/// The ring holds one retain of it; the writer takes it back exactly once.
final class BoxedRecord: Sendable {
    let record: TraceRecord

    init(_ record: TraceRecord) {
        self.record = record
    }
}

/// One entry, as the writer reads it.
enum RingEntry {
    /// A request's start, a connection, an error, a note, or a second's self-measurement.
    case boxed(BoxedRecord)
    /// A response's head as it stood on the wire.
    case head(AttemptID, sent: TraceInstant?, firstByte: TraceInstant, bytes: UnsafeRawBufferPointer)
    /// A read of a response's body.
    case chunk(AttemptID, ChunkStamp, bytes: UnsafeRawBufferPointer)
    /// An attempt's end; the hash is left to the one who writes the bytes.
    case end(EndRecord)
}

/// The fixed front of every entry; the bytes of a head or a chunk follow it.
struct RingEntryHeader: BitwiseCopyable {
    enum Kind: UInt32 {
        case boxed, head, chunk, end
    }

    var kind: UInt32
    /// A chunk's ``StampSource``, or the index of an end's outcome.
    var detail: UInt32 = 0
    var request: UInt64 = 0
    var attempt: UInt32 = 0
    var length: UInt32 = 0
    /// The entry's instant; the reference of a box.
    var instant: UInt64 = 0
    /// A chunk's callback lag; the instant at which a head's request was sent, 0 where unknown; an end's bytes.
    var first: Int64 = 0
    /// A chunk's wake lag; an end's number of chunks.
    var second: Int64 = 0

    static let byteCount = MemoryLayout<RingEntryHeader>.stride

    init(_ kind: Kind) {
        self.kind = kind.rawValue
    }

    init(_ kind: Kind, _ id: AttemptID, _ instant: TraceInstant) {
        self.kind = kind.rawValue
        request = id.request
        attempt = id.attempt
        self.instant = instant.nanosecondsSinceEpoch
    }
}

extension ByteRingProducer {
    /// Hands a rare record over; false where the ring is full.
    mutating func push(_ record: TraceRecord) -> Bool {
        guard let room = reserve(RingEntryHeader.byteCount) else { return false }
        var header = RingEntryHeader(.boxed)
        header.instant = UInt64(UInt(bitPattern: Unmanaged.passRetained(BoxedRecord(record)).toOpaque()))
        room.storeBytes(of: header, as: RingEntryHeader.self)
        commit()
        return true
    }

    /// Hands a response's head over; false where the ring is full.
    mutating func pushHead(
        _ id: AttemptID,
        sent: TraceInstant?,
        firstByte: TraceInstant,
        bytes: UnsafeRawBufferPointer
    ) -> Bool {
        var header = RingEntryHeader(.head, id, firstByte)
        header.first = sent.map { Int64(bitPattern: $0.nanosecondsSinceEpoch) } ?? 0
        return push(header, bytes)
    }

    /// Hands a chunk over; false where the ring is full.
    @inline(__always)
    mutating func pushChunk(_ id: AttemptID, _ stamp: ChunkStamp, bytes: UnsafeRawBufferPointer) -> Bool {
        var header = RingEntryHeader(.chunk, id, stamp.instant)
        header.detail = stamp.source.rawValue
        header.first = stamp.callbackLag.count
        header.second = stamp.wakeLag.count
        return push(header, bytes)
    }

    /// Hands an attempt's end over; false where the ring is full.
    mutating func pushEnd(_ end: EndRecord) -> Bool {
        var header = RingEntryHeader(.end, end.id, end.completed)
        header.detail = UInt32(TransportOutcome.allCases.firstIndex(of: end.outcome) ?? 0)
        header.first = Int64(bitPattern: end.bytes)
        header.second = Int64(end.chunks)
        return push(header, UnsafeRawBufferPointer(start: nil, count: 0))
    }

    @inline(__always)
    private mutating func push(_ header: RingEntryHeader, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let room = reserve(RingEntryHeader.byteCount + bytes.count) else { return false }
        var header = header
        header.length = UInt32(truncatingIfNeeded: bytes.count)
        room.storeBytes(of: header, as: RingEntryHeader.self)
        if let start = bytes.baseAddress {
            (room + RingEntryHeader.byteCount).copyMemory(from: start, byteCount: bytes.count)
        }
        commit()
        return true
    }
}

extension RingEntry {
    /// Reads the entry that a producer's `push…` wrote; a box is taken out of the ring and released with the entry.
    init?(_ record: UnsafeRawBufferPointer) {
        guard record.count >= RingEntryHeader.byteCount else { return nil }
        let header = record.loadUnaligned(as: RingEntryHeader.self)
        let bytes = UnsafeRawBufferPointer(rebasing: record[RingEntryHeader.byteCount...])
        let id = AttemptID(request: header.request, attempt: header.attempt)
        let instant = TraceInstant(nanosecondsSinceEpoch: header.instant)
        switch RingEntryHeader.Kind(rawValue: header.kind) {
        case .boxed:
            guard let reference = UnsafeRawPointer(bitPattern: UInt(header.instant)) else { return nil }
            self = .boxed(Unmanaged<BoxedRecord>.fromOpaque(reference).takeRetainedValue())
        case .head:
            let sent = header.first == 0 ? nil : TraceInstant(nanosecondsSinceEpoch: UInt64(bitPattern: header.first))
            self = .head(id, sent: sent, firstByte: instant, bytes: bytes)
        case .chunk:
            let stamp = ChunkStamp(
                instant: instant,
                length: header.length,
                source: StampSource(rawValue: header.detail) ?? .unknown,
                callbackLag: Nanoseconds(header.first),
                wakeLag: Nanoseconds(header.second)
            )
            self = .chunk(id, stamp, bytes: bytes)
        case .end:
            let outcomes = TransportOutcome.allCases
            guard outcomes.indices.contains(Int(header.detail)) else { return nil }
            self = .end(
                EndRecord(
                    id: id,
                    completed: instant,
                    chunks: UInt32(truncatingIfNeeded: header.second),
                    bytes: UInt64(bitPattern: header.first),
                    xxHash64: 0,
                    outcome: outcomes[Int(header.detail)]
                )
            )
        case nil:
            return nil
        }
    }
}
