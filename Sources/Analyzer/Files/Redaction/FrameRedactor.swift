// Redacts messages of an event stream at equal length, whole ones and what is left of damaged ones (Amazon event stream
// encoding, sections Prelude, Headers and Message).

import Core

/// Rewrites the bytes of messages.
struct FrameRedactor {
    /// Whether the lengths of texts move into the padding.
    var hidesLengths: Bool

    /// The message of `frame` without words, as long as it was, with right checksums.
    func redacted(_ frame: EventStreamFrame, in bytes: [UInt8]) -> [UInt8] {
        var message = Array(bytes[frame.range])
        let start = frame.range.lowerBound
        redactHeaders(&message, frame, in: bytes)
        let payload = (frame.payloadRange.lowerBound - start)..<(frame.payloadRange.upperBound - start)
        let redactor = JSONRedactor(isPayload: true)
        let isHidden = hidesLengths && redactor.redactLengths(&message, in: payload)
        if !isHidden, !redactor.redact(&message, in: payload) {
            for index in payload { message[index] = UInt8(ascii: "x") }
        }
        EventStreamEncoder.rewriteChecksums(of: &message)
        return message
    }

    // MARK: Headers

    /// Headers whose values name a kind of message, and that of the payload's form.
    private static let kinds: Set<String> = [
        ":content-type", ":error-code", ":event-type", ":exception-type", ":message-type",
    ]

    private func redactHeaders(_ message: inout [UInt8], _ frame: EventStreamFrame, in bytes: [UInt8]) {
        let start = frame.range.lowerBound
        var cursor = EventStreamHeaderCursor(frame, in: bytes.span.bytes)
        do throws(EventStreamError) {
            while let header = try cursor.next() {
                let name = String(validating: bytes[header.nameRange], as: UTF8.self) ?? ""
                if !Self.isHarmless(name) {
                    for index in header.nameRange { message[index - start] = UInt8(ascii: "x") }
                }
                let value = String(validating: bytes[header.valueRange], as: UTF8.self) ?? ""
                if header.type == .string, Self.kinds.contains(name), Self.isHarmless(value) { continue }
                let isText = header.type == .string || header.type == .bytes
                for index in header.valueRange { message[index - start] = isText ? UInt8(ascii: "x") : 0 }
            }
        } catch {
            // An empty name: these are no headers now as before.
            for index in frame.headersRange { message[index - start] = 0 }
        }
    }

    /// Whether a text may be the name of a thing of the protocol, as `:event-type` or `application/json`.
    private static func isHarmless(_ text: String) -> Bool {
        let body = text.hasPrefix(":") ? text.dropFirst() : text[...]
        return RedactionVocabulary.isErrorName(body.filter { $0 != "/" && $0 != "+" })
    }

    // MARK: Damage

    /// The rest of a body from a message on that a reader refuses: as long, without a word, and refused for the same
    /// reason.
    static func refused(_ error: EventStreamError, _ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: max(count, EventStreamFrame.minimumByteCount))
        switch error {
        case .preludeChecksumMismatch:
            EventStreamEncoder.rewriteChecksums(of: &bytes)
            bytes[EventStreamFrame.preludeByteCount - 1] ^= 0xFF
        case .invalidTotalLength, .invalidHeadersLength:
            // A total of no bytes, with the right checksum.
            for index in 0..<8 { bytes[index] = 0 }
            var head = Array(bytes.prefix(EventStreamFrame.minimumByteCount))
            EventStreamEncoder.rewriteChecksums(of: &head)
            let prelude = 0..<EventStreamFrame.preludeByteCount
            bytes.replaceSubrange(prelude, with: head[prelude])
        case .messageChecksumMismatch, .messageTooLarge, .invalidHeader, .duplicateHeader:
            break
        }
        return Array(bytes.prefix(count))
    }

    /// The rest of a body from a message on whose prelude is right, and that is not whole or whose checksum is wrong.
    static func damaged(_ prelude: EventStreamPrelude, _ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var damaged = [UInt8](repeating: UInt8(ascii: "x"), count: bytes.count)
        let head = EventStreamFrame.preludeByteCount
        // Two lengths and their checksum, nothing else.
        damaged.replaceSubrange(0..<head, with: bytes.prefix(head))
        guard bytes.count >= prelude.totalLength else { return damaged }
        var message = Array(damaged[..<prelude.totalLength])
        EventStreamEncoder.rewriteChecksums(of: &message)
        message[prelude.totalLength - 1] ^= 0xFF
        damaged.replaceSubrange(0..<prelude.totalLength, with: message)
        return damaged
    }
}
