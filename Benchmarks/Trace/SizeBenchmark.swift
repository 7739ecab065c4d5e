// What a trace takes on disk, beside the same bytes compressed without a single stamp.

import ArgumentParser
import CLZ4
import Core

struct SizeBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "size",
        abstract: "Bytes per event of a trace of synthetic streams, and of raw LZ4 of the same bytes without stamps.",
        discussion: """
            streams: bytes and stamps alone, the format's figure. trace: with requests, responses and ends. trace_with_lags: with \
            a lag of callback and loop beside each stamp, as a recorder writes them. compacted: trace, as `compact` leaves it.
            """
    )

    @Option(help: "How many answers of about 150 events.")
    var answers = 10_000

    @Option(help: "How many arrive at a time.")
    var concurrency = 200

    @Option(help: "The seed of the streams.")
    var seed: UInt64 = 1

    func run() throws {
        var compact = TraceWriterOptions()
        compact.compression = .lz4(level: 3)
        compact.chunkByteCount = 4 << 20
        compact.flushInterval = .seconds(3_600)
        var streamsAlone = try Measured(hasRequests: false)
        var recorded = try Measured()
        var lagging = try Measured(hasLags: true)
        var compacted = try Measured(compact)
        var arrival = RawFrames(groupsByStream: false)
        var grouped = RawFrames(groupsByStream: true)
        var events = 0
        var bytes = 0
        var streams = StreamSet(answers: answers, concurrency: concurrency, seed: seed)
        while let event = streams.next() {
            try streamsAlone.append(event)
            try recorded.append(event)
            try lagging.append(event)
            try compacted.append(event)
            guard case .message(let id, _, let message) = event else { continue }
            events += 1
            bytes += message.count
            arrival.append(message, of: id)
            grouped.append(message, of: id)
        }
        let figures: [(String, Int)] = [
            ("streams", try streamsAlone.finish()), ("trace", try recorded.finish()),
            ("trace_with_lags", try lagging.finish()),
            ("compacted", try compacted.finish()), ("raw_lz4_by_stream", grouped.finish()),
            ("raw_lz4_by_arrival", arrival.finish()),
        ]
        let perEvent = figures.map { #""\#($0.0)":\#(hundredths(Double($0.1) / Double(events)))"# }
        let raw = Double(figures[4].1)
        print(
            #"{"answers":\#(answers),"events":\#(events),"bytes":\#(bytes),"#
                + #""bytes_per_event":{"uncompressed":\#(hundredths(Double(bytes) / Double(events))),"#
                + perEvent.joined(separator: ",") + "},"
                + #""ratio_to_raw_lz4":\#(hundredths(Double(figures[0].1) / raw))}"#
        )
    }

    private func hundredths(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}

/// A trace of which only the length is kept.
private struct Measured: ~Copyable {
    private var writer: TraceWriter<CountingOutput>
    private var records: StreamRecords

    init(
        _ options: TraceWriterOptions = TraceWriterOptions(),
        hasLags: Bool = false,
        hasRequests: Bool = true
    ) throws(TraceError) {
        writer = try TraceWriter(CountingOutput(), run: RunMetadata(runID: "size"), options: options)
        records = StreamRecords(hasLags: hasLags, hasRequests: hasRequests)
    }

    mutating func append(_ event: StreamSet.Event) throws(TraceError) {
        try records.append(event, to: &writer)
    }

    /// Closes the trace and gives its length.
    mutating func finish() throws(TraceError) -> Int {
        try writer.close()
        return Int(writer.writtenByteCount)
    }
}

private struct CountingOutput: TraceOutput {
    mutating func write(_ bytes: [UInt8]) throws(TraceError) {}
    mutating func synchronize() throws(TraceError) {}
}

/// The messages' bytes in frames of 1 MiB as a trace's chunks are, and nothing beside them.
private struct RawFrames {
    /// Whether what belongs to one stream stands together within a frame, as it does in a trace.
    let groupsByStream: Bool
    private var pending: [AttemptID: [UInt8]] = [:]
    private var pendingByteCount = 0
    private var total = 0

    init(groupsByStream: Bool) { self.groupsByStream = groupsByStream }

    mutating func append(_ message: [UInt8], of id: AttemptID) {
        pending[groupsByStream ? id : AttemptID(request: 0), default: []] += message
        pendingByteCount += message.count
        if pendingByteCount >= 1 << 20 { flush() }
    }

    /// The length of all frames.
    mutating func finish() -> Int {
        flush()
        return total
    }

    private mutating func flush() {
        let bytes = pending.sorted { $0.key < $1.key }.flatMap(\.value)
        pending = [:]
        pendingByteCount = 0
        guard !bytes.isEmpty else { return }
        var preferences = LZ4F_preferences_t()
        preferences.frameInfo.blockSizeID = LZ4F_max256KB
        preferences.frameInfo.blockMode = LZ4F_blockIndependent
        let bound = LZ4F_compressFrameBound(bytes.count, &preferences)
        var frame = [UInt8](repeating: 0, count: bound)
        total += LZ4F_compressFrame(&frame, bound, bytes, bytes.count, &preferences)
    }
}
