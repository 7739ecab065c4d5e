// A trace as large as one likes, to see what reading it costs.

import ArgumentParser
import Core

struct LargeTrace: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "large",
        abstract: "Writes a trace of synthetic streams of about the size asked for."
    )

    @Option(name: .shortAndLong, help: "The file to write.")
    var output: String

    @Option(help: "How large it becomes, in MiB.")
    var mebibytes = 1_024

    @Option(help: "How many answers arrive at a time.")
    var concurrency = 200

    @Option(help: "The seed of the streams.")
    var seed: UInt64 = 1

    func run() throws {
        var options = TraceWriterOptions()
        options.synchronizesChunks = false
        let run = RunMetadata(runID: "large")
        var writer = try TraceWriter(FileOutput(path: output, replacesExisting: true), run: run, options: options)
        try writer.setOrigin(TraceOrigin(kind: .replayer, values: ["scenario": "trace-benchmarks, seed \(seed)"]))
        var records = StreamRecords(hasLags: true)
        // Answers are dear to make, and a chunk knows nothing of the ones before: a few sets, again and again.
        let answers = 1_000
        let sets = (0..<4).map { events(StreamSet(answers: answers, concurrency: concurrency, seed: seed &+ $0)) }
        var round: UInt64 = 0
        while writer.writtenByteCount < UInt64(mebibytes) << 20 {
            let shift = Nanoseconds.seconds(Int64(round) * 100)
            for event in sets[Int(round) % sets.count] {
                try records.append(event.moved(by: shift, requests: round * UInt64(answers)), to: &writer)
            }
            round += 1
        }
        try writer.close()
        print(#"{"answers":\#(round * UInt64(answers)),"bytes":\#(writer.writtenByteCount)}"#)
    }

    private func events(_ streams: consuming StreamSet) -> [StreamSet.Event] {
        var events: [StreamSet.Event] = []
        while let event = streams.next() { events.append(event) }
        return events
    }
}

extension StreamSet.Event {
    /// The event later, and of another request.
    func moved(by shift: Nanoseconds, requests: UInt64) -> StreamSet.Event {
        func other(_ id: AttemptID) -> AttemptID { AttemptID(request: id.request + requests) }
        return switch self {
        case .begin(let id, let instant): .begin(other(id), instant.advanced(by: shift))
        case .message(let id, let instant, let bytes): .message(other(id), instant.advanced(by: shift), bytes)
        case .end(let id, let instant): .end(other(id), instant.advanced(by: shift))
        }
    }
}
