// What is wrong with an event stream, and where (Amazon event stream encoding, Smithy 2.0).

/// A fault in a stream of event-stream messages.
///
/// A stream cannot be read past it: the encoding has no mark at which a reader could start again. Every offset is that of the faulty message's first byte: within the bytes given to ``EventStreamFrame/parse(_:at:)``,
/// within the whole stream when ``EventStreamDecoder`` throws it.
public enum EventStreamError: Error, Hashable, Sendable {
    /// The checksum over the two lengths does not fit them.
    case preludeChecksumMismatch(offset: UInt64, stated: UInt32, computed: UInt32)
    /// The checksum over the message does not fit it.
    case messageChecksumMismatch(offset: UInt64, stated: UInt32, computed: UInt32)
    /// The message states a length that cannot hold its own prelude and checksum, 16 bytes.
    case invalidTotalLength(offset: UInt64, totalLength: UInt32)
    /// The headers would reach beyond the message.
    case invalidHeadersLength(offset: UInt64, headersLength: UInt32, totalLength: UInt32)
    /// The message is larger than the memory the reader was allowed. The encoding permits it; raise the limit.
    case messageTooLarge(offset: UInt64, totalLength: UInt32, limit: Int)
    /// The bytes between prelude and payload are not headers.
    case invalidHeader(offset: UInt64, reason: String)
    /// One name stands twice in a message.
    case duplicateHeader(offset: UInt64, name: String)

    /// Where the faulty message begins.
    public var offset: UInt64 {
        switch self {
        case .preludeChecksumMismatch(let offset, _, _), .messageChecksumMismatch(let offset, _, _),
            .invalidTotalLength(let offset, _), .invalidHeadersLength(let offset, _, _),
            .messageTooLarge(let offset, _, _), .invalidHeader(let offset, _), .duplicateHeader(let offset, _):
            return offset
        }
    }

    /// The same fault told with another origin of offsets, which lies `distance` bytes earlier.
    func moved(by distance: UInt64) -> EventStreamError {
        switch self {
        case .preludeChecksumMismatch(let offset, let stated, let computed):
            return .preludeChecksumMismatch(offset: offset &+ distance, stated: stated, computed: computed)
        case .messageChecksumMismatch(let offset, let stated, let computed):
            return .messageChecksumMismatch(offset: offset &+ distance, stated: stated, computed: computed)
        case .invalidTotalLength(let offset, let totalLength):
            return .invalidTotalLength(offset: offset &+ distance, totalLength: totalLength)
        case .invalidHeadersLength(let offset, let headersLength, let totalLength):
            return .invalidHeadersLength(
                offset: offset &+ distance,
                headersLength: headersLength,
                totalLength: totalLength
            )
        case .messageTooLarge(let offset, let totalLength, let limit):
            return .messageTooLarge(offset: offset &+ distance, totalLength: totalLength, limit: limit)
        case .invalidHeader(let offset, let reason):
            return .invalidHeader(offset: offset &+ distance, reason: reason)
        case .duplicateHeader(let offset, let name):
            return .duplicateHeader(offset: offset &+ distance, name: name)
        }
    }
}

extension EventStreamError: CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        "event-stream message at byte \(offset): \(fault)"
    }

    private var fault: String {
        switch self {
        case .preludeChecksumMismatch(_, let stated, let computed):
            return "its lengths have checksum \(hexadecimal(stated)), but \(hexadecimal(computed)) was computed;"
                + " the bytes are damaged or are no event stream"
        case .messageChecksumMismatch(_, let stated, let computed):
            return "it has checksum \(hexadecimal(stated)), but \(hexadecimal(computed)) was computed;"
                + " its bytes are damaged"
        case .invalidTotalLength(_, let totalLength):
            return "it states a length of \(totalLength) bytes, expected at least 16"
        case .invalidHeadersLength(_, let headersLength, let totalLength):
            return "it states \(headersLength) bytes of headers, which do not fit its length of \(totalLength) bytes"
        case .messageTooLarge(_, let totalLength, let limit):
            return "it is \(totalLength) bytes long, more than this reader's limit of \(limit) bytes"
        case .invalidHeader(_, let reason):
            return "invalid header: \(reason)"
        case .duplicateHeader(_, let name):
            return "header '\(name)' stands in it twice"
        }
    }

    private func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}
