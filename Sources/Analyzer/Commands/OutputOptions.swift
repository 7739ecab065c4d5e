// Where a command that writes a new trace puts it, and what it says when it has.

import ArgumentParser

struct OutputOptions: ParsableArguments {
    @Option(name: .customShort("o"), help: ArgumentHelp("The trace to write.", valueName: "file"))
    var output: String

    @Flag(help: "Overwrite the output if it is there already.")
    var force = false

    /// Makes a rewriting of these traces into the output.
    func rewriter(_ command: String, _ paths: [String]) throws -> TraceRewriter {
        Interruption.noteSignals()
        return try TraceRewriter(command: command, paths, to: output, replacesExisting: force)
    }

    /// Makes a rewriting of the files of one recording.
    func rewriterOfOne(_ command: String, _ paths: [String]) throws -> TraceRewriter {
        let rewriter = try rewriter(command, paths)
        guard rewriter.runs.count == 1 else {
            throw UsageError(
                description:
                    "\(command): these are \(rewriter.runs.count) recordings; `merge` makes one trace of them first"
            )
        }
        return rewriter
    }

    /// Says what was done: remarks beside, the result as data.
    func tell(_ outcome: TraceRewriter.Outcome, remarks: [String] = [], _ text: String) {
        for remark in remarks + outcome.remarks { Console.talk(remark) }
        Console.write("\(output): \(text), \(outcome.byteCount) bytes of \(outcome.sourceByteCount)\n")
    }
}
