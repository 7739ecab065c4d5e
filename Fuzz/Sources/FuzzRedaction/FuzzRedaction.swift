// Feeds arbitrary answers, in arbitrary pieces, to the redaction of streams: a reader must see the same answer after it.

import Core

@testable import Analyzer

/// The first byte chooses: the length of the pieces, whether lengths are hidden, and whether the rest is a stream or the
/// payloads, a line each, of whole messages.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRedaction(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let choice = input.first else { return 0 }
    let rest = Array(input.dropFirst())
    let stream = choice & 1 == 0 ? rest : messages(rest)
    let pieceLength = max(1, Int(choice >> 2))
    let redacted = redact(stream, pieceLength: pieceLength, hidesLengths: choice & 2 != 0)
    precondition(redacted.count == stream.count, "the redacted stream has another length")
    precondition(reading(of: redacted) == reading(of: stream), "a reader sees another answer in the redacted stream")
    return 0
}

private let eventTypes = ["messageStart", "contentBlockDelta", "chunk", "metadata", "messageStop"]

/// A stream of whole messages with these payloads.
private func messages(_ payloads: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = []
    for (index, payload) in payloads.split(separator: UInt8(ascii: "\n")).enumerated() {
        let headers = [
            EventStreamHeader(":event-type", eventTypes[index % eventTypes.count]),
            EventStreamHeader(":content-type", "application/json"),
            EventStreamHeader(":message-type", "event"),
        ]
        EventStreamEncoder.append(headers: headers, payload: payload, to: &stream)
    }
    return stream
}

private func redact(_ stream: [UInt8], pieceLength: Int, hidesLengths: Bool) -> [UInt8] {
    var redactor = StreamRedactor(.eventStream, hidesLengths: hidesLengths)
    var redacted: [UInt8] = []
    var index: UInt32 = 0
    var start = 0
    while start < stream.count {
        let piece = Array(stream[start..<min(stream.count, start + pieceLength)])
        let instant = TraceInstant(nanosecondsSinceEpoch: 1)
        let stamp = ChunkStamp(instant: instant, length: UInt32(piece.count), source: .kernel)
        let batch = ChunkBatch(attempt: AttemptID(request: 1), firstIndex: index, stamps: [stamp], data: piece)
        for done in redactor.take(batch) { redacted += done.data }
        start += piece.count
        index += 1
    }
    for done in redactor.finish() { redacted += done.data }
    return redacted
}

/// What a reader tells of a stream: how long each message is, and whether the stream ends in damage.
private func reading(of stream: [UInt8]) -> [Int] {
    var decoder = EventStreamDecoder()
    var lengths: [Int] = []
    do {
        try decoder.feed(stream.span.bytes) { frame, _ in lengths.append(frame.range.count) }
    } catch {
        lengths.append(-1)
    }
    return lengths
}
