// `bedrock-analyzer verify`.

import ArgumentParser
import Core

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks every checksum, index, count, order rule and stream hash of a trace.",
        discussion: """
            One line per fault: the file, the byte at which the record at fault begins, and what doesn't hold. Exit \
            status 1 where there is one. Segments of one recording, named in order, are checked as one.
            """
    )

    @OptionGroup var input: TraceArguments

    @Option(help: "text or json.")
    var format = VerificationFormat.text

    func run() throws {
        var verification = TraceVerification()
        for path in try input.files() {
            guard path != "-" else { throw UsageError(description: "verify reads files, not standard input") }
            try verification.verify(path)
        }
        let report = verification.result
        switch format {
        case .text: Console.write(VerificationText.text(report))
        case .json: Console.write(VerificationText.json(report))
        }
        if report.faultCount > 0 { throw ExitCode(1) }
    }
}

enum VerificationFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}
