// One message of an event stream, found and checked where it lies (Amazon event stream encoding, sections Prelude and
// Message).

/// The first 12 bytes of a message: its two lengths, and a checksum that makes them trustworthy before anything is
/// allocated for them.
public struct EventStreamPrelude: Hashable, Sendable {
    /// The bytes of the whole message, both checksums included; at least 16.
    public let totalLength: Int
    /// The bytes of the headers; at most `totalLength - 16`.
    public let headersLength: Int
    /// The checksum of the lengths, from which the message's checksum continues.
    let checksum: UInt32

    /// Reads the prelude that starts at `offset`.
    ///
    /// - Parameters:
    ///   - bytes: Bytes of a stream.
    ///   - offset: Where the message starts.
    /// - Returns: `nil` when more bytes are needed.
    /// - Throws: `EventStreamError` when the checksum is wrong or the lengths contradict each other.
    public static func parse(_ bytes: RawSpan, at offset: Int = 0) throws(EventStreamError) -> EventStreamPrelude? {
        guard offset >= 0, bytes.byteCount - offset >= EventStreamFrame.preludeByteCount else { return nil }
        let start = UInt64(offset)
        let totalLength = BigEndian.load(UInt32.self, from: bytes, at: offset)
        let headersLength = BigEndian.load(UInt32.self, from: bytes, at: offset + 4)
        let stated = BigEndian.load(UInt32.self, from: bytes, at: offset + 8)
        let computed = EventStreamChecksum.extend(0, over: offset..<(offset + 8), of: bytes)
        guard stated == computed else {
            throw .preludeChecksumMismatch(offset: start, stated: stated, computed: computed)
        }
        guard totalLength >= UInt32(EventStreamFrame.minimumByteCount) else {
            throw .invalidTotalLength(offset: start, totalLength: totalLength)
        }
        guard headersLength <= totalLength - UInt32(EventStreamFrame.minimumByteCount) else {
            throw .invalidHeadersLength(offset: start, headersLength: headersLength, totalLength: totalLength)
        }
        return EventStreamPrelude(
            totalLength: Int(totalLength),
            headersLength: Int(headersLength),
            checksum: computed
        )
    }
}

/// A whole message whose two checksums fit; a view that holds offsets only.
///
/// The service's size limits (24 MiB of payload, 128 KiB of headers) are not checked: the specification forbids that to
/// clients.
public struct EventStreamFrame: Hashable, Sendable {
    /// The bytes of a prelude with its checksum.
    public static let preludeByteCount = 12
    /// The bytes of a message without headers and payload, the smallest there is.
    public static let minimumByteCount = 16

    /// The whole message.
    public var range: Range<Int>
    /// Its headers, still encoded.
    public var headersRange: Range<Int>
    /// Its payload.
    public var payloadRange: Range<Int>

    /// Finds the message that starts at `offset` and checks it.
    ///
    /// - Parameters:
    ///   - bytes: Bytes of a stream; every range of the result indexes them.
    ///   - offset: Where the message starts.
    /// - Returns: `nil` when more bytes are needed.
    /// - Throws: `EventStreamError` when a checksum is wrong or the lengths contradict each other; a bad prelude is told
    ///   before the rest has arrived.
    public static func parse(_ bytes: RawSpan, at offset: Int = 0) throws(EventStreamError) -> EventStreamFrame? {
        guard let prelude = try EventStreamPrelude.parse(bytes, at: offset) else { return nil }
        return try parse(bytes, at: offset, prelude: prelude)
    }

    /// Checks the message behind a prelude that is known already.
    static func parse(
        _ bytes: RawSpan,
        at offset: Int,
        prelude: EventStreamPrelude
    ) throws(EventStreamError) -> EventStreamFrame? {
        guard bytes.byteCount - offset >= prelude.totalLength else { return nil }
        let end = offset + prelude.totalLength
        let checksumAt = end - 4
        let stated = BigEndian.load(UInt32.self, from: bytes, at: checksumAt)
        let computed = EventStreamChecksum.extend(prelude.checksum, over: (offset + 8)..<checksumAt, of: bytes)
        guard stated == computed else {
            throw .messageChecksumMismatch(offset: UInt64(offset), stated: stated, computed: computed)
        }
        let headersAt = offset + Self.preludeByteCount
        let payloadAt = headersAt + prelude.headersLength
        return EventStreamFrame(
            range: offset..<end,
            headersRange: headersAt..<payloadAt,
            payloadRange: payloadAt..<checksumAt
        )
    }

    /// Decodes the headers, in the order in which they were sent.
    ///
    /// - Parameter bytes: The bytes in which the message was found.
    /// - Returns: The headers; none where the message has none.
    /// - Throws: `EventStreamError` for bytes that are not headers, an unknown type, text that is not UTF-8, or a name
    ///   that occurs twice.
    public func headers(in bytes: RawSpan) throws(EventStreamError) -> [EventStreamHeader] {
        var headers: [EventStreamHeader] = []
        var names: Set<String> = []
        var cursor = EventStreamHeaderCursor(self, in: bytes)
        while let slice = try cursor.next() {
            let header = try cursor.header(slice)
            guard names.insert(header.name).inserted else {
                throw .duplicateHeader(offset: UInt64(range.lowerBound), name: header.name)
            }
            headers.append(header)
        }
        return headers
    }
}
