// What must hold between the records of one attempt: order, continuity, and the hash of its bytes.

/// Follows attempts through a recording, segment after segment.
struct StreamRules {
    private struct Stream {
        var nextIndex: UInt32 = 0
        var byteCount: UInt64 = 0
        /// `nil` where the beginning stands in a file that wasn't read.
        var hash: XXHash64? = XXHash64()
        var lastStamp: TraceInstant?
    }

    private var streams: [AttemptID: Stream] = [:]
    private var lastRequest: AttemptID?

    /// Attempts that were begun and haven't ended.
    var openCount: Int { streams.count }

    /// Takes the next record.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - isFirstSegment: Whether nothing can have come before this file.
    /// - Returns: What doesn't hold; `nil` where everything does.
    mutating func take(_ record: TraceRecord, isFirstSegment: Bool) -> String? {
        switch record {
        case .clock, .drop, .quality: return nil
        case .request(let request): return begin(request.id)
        case .chunks(let batch): return take(batch, isFirstSegment: isFirstSegment)
        case .end(let end): return take(end, isFirstSegment: isFirstSegment)
        case .connection, .response, .error:
            guard let id = record.attempt, streams[id] == nil, isFirstSegment else { return nil }
            return "\(Self.name(id)) was never begun"
        }
    }

    private mutating func begin(_ id: AttemptID) -> String? {
        defer {
            streams[id] = Stream()
            lastRequest = max(lastRequest ?? id, id)
        }
        return streams[id] == nil ? nil : "\(Self.name(id)) begins twice"
    }

    private mutating func take(_ batch: ChunkBatch, isFirstSegment: Bool) -> String? {
        let id = batch.attempt
        guard var stream = streams.removeValue(forKey: id) ?? (isFirstSegment ? nil : Self.continued(batch)) else {
            return "chunks of \(Self.name(id)), which was never begun"
        }
        defer { streams[id] = stream }
        let expected = stream.nextIndex
        stream.nextIndex = batch.firstIndex &+ UInt32(clamping: batch.stamps.count)
        stream.byteCount &+= UInt64(batch.data.count)
        if let hash = stream.hash { batch.data.withUnsafeBytes { hash.update($0) } }
        let lengths = batch.stamps.reduce(UInt64(0)) { $0 &+ UInt64($1.length) }
        guard lengths == UInt64(batch.data.count) else {
            return "a batch of \(Self.name(id)) has \(batch.data.count) bytes, its lengths add up to \(lengths)"
        }
        guard batch.firstIndex == expected else {
            return "chunk \(expected) of \(Self.name(id)) is missing: the next batch begins with \(batch.firstIndex)"
        }
        for stamp in batch.stamps {
            if let last = stream.lastStamp, stamp.instant < last {
                return "the stamps of \(Self.name(id)) go back in time"
            }
            stream.lastStamp = stamp.instant
        }
        return nil
    }

    private mutating func take(_ end: EndRecord, isFirstSegment: Bool) -> String? {
        guard let stream = streams.removeValue(forKey: end.id) else {
            return isFirstSegment ? "the end of \(Self.name(end.id)), which was never begun" : nil
        }
        guard let hash = stream.hash else { return nil }
        guard stream.nextIndex == end.chunks, stream.byteCount == end.bytes else {
            return "\(Self.name(end.id)) ended with \(end.chunks) chunks of \(end.bytes) bytes in all, "
                + "here are \(stream.nextIndex) of \(stream.byteCount)"
        }
        guard hash.digest == end.xxHash64 else { return "the hash of \(Self.name(end.id))'s bytes is wrong" }
        return nil
    }

    /// A stream whose beginning stands in an earlier segment.
    private static func continued(_ batch: ChunkBatch) -> Stream {
        Stream(nextIndex: batch.firstIndex, byteCount: 0, hash: nil)
    }

    private static func name(_ id: AttemptID) -> String { "request \(id.request), attempt \(id.attempt)" }
}
