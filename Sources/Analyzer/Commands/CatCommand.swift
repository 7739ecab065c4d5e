// `bedrock-analyzer cat`.

import ArgumentParser
import Core

struct CatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cat",
        abstract: "The records of a trace as JSON lines, or the bytes of answers as they came.",
        discussion: """
            Each line holds the record's topic and its message; the bytes of chunks are base64. A closed file is read \
            through its index where one request is asked for: a large file costs no more than a small one.
            """
    )

    @OptionGroup var input: TraceArguments

    @Option(help: ArgumentHelp("Only this request.", valueName: "number"))
    var request: UInt64?

    @Flag(help: "Only the bytes of response bodies, one after the other.")
    var raw = false

    @Flag(
        help: """
            Wait for more while the last trace is still being written, until it is closed; in a folder, go on with the \
            segments that come.
            """
    )
    var follow = false

    func run() throws {
        var output = BufferedOutput(isPrompt: follow)
        // What is whole before a fault is given all the same.
        defer { output.flush() }
        var files = try input.files()
        var index = 0
        while index < files.count {
            let isLast = index == files.count - 1
            try read(files[index], following: follow && isLast ? FileGrowth() : nil, &output)
            // A recorder makes the next segment before it closes the one under way.
            if follow, isLast { files += try input.files().filter { !files.contains($0) } }
            index += 1
        }
    }

    private func read(_ path: String, following growth: FileGrowth?, _ output: inout BufferedOutput) throws {
        var reader = try TraceReader(path: path)
        func write(_ record: TraceRecord) {
            if let request, record.attempt?.request != request { return }
            if raw {
                if case .chunks(let batch) = record { output.write(batch.data) }
            } else {
                output.write(TraceRecordLine.json(record))
            }
        }
        if let request, growth == nil {
            try reader.forEachRecord(ofRequest: request, write)
        } else {
            try reader.forEachRecord(following: growth, write)
        }
    }
}
