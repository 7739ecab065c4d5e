// Writes messages of an event stream (Amazon event stream encoding, section Message).

/// Appends encoded messages to a buffer.
public enum EventStreamEncoder {
    /// Appends one message.
    ///
    /// - Precondition: Every header ``EventStreamHeader/isEncodable``, and the message is shorter than 4 GiB.
    /// - Parameters:
    ///   - headers: The headers, in the order in which they shall stand.
    ///   - payload: The payload's bytes.
    ///   - output: Where the message is appended.
    public static func append(
        headers: [EventStreamHeader],
        payload: some Sequence<UInt8>,
        to output: inout [UInt8]
    ) {
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: EventStreamFrame.preludeByteCount))
        for header in headers { append(header, to: &output) }
        let headersLength = output.count - start - EventStreamFrame.preludeByteCount
        output.append(contentsOf: payload)
        let totalLength = output.count - start + 4
        precondition(totalLength <= Int(UInt32.max), "an event-stream message is shorter than 4 GiB")

        BigEndian.store(UInt32(totalLength), in: &output, at: start)
        BigEndian.store(UInt32(headersLength), in: &output, at: start + 4)
        output.append(contentsOf: repeatElement(0, count: 4))
        storeChecksums(of: start..<output.count, in: &output)
    }

    /// Writes the two checksums of a message anew, after bytes of it were changed at equal length.
    ///
    /// - Parameter message: One whole message; fewer than 16 bytes are left as they are.
    package static func rewriteChecksums(of message: inout [UInt8]) {
        guard message.count >= EventStreamFrame.minimumByteCount else { return }
        storeChecksums(of: message.indices, in: &message)
    }

    private static func storeChecksums(of range: Range<Int>, in bytes: inout [UInt8]) {
        let start = range.lowerBound
        let end = range.upperBound - 4
        let prelude = EventStreamChecksum.extend(0, over: start..<(start + 8), of: bytes.span.bytes)
        BigEndian.store(prelude, in: &bytes, at: start + 8)
        let message = EventStreamChecksum.extend(prelude, over: (start + 8)..<end, of: bytes.span.bytes)
        BigEndian.store(message, in: &bytes, at: end)
    }

    private static func append(_ header: EventStreamHeader, to output: inout [UInt8]) {
        precondition(header.isEncodable, "header '\(header.name)' is too long to be encoded")
        output.append(UInt8(header.name.utf8.count))
        output.append(contentsOf: header.name.utf8)
        switch header.value {
        case .bool(let flag): begin(flag ? .boolTrue : .boolFalse, &output)
        case .byte(let value):
            begin(.byte, &output)
            BigEndian.append(value, to: &output)
        case .short(let value):
            begin(.short, &output)
            BigEndian.append(value, to: &output)
        case .integer(let value):
            begin(.integer, &output)
            BigEndian.append(value, to: &output)
        case .long(let value):
            begin(.long, &output)
            BigEndian.append(value, to: &output)
        case .timestamp(let milliseconds):
            begin(.timestamp, &output)
            BigEndian.append(milliseconds, to: &output)
        case .bytes(let bytes):
            begin(.bytes, &output)
            BigEndian.append(UInt16(bytes.count), to: &output)
            output.append(contentsOf: bytes)
        case .string(let text):
            begin(.string, &output)
            BigEndian.append(UInt16(text.utf8.count), to: &output)
            output.append(contentsOf: text.utf8)
        case .uuid(let bytes):
            begin(.uuid, &output)
            output.append(contentsOf: bytes)
        }
    }

    private static func begin(_ type: EventStreamHeaderType, _ output: inout [UInt8]) {
        output.append(type.rawValue)
    }
}
