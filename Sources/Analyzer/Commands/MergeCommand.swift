// `bedrock-analyzer merge`.

import ArgumentParser
import Core

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract:
            "Makes one trace of several: the segments or parts of a recording, or what several machines recorded.",
        discussion: """
            Files of one recording keep their instants and numbers. Several recordings are each moved onto the wall \
            clock by one span, told line by line, so that no duration changes; requests are renumbered in the order of their \
            starts, connections as well.
            """
    )

    @OptionGroup var input: TraceArguments
    @OptionGroup var target: OutputOptions

    func run() throws {
        let rewriter = try target.rewriter("merge", input.files())
        var join = try RecordingJoin(rewriter.runs)
        let account = join.account(of: rewriter.runs).merging(rewriter.metadata.disagreements) { own, _ in own }
        let outcome = try rewriter.write(
            metadata: rewriter.metadata,
            account: ("bedrock_trace.merge", { account }),
            shifts: join.shifts
        ) { item in
            item.map { [join.joined($0.record, run: $0.run)] } ?? []
        }
        let count = rewriter.runs.count
        target.tell(
            outcome,
            remarks: join.remarks(of: rewriter.runs),
            "\(outcome.requests) requests of \(count) recording\(count == 1 ? "" : "s")"
        )
    }
}
