// `bedrock-analyzer recover`.

import ArgumentParser
import Core

struct RecoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Saves what is whole of a damaged trace, or of one whose recording was cut off.",
        discussion: """
            Looks for the next whole record past every damage; a flipped bit costs one compressed block of 256 KiB. What \
            was lost is told line by line, and kept in the new trace. The trace that is read stays as it is.
            """
    )

    @Argument(help: ArgumentHelp("The damaged trace.", valueName: "trace"))
    var trace: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The trace to write.", valueName: "file"))
    var output: String

    @Flag(help: "Overwrite the output if it is there already.")
    var force = false

    func run() throws {
        guard trace != "-" else { throw UsageError(description: "recover reads a file, not standard input") }
        Interruption.noteSignals()
        let salvage = TraceSalvage(from: trace, to: output, replacesExisting: force)
        let findings = try salvage.run()
        for loss in findings.losses { Console.talk("\(trace): \(loss)") }
        let lost = findings.losses.reduce(UInt64(0)) { $0 + $1.byteCount }
        Console.write(
            "\(output): \(findings.chunkCount) chunks saved, "
                + (findings.losses.isEmpty
                    ? "nothing lost\n" : "\(findings.losses.count) losses, \(lost) bytes; see above\n")
        )
    }
}
