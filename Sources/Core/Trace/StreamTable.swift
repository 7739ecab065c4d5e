// The streams under way while a trace is written: their unwritten chunks, their counts, the running hash.

import CXXHash

/// XXH64 (seed 0) of bytes that arrive in pieces; owns the library's state.
package final class XXHash64 {
    private let state: OpaquePointer?

    package init() {
        state = XXH64_createState()
        XXH64_reset(state, 0)
    }

    deinit {
        XXH64_freeState(state)
    }

    package func update(_ bytes: UnsafeRawBufferPointer) {
        XXH64_update(state, bytes.baseAddress, bytes.count)
    }

    package var digest: UInt64 { XXH64_digest(state) }

    static var emptyDigest: UInt64 { XXH64(nil, 0, 0) }
}

/// Streams by attempt.
struct StreamTable {
    struct Totals {
        var chunkCount: UInt32
        var byteCount: UInt64
        var hash: UInt64
    }

    private struct Stream {
        var batch: ChunkBatch
        var chunkCount: UInt32 = 0
        var byteCount: UInt64 = 0
        let hash = XXHash64()
    }

    private var indexes: [AttemptID: Int] = [:]
    private var streams: [Stream?] = []
    private var freeIndexes: [Int] = []
    /// Batches of streams that ended before they were written.
    private var ended: [ChunkBatch] = []

    /// How many streams are under way.
    var count: Int { indexes.count }

    mutating func append(_ stamp: ChunkStamp, of attempt: AttemptID, bytes: UnsafeRawBufferPointer) {
        let index = indexes[attempt] ?? open(attempt)
        streams[index]?.batch.stamps.append(stamp)
        streams[index]?.batch.data.append(contentsOf: bytes)
        streams[index]?.chunkCount += 1
        streams[index]?.byteCount += UInt64(bytes.count)
        streams[index]?.hash.update(bytes)
    }

    /// Makes `index` the number of the stream's next chunk: where some were lost, a batch of its own begins behind the gap.
    mutating func goOn(_ attempt: AttemptID, at index: UInt32) {
        let place = indexes[attempt] ?? open(attempt)
        guard let stream = streams[place], stream.chunkCount != index else { return }
        if !stream.batch.stamps.isEmpty { ended.append(stream.batch) }
        streams[place]?.batch = ChunkBatch(attempt: attempt, firstIndex: index, stamps: [], data: [])
        streams[place]?.chunkCount = index
    }

    /// Ends a stream; its unwritten chunks stay until they are taken.
    mutating func end(_ attempt: AttemptID) -> Totals? {
        guard let index = indexes.removeValue(forKey: attempt), let stream = streams[index] else { return nil }
        streams[index] = nil
        freeIndexes.append(index)
        if !stream.batch.stamps.isEmpty { ended.append(stream.batch) }
        return Totals(chunkCount: stream.chunkCount, byteCount: stream.byteCount, hash: stream.hash.digest)
    }

    /// Takes the unwritten chunks of every stream, in the order of attempts.
    mutating func takeBatches() -> [(batch: ChunkBatch, logTime: TraceInstant)] {
        var batches = ended
        ended = []
        for index in streams.indices {
            guard let batch = streams[index]?.batch, let count = streams[index]?.chunkCount, !batch.stamps.isEmpty
            else { continue }
            batches.append(batch)
            streams[index]?.batch = ChunkBatch(attempt: batch.attempt, firstIndex: count, stamps: [], data: [])
        }
        return batches.sorted { ($0.attempt, $0.firstIndex) < ($1.attempt, $1.firstIndex) }
            .map { ($0, $0.stamps.map(\.instant).max() ?? TraceInstant(nanosecondsSinceEpoch: 0)) }
    }

    private mutating func open(_ attempt: AttemptID) -> Int {
        let stream = Stream(batch: ChunkBatch(attempt: attempt, firstIndex: 0, stamps: [], data: []))
        let index: Int
        if let free = freeIndexes.popLast() {
            index = free
            streams[index] = stream
        } else {
            index = streams.count
            streams.append(stream)
        }
        indexes[attempt] = index
        return index
    }
}
