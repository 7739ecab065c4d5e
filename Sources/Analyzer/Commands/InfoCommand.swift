// `bedrock-analyzer info`.

import ArgumentParser
import Core

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Where a trace comes from and what it holds."
    )

    @OptionGroup var input: TraceArguments

    func run() throws {
        var reports: [String: TraceReport] = [:]
        let sources = try TraceAnalysis.read(input.files()) { reports[$1, default: TraceReport()].take($0) }
        for source in sources { Console.write(reports[source.file, default: TraceReport()].text(source)) }
    }
}
