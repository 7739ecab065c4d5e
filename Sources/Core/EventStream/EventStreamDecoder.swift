// Cuts a stream that arrives in chunks of any size into messages (Amazon event stream encoding).

/// Finds the messages of one stream, however its bytes are cut into chunks.
///
/// Messages that lie within a chunk are checked where they are; only the bytes of an unfinished message are kept. What
/// is found depends on the bytes alone, never on the cuts.
public struct EventStreamDecoder: Sendable {
    /// The largest message that is read unless another limit is asked for: 256 MiB, ten times what the service sends.
    public static let defaultMaximumMessageByteCount = 256 << 20

    /// The largest message that is read; it bounds the memory of the decoder.
    public let maximumMessageByteCount: Int
    /// The offset in the stream behind the last whole message.
    public private(set) var consumedByteCount: UInt64 = 0
    /// The bytes of a message that the chunks so far have begun and not ended.
    public var pendingByteCount: Int { pending.count }

    private var pending: [UInt8] = []
    private var failure: EventStreamError?

    /// Starts at the first byte of a stream.
    ///
    /// - Parameter maximumMessageByteCount: The largest message to accept, in bytes. A larger one is an error that says
    ///   so; it bounds memory and is no rule of the encoding.
    public init(maximumMessageByteCount: Int = defaultMaximumMessageByteCount) {
        self.maximumMessageByteCount = maximumMessageByteCount
    }

    /// Takes the next bytes of the stream and hands over every message that they complete.
    ///
    /// - Parameters:
    ///   - chunk: The next bytes.
    ///   - body: Called for each whole message, in order, with the bytes that the frame's ranges index. They are only
    ///     valid during the call.
    /// - Throws: `EventStreamError` at a fault, after the messages before it were handed over; its offset is that of
    ///   the faulty message within the stream. Every later call throws the same error.
    public mutating func feed(
        _ chunk: RawSpan,
        _ body: (EventStreamFrame, RawSpan) -> Void
    ) throws(EventStreamError) {
        if let failure { throw failure }
        do throws(EventStreamError) {
            var position = 0
            if !pending.isEmpty {
                position = try finishPending(with: chunk, body)
            }
            while let prelude = try prelude(of: chunk, at: position),
                let frame = try EventStreamFrame.parse(chunk, at: position, prelude: prelude)
            {
                body(frame, chunk)
                position = frame.range.upperBound
                consumedByteCount += UInt64(prelude.totalLength)
            }
            keep(chunk, position..<chunk.byteCount)
        } catch {
            // Offsets count from the start of the faulty message's buffer; the message itself starts here in the stream.
            let located = error.moved(by: consumedByteCount &- error.offset)
            failure = located
            throw located
        }
    }

    /// Adds bytes of `chunk` to the unfinished message until it is whole; returns how many were used.
    private mutating func finishPending(
        with chunk: RawSpan,
        _ body: (EventStreamFrame, RawSpan) -> Void
    ) throws(EventStreamError) -> Int {
        var used = fill(from: chunk, at: 0, upTo: EventStreamFrame.preludeByteCount)
        guard let prelude = try prelude(of: pending.span.bytes, at: 0) else { return used }
        used += fill(from: chunk, at: used, upTo: prelude.totalLength)
        guard let frame = try EventStreamFrame.parse(pending.span.bytes, at: 0, prelude: prelude) else { return used }
        body(frame, pending.span.bytes)
        consumedByteCount += UInt64(prelude.totalLength)
        pending.removeAll(keepingCapacity: true)
        return used
    }

    private func prelude(of bytes: RawSpan, at offset: Int) throws(EventStreamError) -> EventStreamPrelude? {
        guard let prelude = try EventStreamPrelude.parse(bytes, at: offset) else { return nil }
        guard prelude.totalLength <= maximumMessageByteCount else {
            throw .messageTooLarge(
                offset: UInt64(offset),
                totalLength: UInt32(prelude.totalLength),
                limit: maximumMessageByteCount
            )
        }
        return prelude
    }

    /// Appends bytes of `chunk` from `start` until `pending` holds `count`; returns how many were appended.
    private mutating func fill(from chunk: RawSpan, at start: Int, upTo count: Int) -> Int {
        let wanted = min(count - pending.count, chunk.byteCount - start)
        guard wanted > 0 else { return 0 }
        keep(chunk, start..<(start + wanted))
        return wanted
    }

    private mutating func keep(_ chunk: RawSpan, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        chunk.extracting(range).withUnsafeBytes { pending.append(contentsOf: $0) }
    }
}
