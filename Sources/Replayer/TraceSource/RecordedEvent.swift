// The messages of a recorded stream, and the JSON within them, as answers are assembled from.

import Core

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One message of a recorded stream.
struct RecordedEvent {
    /// The `:event-type`, or the `:exception-type`.
    var type: String
    var isException: Bool
    var payload: [UInt8]

    /// Every message of a body; `nil` where it is damaged or ends within one.
    static func all(of body: [UInt8]) -> [RecordedEvent]? {
        var decoder = EventStreamDecoder()
        var events: [RecordedEvent] = []
        do {
            try decoder.feed(body.span.bytes) { frame, bytes in
                events.append(
                    RecordedEvent(
                        type: BedrockEventParser.eventType(of: frame, in: bytes) ?? "",
                        isException: BedrockEventParser.messageType(of: frame, in: bytes) == "exception",
                        payload: bytes.extracting(frame.payloadRange).withUnsafeBytes { Array($0) }
                    )
                )
            }
        } catch {
            return nil
        }
        return decoder.pendingByteCount == 0 ? events : nil
    }

    /// What an exception says.
    var message: String { JSONSlice(payload)["message"]?.text ?? "" }

    /// The JSON object within a `chunk` message; `nil` where there is none.
    var chunk: JSONSlice? {
        guard let text = JSONSlice(payload)["bytes"]?.text, let data = Data(base64Encoded: text) else { return nil }
        return JSONSlice(Array(data))
    }
}

/// A JSON value as it stands on the wire, read into only as far as somebody asks.
struct JSONSlice: Hashable {
    /// The value's bytes.
    let bytes: [UInt8]

    /// Takes the bytes of one value.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The bytes as text, to be written elsewhere.
    var raw: String { String(decoding: bytes, as: UTF8.self) }

    /// The members of an object in their order; none where the value is no object.
    var members: [(key: String, value: JSONSlice)] {
        var cursor = JSONCursor(bytes.span.bytes)
        var members: [(key: String, value: JSONSlice)] = []
        do {
            try cursor.enterObject()
            while let slice = try cursor.nextKey() {
                let key = try cursor.text(slice)
                members.append((key, JSONSlice(Array(bytes[try cursor.skipValue()]))))
            }
        } catch {
            return []
        }
        return members
    }

    /// A member of an object; `nil` where there is none, or it is `null`.
    subscript(_ key: String) -> JSONSlice? {
        members.first { $0.key == key && $0.value.raw != "null" }?.value
    }

    /// The first element of an array.
    var first: JSONSlice? {
        var cursor = JSONCursor(bytes.span.bytes)
        do {
            try cursor.enterArray()
            return try cursor.nextElement() ? JSONSlice(Array(bytes[try cursor.skipValue()])) : nil
        } catch {
            return nil
        }
    }

    /// The text of a string.
    var text: String? {
        var cursor = JSONCursor(bytes.span.bytes)
        return try? cursor.string()
    }

    /// The value of a whole number.
    var integer: Int? {
        var cursor = JSONCursor(bytes.span.bytes)
        return try? cursor.integer(Int.self)
    }
}
