// Writes a large trace out of a small one: its requests again and again, each time later and under new numbers.

import ArgumentParser
import Core

struct TraceCopies: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copies",
        abstract: "Repeats the requests of a trace, to measure how fast a large one is read."
    )

    @Argument(help: "The trace to repeat.")
    var trace: String

    @Option(help: "The file to write.")
    var output: String

    @Option(help: "How many times.")
    var count = 100

    func run() throws {
        var reader = try TraceReader(path: trace)
        var records: [TraceRecord] = []
        try reader.forEachRecord { records.append($0) }
        let requests = records.compactMap(\.attempt?.request).max() ?? 0
        var options = TraceWriterOptions()
        options.synchronizesChunks = false
        let run = reader.run ?? RunMetadata(runID: "copies")
        var writer = try TraceWriter(FileOutput(path: output, replacesExisting: true), run: run, options: options)
        if let origin = reader.origin { try writer.setOrigin(origin) }
        for copy in 0..<count {
            let shift = Shift(requests: UInt64(copy) * requests, time: .seconds(Int64(copy) * 20))
            for record in records { try writer.append(shift.applied(to: record)) }
        }
        try writer.close()
    }
}

/// Moves records to other numbers and times.
private struct Shift {
    var requests: UInt64
    var time: Nanoseconds

    func applied(to record: TraceRecord) -> TraceRecord {
        func id(_ id: AttemptID) -> AttemptID { AttemptID(request: id.request + requests, attempt: id.attempt) }
        switch record {
        case .request(var one):
            one.id = id(one.id)
            one.scheduled = one.scheduled.advanced(by: time)
            one.dispatched = one.dispatched.advanced(by: time)
            return .request(one)
        case .connection(var one):
            one.id = id(one.id)
            one.nameResolved = one.nameResolved?.advanced(by: time)
            one.tcpConnected = one.tcpConnected?.advanced(by: time)
            one.tlsConnected = one.tlsConnected?.advanced(by: time)
            return .connection(one)
        case .response(var one):
            one.id = id(one.id)
            one.sent = one.sent?.advanced(by: time)
            one.firstByte = one.firstByte.advanced(by: time)
            return .response(one)
        case .chunks(var batch):
            batch.attempt = id(batch.attempt)
            for index in batch.stamps.indices {
                batch.stamps[index].instant = batch.stamps[index].instant.advanced(by: time)
            }
            return .chunks(batch)
        case .error(var one):
            one.id = id(one.id)
            one.instant = one.instant.advanced(by: time)
            return .error(one)
        case .end(var one):
            one.id = id(one.id)
            one.completed = one.completed.advanced(by: time)
            return .end(one)
        case .clock(var one):
            one.instant = one.instant.advanced(by: time)
            return .clock(one)
        case .drop, .quality: return record
        }
    }
}
