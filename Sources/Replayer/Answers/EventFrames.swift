// Payloads of a stream become event-stream messages with the service's three headers, in the service's order.

import Core

/// An event of a stream before it is framed.
struct TimedEvent: Hashable, Sendable {
    var offset: Nanoseconds
    /// The `:event-type`, or the `:exception-type` of an exception.
    var type: String
    /// The JSON payload.
    var payload: [UInt8]
}

enum EventFrames {
    /// One event as a message of the stream.
    static func event(_ type: String, _ payload: [UInt8]) -> [UInt8] {
        message(":event-type", type, "event", payload)
    }

    /// A modelled exception as the message that ends a stream; `name` in lower camel case.
    static func exception(_ name: String, message text: String) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("message", text)
            if name == "modelStreamErrorException" {
                json.member("originalMessage", text)
                json.member("originalStatusCode", 500)
            }
        }
        return message(":exception-type", name, "exception", json.bytes)
    }

    private static func message(_ typeHeader: String, _ type: String, _ kind: String, _ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.count + 112)
        EventStreamEncoder.append(
            headers: [
                EventStreamHeader(typeHeader, .string(type)),
                EventStreamHeader(":content-type", .string("application/json")),
                EventStreamHeader(":message-type", .string(kind)),
            ],
            payload: payload,
            to: &bytes
        )
        return bytes
    }
}

/// Draws the padding field `p`: a prefix of fixed letters, of random length from 2 to 61, as the service sends it.
struct PaddingSource {
    private static let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    private var generator: SeededGenerator
    private let isOn: Bool

    init(_ generator: SeededGenerator, isOn: Bool) {
        self.generator = generator
        self.isOn = isOn
    }

    /// Writes the member into an object, where padding is on.
    mutating func write(_ json: inout JSONWriter) {
        guard isOn else { return }
        json.member("p", String(Self.letters.prefix(2 + Int(generator.next() % 60))))
    }
}
