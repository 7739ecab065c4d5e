// Messages written for tests, and what the parser says of them.

import Core

/// A response made by hand, message by message.
struct HandmadeResponse {
    var bytes: [UInt8] = []

    /// Appends an event of ConverseStream.
    static func converse(_ events: [(type: String, payload: String)]) -> HandmadeResponse {
        var response = HandmadeResponse()
        for event in events { response.append(type: event.type, payload: Array(event.payload.utf8)) }
        return response
    }

    /// Appends chunks of InvokeModelWithResponseStream that carry `objects`.
    static func invoke(_ objects: [String]) -> HandmadeResponse {
        var response = HandmadeResponse()
        for object in objects {
            let digits = String(decoding: Base64.encode(Array(object.utf8)), as: UTF8.self)
            response.append(type: "chunk", payload: Array("{\"bytes\":\"\(digits)\",\"p\":\"abcd\"}".utf8))
        }
        return response
    }

    mutating func append(type: String, payload: [UInt8]) {
        append(
            headers: [
                EventStreamHeader(":event-type", type),
                EventStreamHeader(":content-type", "application/json"),
                EventStreamHeader(":message-type", "event"),
            ],
            payload: payload
        )
    }

    mutating func append(headers: [EventStreamHeader], payload: [UInt8]) {
        EventStreamEncoder.append(headers: headers, payload: payload, to: &bytes)
    }

    /// Every event of the response.
    func events(_ operation: BedrockOperation) throws -> [BedrockEvent] {
        var parser = BedrockEventParser(operation: operation)
        var decoder = EventStreamDecoder()
        var events: [BedrockEvent] = []
        try decoder.feed(bytes.span.bytes) { frame, span in
            parser.parse(frame, in: span) { events.append($0) }
        }
        return events
    }
}

extension BedrockEvent {
    /// A delta, shortly.
    static func delta(_ kind: DeltaKind, _ count: Int, _ index: Int? = nil, isEmpty: Bool? = nil) -> BedrockEvent {
        .delta(ContentDelta(kind: kind, textByteCount: count, isEmpty: isEmpty, blockIndex: index))
    }
}
