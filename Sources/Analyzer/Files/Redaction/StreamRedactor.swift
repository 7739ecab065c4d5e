// Redacts a response body across its chunks: messages are put together, rewritten at equal length, and cut back.

import Core

/// Takes the batches of one attempt in order and gives them back with the same stamps, the same lengths and no words.
///
/// A batch comes back once every message that reaches into it is whole; ``finish()`` gives the rest. A message that was
/// damaged on the wire is refused by readers at the same place for the same reason, and a body that ends within a message
/// still does.
struct StreamRedactor {
    /// What a body is.
    enum Form {
        case eventStream
        /// An error's JSON or text, redacted as a whole.
        case whole
    }

    /// A larger body that is no event stream is overwritten as it comes: nothing reads that much of it.
    private static let wholeByteLimit = 1 << 20

    private let form: Form
    private let frames: FrameRedactor
    private var nextIndex: UInt32 = 0
    /// Bytes not yet part of a whole message.
    private var pending: [UInt8] = []
    /// Redacted bytes that wait for the rest of their batch.
    private var redacted: [UInt8] = []
    private var waiting: [ChunkBatch] = []
    /// Whether everything from here on is overwritten.
    private var isGivenUp = false
    private let original = XXHash64()
    private let rewritten = XXHash64()
    private var byteCount: UInt64 = 0

    /// Starts a body.
    init(_ form: Form, hidesLengths: Bool) {
        self.form = form
        frames = FrameRedactor(hidesLengths: hidesLengths)
    }

    /// Takes the next batch and gives the batches that are done.
    mutating func take(_ batch: ChunkBatch) -> [ChunkBatch] {
        batch.data.withUnsafeBytes { original.update($0) }
        byteCount &+= UInt64(batch.data.count)
        // Behind a gap no message can be found again; readers say so of the whole answer.
        if batch.firstIndex != nextIndex { giveUp() }
        nextIndex = batch.firstIndex &+ UInt32(truncatingIfNeeded: batch.stamps.count)
        pending.append(contentsOf: batch.data)
        var emptied = batch
        emptied.data = []
        waiting.append(emptied)
        switch form {
        case .eventStream: redactMessages()
        case .whole where pending.count > Self.wholeByteLimit: giveUp()
        case .whole: break
        }
        if isGivenUp { overwritePending() }
        return ready()
    }

    /// Gives what is left when the body has ended.
    mutating func finish() -> [ChunkBatch] {
        switch form {
        case .eventStream: redactUnfinished()
        case .whole:
            if !JSONRedactor().redact(&pending, in: pending.indices) { overwritePending() }
            redacted.append(contentsOf: pending)
            pending = []
        }
        return ready()
    }

    /// The hash for the end of an attempt: that of the rewritten bytes, unless the old hash already belied the old ones.
    func hash(insteadOf stated: EndRecord) -> UInt64 {
        let isRight = stated.xxHash64 == original.digest && stated.bytes == byteCount && stated.chunks == nextIndex
        return isRight ? rewritten.digest : stated.xxHash64
    }

    private mutating func ready() -> [ChunkBatch] {
        var done: [ChunkBatch] = []
        var offset = 0
        while done.count < waiting.count {
            let length = waiting[done.count].stamps.reduce(0) { $0 + Int($1.length) }
            guard offset + length <= redacted.count else { break }
            var batch = waiting[done.count]
            batch.data = Array(redacted[offset..<(offset + length)])
            batch.data.withUnsafeBytes { rewritten.update($0) }
            done.append(batch)
            offset += length
        }
        waiting.removeFirst(done.count)
        redacted.removeFirst(offset)
        return done
    }

    // MARK: Messages

    private mutating func redactMessages() {
        var offset = 0
        while !isGivenUp, offset < pending.count {
            do throws(EventStreamError) {
                guard let prelude = try EventStreamPrelude.parse(pending.span.bytes, at: offset) else { break }
                guard prelude.totalLength <= EventStreamDecoder.defaultMaximumMessageByteCount else {
                    redacted.append(contentsOf: FrameRedactor.damaged(prelude, pending[offset...]))
                    return giveUp(droppingPending: true)
                }
                guard let frame = try EventStreamFrame.parse(pending.span.bytes, at: offset) else { break }
                redacted.append(contentsOf: frames.redacted(frame, in: pending))
                offset = frame.range.upperBound
            } catch {
                redacted.append(contentsOf: redactedRest(error, from: offset))
                return giveUp(droppingPending: true)
            }
        }
        pending.removeFirst(offset)
    }

    private func redactedRest(_ error: EventStreamError, from offset: Int) -> [UInt8] {
        if case .messageChecksumMismatch = error,
            let prelude = try? EventStreamPrelude.parse(pending.span.bytes, at: offset)
        {
            return FrameRedactor.damaged(prelude, pending[offset...])
        }
        return FrameRedactor.refused(error, pending.count - offset)
    }

    /// A message that never became whole keeps its lengths.
    private mutating func redactUnfinished() {
        if !isGivenUp, let prelude = try? EventStreamPrelude.parse(pending.span.bytes) {
            redacted.append(contentsOf: FrameRedactor.damaged(prelude, pending[...]))
            pending = []
        }
        overwritePending()
    }

    private mutating func giveUp(droppingPending: Bool = false) {
        isGivenUp = true
        if droppingPending { pending = [] } else { overwritePending() }
    }

    private mutating func overwritePending() {
        redacted.append(contentsOf: repeatElement(UInt8(ascii: "x"), count: pending.count))
        pending = []
    }
}
