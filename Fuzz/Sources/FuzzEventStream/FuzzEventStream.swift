// Feeds arbitrary bytes, in arbitrary pieces, to the event-stream decoder and the Bedrock event parser.

import Core

/// The first byte chooses the piece length and the operation; the rest is the stream.
///
/// Whatever the pieces, the frames must be the same as those of the whole.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzEventStream(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let choice = input.first else { return 0 }
    let stream = Array(input.dropFirst())
    let operation: BedrockOperation = choice & 1 == 0 ? .converseStream : .invokeModelWithResponseStream
    let pieceLength = max(1, Int(choice >> 1))
    let whole = frames(of: stream, pieceLength: max(1, stream.count), operation: operation)
    let pieces = frames(of: stream, pieceLength: pieceLength, operation: operation)
    precondition(whole == pieces, "the frames depend on the chunking")
    return 0
}

private func frames(of stream: [UInt8], pieceLength: Int, operation: BedrockOperation) -> [[UInt8]] {
    var decoder = EventStreamDecoder()
    var parser = BedrockEventParser(operation: operation)
    var payloads: [[UInt8]] = []
    var start = 0
    while start < stream.count {
        let end = min(stream.count, start + pieceLength)
        let piece = stream.span.bytes.extracting(start..<end)
        do {
            try decoder.feed(piece) { frame, bytes in
                payloads.append(bytes.extracting(frame.payloadRange).withUnsafeBytes { Array($0) })
                _ = try? frame.headers(in: bytes)
                parser.parse(frame, in: bytes) { _ in }
            }
        } catch {
            return payloads
        }
        start = end
    }
    return payloads
}
