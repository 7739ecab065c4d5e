// What the headers of a message say about it (Amazon event stream encoding, section Semantic headers).

/// The headers that tell what a message is, where they lie.
struct MessageEnvelope {
    enum Kind {
        case event, exception, other
    }

    var kind = Kind.other
    var messageType: Range<Int>?
    var eventType: Range<Int>?
    var exceptionType: Range<Int>?
    var errorCode: Range<Int>?
    var errorMessage: Range<Int>?

    /// The name of the event, exception or error.
    var type: Range<Int>? { eventType ?? exceptionType ?? errorCode }

    /// Reads the headers of `frame`; `nil` where they break the encoding's grammar.
    init?(_ frame: EventStreamFrame, in bytes: RawSpan) {
        var cursor = EventStreamHeaderCursor(frame, in: bytes)
        do throws(EventStreamError) {
            while let header = try cursor.next() {
                guard header.type == .string else { continue }
                if bytes.matches(header.nameRange, ":message-type") {
                    messageType = header.valueRange
                } else if bytes.matches(header.nameRange, ":event-type") {
                    eventType = header.valueRange
                } else if bytes.matches(header.nameRange, ":exception-type") {
                    exceptionType = header.valueRange
                } else if bytes.matches(header.nameRange, ":error-code") {
                    errorCode = header.valueRange
                } else if bytes.matches(header.nameRange, ":error-message") {
                    errorMessage = header.valueRange
                }
            }
        } catch {
            return nil
        }
        guard let messageType else {
            kind = exceptionType != nil || errorCode != nil ? .exception : eventType != nil ? .event : .other
            return
        }
        if bytes.matches(messageType, "event") {
            kind = .event
        } else if bytes.matches(messageType, "exception") || bytes.matches(messageType, "error") {
            kind = .exception
        }
    }

    /// The error that the message tells: a modelled one has its text in the payload, an unmodelled one in a header.
    func exception(_ frame: EventStreamFrame, in bytes: RawSpan) -> StreamException {
        let name = (exceptionType ?? errorCode ?? messageType).map { bytes.text($0) } ?? ""
        let payload = ErrorPayload(bytes.extracting(frame.payloadRange))
        return StreamException(name: name, message: errorMessage.map { bytes.text($0) } ?? payload.message ?? "")
    }
}
