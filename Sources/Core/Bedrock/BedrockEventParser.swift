// From one message of a response to what it says (Amazon Bedrock Runtime 2023-09-30).

/// Reads the messages of one response, in order.
///
/// It never fails: what it does not know becomes ``BedrockEvent/other(_:)``, so that a new model or event never hides
/// the arrival times of the rest.
public struct BedrockEventParser: Sendable {
    private let operation: BedrockOperation
    private var tally = MetadataTally()
    /// Storage for the JSON within invoke chunks, used again for each.
    private var inner: [UInt8] = []
    private var members: [InvokeChunk.Member] = []
    /// The family of the chunk before, by its place in ``ModelFamilies/all``; a stream hardly ever changes it.
    private var family = 0

    /// Starts at the first message of a response.
    public init(operation: BedrockOperation) {
        self.operation = operation
    }

    /// Tells what a message says: usually one event, none for a message that only closes, several where one message
    /// carries content and the end.
    ///
    /// - Parameters:
    ///   - frame: The next message of the response.
    ///   - bytes: The bytes that the frame's ranges index.
    ///   - emit: Called for each event, in order.
    public mutating func parse(_ frame: EventStreamFrame, in bytes: RawSpan, _ emit: (BedrockEvent) -> Void) {
        guard let envelope = MessageEnvelope(frame, in: bytes) else {
            emit(.other("message without valid headers"))
            return
        }
        switch envelope.kind {
        case .exception: emit(.exception(envelope.exception(frame, in: bytes)))
        case .event: parseEvent(envelope, bytes, bytes.extracting(frame.payloadRange), emit)
        case .other: emit(.other(envelope.messageType.map { bytes.text($0) } ?? "message without a type"))
        }
    }

    /// The `:message-type` of a message: `event`, `exception` or `error`.
    public static func messageType(of frame: EventStreamFrame, in bytes: RawSpan) -> String? {
        MessageEnvelope(frame, in: bytes)?.messageType.map { bytes.text($0) }
    }

    /// The `:event-type` of a message, else its `:exception-type` or `:error-code`.
    public static func eventType(of frame: EventStreamFrame, in bytes: RawSpan) -> String? {
        MessageEnvelope(frame, in: bytes)?.type.map { bytes.text($0) }
    }

    private mutating func parseEvent(
        _ envelope: MessageEnvelope,
        _ bytes: RawSpan,
        _ payload: RawSpan,
        _ emit: (BedrockEvent) -> Void
    ) {
        guard let type = envelope.eventType else {
            emit(.other("event without a type"))
            return
        }
        do throws(JSONError) {
            switch operation {
            case .converseStream:
                guard let event = ConverseEventType.allCases.first(where: { bytes.matches(type, $0.name) }) else {
                    break
                }
                try parseConverse(event, payload, emit)
                return
            case .invokeModelWithResponseStream:
                guard bytes.matches(type, "chunk") else { break }
                try parseChunk(payload, emit)
                return
            }
        } catch {
            // Not the JSON that its type promises; counted under its type like any unknown event.
        }
        emit(.other(bytes.text(type)))
    }

    private mutating func parseConverse(
        _ type: ConverseEventType,
        _ payload: RawSpan,
        _ emit: (BedrockEvent) -> Void
    ) throws(JSONError) {
        var cursor = JSONCursor(payload)
        guard try cursor.peek() == .object else { throw JSONError(offset: cursor.offset, expected: "an object") }
        if let usage = try ConverseEvents.read(type, &cursor, &tally, emit) {
            tally.serviceUsage = usage
            emit(.metadata(tally.metadata))
        }
    }

    // MARK: Invoke

    private mutating func parseChunk(_ payload: RawSpan, _ emit: (BedrockEvent) -> Void) throws(JSONError) {
        try ChunkPayload.decode(payload, into: &inner)
        // Taken out while it is read, so that the rest of this parser can change meanwhile.
        var json: [UInt8] = []
        swap(&json, &inner)
        defer { swap(&json, &inner) }
        try parseInner(json.span.bytes, emit)
    }

    private mutating func parseInner(_ json: RawSpan, _ emit: (BedrockEvent) -> Void) throws(JSONError) {
        var cursor = JSONCursor(json)
        guard try cursor.peek() == .object else {
            // Writer's models end their streams with the string "[DONE]".
            emit(.other(try cursor.stringIfAny() ?? "chunk"))
            return
        }
        try InvokeChunk.scan(json, into: &members)
        let chunk = InvokeChunk(json, members: members)
        tally.isDue = false
        if let recognized = recognize(chunk) {
            family = recognized
            do throws(JSONError) {
                try ModelFamilies.all[recognized].read(chunk, &tally, emit)
            } catch {
                emit(.other(chunk.label))
            }
        } else if !chunk.holdsOnlyServiceMembers {
            emit(.other(chunk.label))
        }
        if let metrics = chunk.member("amazon-bedrock-invocationMetrics") {
            var cursor = chunk.cursor(metrics)
            try tally.readInvocationMetrics(&cursor)
        }
        if tally.isDue { emit(.metadata(tally.metadata)) }
    }

    private func recognize(_ chunk: borrowing InvokeChunk) -> Int? {
        if ModelFamilies.all[family].recognizes(chunk) { return family }
        for (index, candidate) in ModelFamilies.all.enumerated() where candidate.recognizes(chunk) { return index }
        return nil
    }
}
