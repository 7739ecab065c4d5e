// Response bodies that public projects recorded, put into traces with made-up arrival times.

import Core
import Foundation
import TestSupport
import Testing

@testable import Analyzer

@Suite(
    "Real streams in synthetic traces",
    .enabled(if: SharedData.has("data/real_streams"), "no recorded streams here")
)
struct RealStreamTests {
    struct Stream: CustomStringConvertible {
        var name: String
        var operation: BedrockOperation
        var bytes: [UInt8]
        var isFlagged: Bool

        var description: String { name }
    }

    static func streams() throws -> [Stream] {
        try SharedData.files(below: "data/real_streams", withExtension: "json").compactMap { file in
            let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
            let operations: [String: BedrockOperation] = [
                "ConverseStream": .converseStream, "InvokeModelWithResponseStream": .invokeModelWithResponseStream,
            ]
            guard let object, let operation = operations[object["operation"] as? String ?? ""] else { return nil }
            let flags = object["flags"] as? [Any] ?? []
            return Stream(
                name: file.deletingPathExtension().lastPathComponent,
                operation: operation,
                bytes: [UInt8](try Data(contentsOf: file.deletingPathExtension().appendingPathExtension("bin"))),
                isFlagged: !flags.isEmpty
            )
        }
    }

    /// The last counts that the body states, read from its text alone: ConverseStream's `usage`, or the service's
    /// metrics within base64.
    static func statedOutputTokens(_ stream: Stream) -> Int? {
        var text = ""
        var rest = Data(stream.bytes)
        while rest.count >= 16 {
            let bytes = [UInt8](rest)
            let total = bytes[0..<4].reduce(0) { $0 << 8 | Int($1) }
            let headers = bytes[4..<8].reduce(0) { $0 << 8 | Int($1) }
            guard total <= bytes.count, 12 + headers + 4 <= total else { break }
            let payload = Data(bytes[(12 + headers)..<(total - 4)])
            if stream.operation == .converseStream {
                text += String(decoding: payload, as: UTF8.self)
            } else if let object = try? JSONSerialization.jsonObject(with: payload) as? [String: Any],
                let digits = object["bytes"] as? String, let inner = Data(base64Encoded: digits)
            {
                text += String(decoding: inner, as: UTF8.self)
            }
            rest = Data(bytes[total...])
        }
        let key = stream.operation == .converseStream ? "\"outputTokens\":" : "\"outputTokenCount\":"
        guard let range = text.range(of: key, options: .backwards) else { return nil }
        let digits = text[range.upperBound...].drop { $0 == " " }.prefix { $0.isNumber }
        return Int(digits)
    }

    @Test("each derives, with the counts that its own JSON states")
    func derive() throws {
        let streams = try Self.streams()
        #expect(streams.count > 200)
        var counted = 0
        for stream in streams {
            // Pieces of 97 bytes, 1 ms apart: messages lie across chunks and share them.
            var chunks: [(Double, [UInt8])] = []
            for start in stride(from: 0, to: stream.bytes.count, by: 97) {
                chunks.append(
                    (Double(chunks.count + 10), Array(stream.bytes[start..<min(start + 97, stream.bytes.count)]))
                )
            }
            let end = Double(chunks.count + 10)
            let request = HandmadeRequest(chunks: chunks, operation: stream.operation, completed: end)
            let timeline = request.timeline
            let row = request.row
            if let stated = Self.statedOutputTokens(stream) {
                #expect(row.usage.outputTokens == stated, "\(stream)")
                counted += 1
            }
            if !stream.isFlagged { #expect(timeline.outcome == .ok, "\(stream): \(timeline.errorCode ?? "")") }
            let content = timeline.contentEvents
            if let first = content.first, let last = content.last {
                #expect(row.metrics.ttft == (first.stamp - timeline.dispatched).milliseconds, "\(stream)")
                #expect(row.metrics.ttlt == (last.stamp - timeline.dispatched).milliseconds, "\(stream)")
                #expect(row.metrics.interTokenLatencies.count == content.count - 1, "\(stream)")
            }
        }
        #expect(counted > 200)
    }
}
