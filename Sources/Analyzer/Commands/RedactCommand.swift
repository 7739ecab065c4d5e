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
            experiments and task types stay as they are: look at them before you pass the trace on. The segments of a \
            recording are given together, and become one trace.
            """
    )

    @OptionGroup var input: TraceArguments
    @OptionGroup var target: OutputOptions

    @Flag(help: "Hide how long each text was, too: texts become one character, and padding takes their room.")
    var hideLengths = false

    func run() throws {
        let files = try input.files()
        let rewriter = try target.rewriterOfOne("redact", files)
        let metadata = MetadataRedactor(sourceDigests: try files.map { try TraceDigest.sha256(ofFileAt: $0) })
        var redactor = RecordRedactor(hidesLengths: hideLengths, tag: metadata.tag)
        let account = metadata.account(hidesLengths: hideLengths)
        let outcome = try rewriter.write(
            metadata: metadata.redacted(rewriter.metadata),
            account: ("bedrock_trace.redaction", { account })
        ) { item in
            item.map { redactor.take($0.record) } ?? redactor.finish()
        }
        let remarks =
            redactor.headlessCount == 0
            ? []
            : [
                "\(redactor.headlessCount) answers begin in an earlier segment and are overwritten whole; give all at once"
            ]
        target.tell(outcome, remarks: remarks, "\(outcome.requests) requests redacted")
    }
}
