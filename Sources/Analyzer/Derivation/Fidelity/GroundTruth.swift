// What a sender says of its own events: the CSV of `bedrock-replayer serve --ground-truth`, `request_id,event_index,
// monotonic_ns`, one line an event.

import Core

/// The instants at which a sender handed over the last byte of each event, on its `CLOCK_MONOTONIC`.
package struct GroundTruth: Sendable {
    /// What is wrong with a file, and where.
    package struct ParseError: Error, Equatable, CustomStringConvertible {
        package var line: Int
        package var reason: String

        package var description: String { "line \(line): \(reason)" }
    }

    static let header = "request_id,event_index,monotonic_ns"

    /// Monotonic nanoseconds by event index, by the `x-amzn-RequestId` of the response.
    private(set) var instants: [String: [Int: UInt64]] = [:]
    /// Requests whose identifier the file uses for more than one answer, so that nothing can be said of them.
    private(set) var ambiguous: Set<String> = []
    private(set) var eventCount = 0

    /// Reads the text of a file.
    package init(_ bytes: [UInt8]) throws(ParseError) {
        var number = 0
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            var line = line
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if number == 1 {
                guard line.elementsEqual(Self.header.utf8) else {
                    throw ParseError(line: 1, reason: "expected the header \(Self.header)")
                }
                continue
            }
            if line.isEmpty { continue }
            let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            guard fields.count == 3, !fields[0].isEmpty else {
                throw ParseError(line: number, reason: "expected \(Self.header)")
            }
            guard let index = Int(String(decoding: fields[1], as: UTF8.self)), index >= 0 else {
                throw ParseError(line: number, reason: "event_index: expected a number from 0")
            }
            guard let instant = UInt64(String(decoding: fields[2], as: UTF8.self)) else {
                throw ParseError(line: number, reason: "monotonic_ns: expected nanoseconds")
            }
            let id = String(decoding: fields[0], as: UTF8.self)
            if instants[id, default: [:]].updateValue(instant, forKey: index) != nil { ambiguous.insert(id) }
            eventCount += 1
        }
        guard number > 0 else { throw ParseError(line: 1, reason: "expected the header \(Self.header)") }
    }
}
