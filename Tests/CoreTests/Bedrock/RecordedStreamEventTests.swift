// What the recorded streams say, compared with a reading by Python's json.

import Core
import TestSupport
import Testing

@Suite("Recorded streams as events", .enabled(if: StreamOracle.isPresent, StreamOracle.absence))
struct RecordedStreamEventTests {
    /// The operation of a recording; `nil` for those of Bedrock's agents.
    static func operation(_ stream: OracleStream) -> BedrockOperation? {
        switch stream.operation {
        case "ConverseStream": return .converseStream
        case "InvokeModelWithResponseStream": return .invokeModelWithResponseStream
        default: return nil
        }
    }

    /// The events of each message in the oracle's form, and the last metadata.
    static func read(
        _ bytes: [UInt8],
        as operation: BedrockOperation
    ) throws -> (events: [[String]], metadata: ResponseMetadata?) {
        var parser = BedrockEventParser(operation: operation)
        var decoder = EventStreamDecoder()
        var events: [[String]] = []
        var metadata: ResponseMetadata?
        try decoder.feed(bytes.span.bytes) { frame, span in
            var lines: [String] = []
            parser.parse(frame, in: span) { event in
                if case .metadata(let found) = event {
                    metadata = found
                } else {
                    lines.append(line(event))
                }
            }
            events.append(lines)
        }
        return (events, metadata)
    }

    static func line(_ event: BedrockEvent) -> String {
        func text(_ index: Int?) -> String { index.map(String.init) ?? "None" }
        switch event {
        case .messageStart(let role): return "start \(role ?? "None")"
        case .blockStart(let index, let kind): return "blockStart \(text(index)) \(kind.rawValue)"
        case .delta(let delta): return "delta \(delta.kind.rawValue) \(delta.textByteCount) \(text(delta.blockIndex))"
        case .blockStop(let index): return "blockStop \(text(index))"
        case .messageStop(let reason): return "stop \(reason ?? "None")"
        case .metadata: return "metadata"
        case .exception(let exception): return "exception \(exception.name) \(exception.message)"
        case .ping: return "ping"
        case .other(let type): return "other \(type)"
        }
    }

    @Test("each message says what Python reads in it")
    func events() async throws {
        var count = 0
        for stream in try await StreamOracle.streams() {
            guard let operation = Self.operation(stream) else { continue }
            let found = try Self.read(try stream.bytes(), as: operation)
            #expect(found.events.count == stream.reading.events.count)
            for (index, (ours, theirs)) in zip(found.events, stream.reading.events).enumerated() {
                #expect(ours == theirs, "\(stream.file), message \(index)")
            }
            count += 1
        }
        #expect(count == 255)
    }

    @Test("counts and durations are those that Python reads")
    func metadata() async throws {
        for stream in try await StreamOracle.streams() {
            guard let operation = Self.operation(stream) else { continue }
            let metadata = try Self.read(try stream.bytes(), as: operation).metadata
            guard let expected = stream.reading.metadata else {
                #expect(metadata?.isFromService != true, "\(stream.file)")
                continue
            }
            let found = try #require(metadata, "\(stream.file)")
            #expect(found.isFromService)
            #expect(found.usage.inputTokens.map(Double.init) == expected["input"], "\(stream.file)")
            #expect(found.usage.outputTokens.map(Double.init) == expected["output"], "\(stream.file)")
            #expect(found.usage.totalTokens.map(Double.init) == expected["total"], "\(stream.file)")
            #expect(found.serverLatencyMilliseconds == expected["latency"], "\(stream.file)")
            #expect(found.serverFirstByteMilliseconds == expected["firstByte"], "\(stream.file)")
            // The cache counts fall back to the model's own where the service states none.
            if let read = expected["cacheRead"] { #expect(found.usage.cacheReadTokens.map(Double.init) == read) }
            if let write = expected["cacheWrite"] { #expect(found.usage.cacheWriteTokens.map(Double.init) == write) }
        }
    }
}
