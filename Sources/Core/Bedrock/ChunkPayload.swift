// What a message carries: its payload, or the model's own JSON in the payload of a chunk of InvokeModelWithResponseStream.

/// The payload of a `chunk` event: `{"bytes":"<base64>","p":"…"}`.
enum ChunkPayload {
    /// Decodes the member `bytes` into `inner`.
    static func decode(_ payload: RawSpan, into inner: inout [UInt8]) throws(JSONError) {
        var cursor = JSONCursor(payload)
        var isDecoded = false
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            guard cursor.matches(key, "bytes") else {
                try cursor.skipValue()
                continue
            }
            let slice = try cursor.stringSlice()
            if slice.hasEscapes {
                // A writer may escape the slash, which is a digit of base64.
                let digits = Array(try cursor.text(slice).utf8)
                isDecoded = Base64.decode(digits.span.bytes, into: &inner)
            } else {
                isDecoded = Base64.decode(payload.extracting(slice.range), into: &inner)
            }
        }
        guard isDecoded else { throw JSONError(offset: cursor.offset, expected: "base64 in 'bytes'") }
    }
}

extension BedrockEventParser {
    /// The JSON that a message carries, as SDKs give it: the payload, or what a `chunk` holds in base64.
    ///
    /// - Parameters:
    ///   - frame: A message.
    ///   - bytes: The bytes that the frame's ranges index.
    /// - Returns: The text as it stands; bytes that are no UTF-8 are replaced.
    public static func payload(of frame: EventStreamFrame, in bytes: RawSpan) -> String {
        let payload = bytes.extracting(frame.payloadRange)
        var inner: [UInt8] = []
        if let type = MessageEnvelope(frame, in: bytes)?.eventType, bytes.matches(type, "chunk"),
            (try? ChunkPayload.decode(payload, into: &inner)) != nil
        {
            return String(decoding: inner, as: UTF8.self)
        }
        return payload.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}
