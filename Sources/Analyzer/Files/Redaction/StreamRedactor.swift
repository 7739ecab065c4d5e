// Redacts a response body across its chunks: frames are put together, rewritten at equal length, and cut back.

import Core

/// Takes the batches of one attempt in order and gives them back with the same stamps, the same lengths and no words.
///
/// A batch comes back once every frame that reaches into it is whole; ``finish()`` gives the rest. A frame that was
/// damaged on the wire stays damaged at the same place, and a body that ends within a frame still does.
struct StreamRedactor {
    private var isEventStream: Bool
    private var hidesLengths: Bool
    /// Bytes not yet part of a whole frame.
    private var pending: [UInt8] = []
    /// Redacted bytes that wait for the rest of their batch.
    private var redacted: [UInt8] = []
    private var waiting: [ChunkBatch] = []
    private var isDamaged = false

    /// Starts a body; without `isEventStream` it is an error's JSON or text and is redacted as a whole.
    init(isEventStream: Bool, hidesLengths: Bool) {
        self.isEventStream = isEventStream
        self.hidesLengths = hidesLengths
    }

    /// Takes the next batch and gives the batches that are done.
    mutating func take(_ batch: ChunkBatch) -> [ChunkBatch] {
        pending.append(contentsOf: batch.data)
        var emptied = batch
        emptied.data = []
        waiting.append(emptied)
        if isEventStream { redactWholeFrames() }
        return ready()
    }

    /// Gives what is left when the body has ended.
    mutating func finish() -> [ChunkBatch] {
        if isEventStream {
            redactTail()
        } else {
            if !JSONRedactor().redact(&pending, in: pending.indices) { Self.fill(&pending, from: 0) }
            redacted.append(contentsOf: pending)
        }
        pending = []
        return ready()
    }

    private mutating func ready() -> [ChunkBatch] {
        var done: [ChunkBatch] = []
        var offset = 0
        while done.count < waiting.count {
            let length = waiting[done.count].stamps.reduce(0) { $0 + Int($1.length) }
            guard offset + length <= redacted.count else { break }
            var batch = waiting[done.count]
            batch.data = Array(redacted[offset..<(offset + length)])
            done.append(batch)
            offset += length
        }
        waiting.removeFirst(done.count)
        redacted.removeFirst(offset)
        return done
    }

    // MARK: Frames

    private mutating func redactWholeFrames() {
        var offset = 0
        while !isDamaged, offset < pending.count {
            let frame: EventStreamFrame?
            do {
                frame = try EventStreamFrame.parse(pending.span.bytes, at: offset)
            } catch {
                isDamaged = true
                break
            }
            guard let frame else { break }
            redacted.append(contentsOf: redactedFrame(frame))
            offset = frame.range.upperBound
        }
        pending.removeFirst(offset)
        if isDamaged { redactTail() }
    }

    private func redactedFrame(_ frame: EventStreamFrame) -> [UInt8] {
        var bytes = Array(pending[frame.range])
        let start = frame.range.lowerBound
        let payload = (frame.payloadRange.lowerBound - start)..<(frame.payloadRange.upperBound - start)
        let isHidden = hidesLengths && PayloadLengthHider.rewrite(&bytes, payload: payload)
        if !isHidden, !JSONRedactor().redact(&bytes, in: payload) {
            Self.fill(&bytes, in: payload)
        }
        EventStreamEncoder.rewriteChecksums(of: &bytes)
        return bytes
    }

    /// Fills what belongs to no whole frame, but leaves the prelude and headers, which say why it is none.
    private mutating func redactTail() {
        var kept = 0
        if let header = FrameHead(pending) {
            kept = min(pending.count, EventStreamFrame.preludeByteCount + header.headersLength)
        } else {
            kept = min(pending.count, EventStreamFrame.preludeByteCount)
        }
        Self.fill(&pending, from: kept)
        redacted.append(contentsOf: pending)
        pending = []
    }

    private static func fill(_ bytes: inout [UInt8], from start: Int) {
        fill(&bytes, in: min(start, bytes.count)..<bytes.count)
    }

    private static func fill(_ bytes: inout [UInt8], in range: Range<Int>) {
        for index in range { bytes[index] = UInt8(ascii: "x") }
    }
}

/// The prelude's two lengths, for a frame that is not whole.
private struct FrameHead {
    var headersLength: Int

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= EventStreamFrame.preludeByteCount else { return nil }
        func word(_ start: Int) -> Int {
            bytes[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
        }
        guard word(4) <= word(0) - EventStreamFrame.minimumByteCount else { return nil }
        headersLength = word(4)
    }
}
