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
        for path in try input.files() {
            var report = TraceReport()
            let source = try TraceAnalysis.read(path) { report.take($0) }
            Console.write(report.text(source))
        }
    }
}
