// `bedrock-analyzer cat`.

import ArgumentParser
import Core

struct CatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cat",
        abstract: "The records of a trace as JSON lines, or the bytes of answers as they came.",
        discussion: "Each line holds the record's topic and its message; the bytes of chunks are base64."
    )

    @OptionGroup var input: TraceArguments

    @Option(help: ArgumentHelp("Only this request.", valueName: "number"))
    var request: UInt64?

    @Flag(help: "Only the bytes of response bodies, one after the other.")
    var raw = false

    func run() throws {
        var output = BufferedOutput()
        for path in try input.files() {
            var reader = try TraceReader(path: path)
            try reader.forEachRecord { record in
                if let request, record.attempt?.request != request { return }
                if raw {
                    if case .chunks(let batch) = record { output.write(batch.data) }
                } else {
                    output.write(TraceRecordLine.json(record))
                }
            }
        }
        output.flush()
    }
}
