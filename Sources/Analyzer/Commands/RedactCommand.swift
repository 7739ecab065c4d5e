// `bedrock-analyzer redact`.

import ArgumentParser
import Core

struct RedactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redact",
        abstract: "Writes a trace without a word of its prompts and answers, for passing on: every metric stays.",
        discussion: """
            Text, request ids, account ids, addresses and host names are overwritten at equal length; every stamp, length \
            and token count stays, so that every statistic is the original's to the last digit. Models, regions, labels, \
            experiments and task types stay as they are: look at them before you pass the trace on.
            """
    )

    @Argument(help: ArgumentHelp("The trace.", valueName: "trace"))
    var trace: String

    @OptionGroup var target: OutputOptions

    @Flag(help: "Hide how long each text was, too: texts become one character, and padding takes their room.")
    var hideLengths = false

    func run() throws {
        let rewriter = try target.rewriter("redact", [trace])
        let metadata = MetadataRedactor(sourceDigest: try TraceDigest.sha256(ofFileAt: trace))
        var redactor = RecordRedactor(hidesLengths: hideLengths, tag: String(metadata.sourceDigest.prefix(8)))
        let account = metadata.account(hidesLengths: hideLengths)
        let outcome = try rewriter.write(
            metadata: metadata.redacted(rewriter.metadata),
            account: ("bedrock_trace.redaction", { account })
        ) { item in
            item.map { redactor.take($0.record) } ?? redactor.finish()
        }
        target.tell(outcome, "\(outcome.requests) requests redacted")
    }
}
