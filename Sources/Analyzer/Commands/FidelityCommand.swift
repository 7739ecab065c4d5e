// `bedrock-analyzer fidelity`.

import ArgumentParser
import Core

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct FidelityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fidelity",
        abstract: "How far a recorder's stamps are from what the sender did.",
        discussion: """
            FILE is what bedrock-replayer serve --ground-truth wrote on the same host: both clocks must be one. Answers are \
            matched by their x-amzn-RequestId.
            """
    )

    @OptionGroup var input: TraceArguments

    @Option(help: ArgumentHelp("The sender's instants: request_id,event_index,monotonic_ns.", valueName: "file"))
    var groundTruth: String

    @Option(help: "table or json.")
    var format = "table"

    func validate() throws {
        guard ["table", "json"].contains(format) else {
            throw ValidationError("--format: '\(format)' is neither table nor json")
        }
    }

    func run() throws {
        var fidelity = Fidelity(try readTruth())
        let files = try input.files()
        var clocks: [String: MonotonicClock] = [:]
        for path in files { clocks[path] = try clock(of: path) }
        try TraceAnalysis.read(files) { timeline, path in
            if let clock = clocks[path] { fidelity.take(timeline, clock: clock) }
        }
        let last = files.compactMap { clocks[$0] }.reduce(nil as MonotonicClock?) { last, clock in
            clock.spread >= last?.spread ?? .zero ? clock : last
        }
        guard fidelity.matchedRequests > 0 else {
            throw UsageError(description: "\(groundTruth): knows none of the trace's requests by x-amzn-RequestId")
        }
        Console.write(
            format == "json"
                ? FidelityJSON.render(fidelity, clock: last) : FidelityTable.render(fidelity, clock: last)
        )
    }

    /// Reads a trace's clock records: they stand among the requests, so this is a pass of its own.
    private func clock(of path: String) throws -> MonotonicClock {
        guard path != "-" else { throw UsageError(description: "fidelity reads a trace twice: give it a file, not -") }
        var clocks: [ClockRecord] = []
        var reader = try TraceReader(path: path)
        try reader.forEachRecord { record in
            if case .clock(let clock) = record { clocks.append(clock) }
        }
        guard let clock = MonotonicClock(clocks) else {
            throw UsageError(description: "\(path): no /clock record, so that its instants cannot be compared")
        }
        return clock
    }

    private func readTruth() throws -> GroundTruth {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: groundTruth))
        } catch {
            throw UsageError(description: "\(groundTruth): cannot be read")
        }
        do throws(GroundTruth.ParseError) {
            return try GroundTruth([UInt8](data))
        } catch {
            throw UsageError(description: "\(groundTruth): \(error)")
        }
    }
}
