// `bedrock-analyzer filter`.

import ArgumentParser
import Core

struct FilterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "filter",
        abstract: "Writes a new trace of some of the requests, whole with every record and stamp.",
        discussion: """
            What is kept, and how much was left out, stands in the new trace. Several recordings are put together as \
            `merge` does. Clock snapshots and notes of drops always stay.
            """
    )

    @OptionGroup var input: TraceArguments
    @OptionGroup var target: OutputOptions
    @OptionGroup var selection: FilterOptions
    @OptionGroup var arithmetic: LensOptions

    @Option(
        help: ArgumentHelp("Only requests dispatched at this instant or later: \(TimeBound.syntax).", valueName: "time")
    )
    var from: String?

    @Option(help: ArgumentHelp("Only requests dispatched before this instant.", valueName: "time"))
    var to: String?

    func run() throws {
        guard selection.expression != nil || from != nil || to != nil else {
            throw UsageError(description: "filter: expected --where, --from or --to")
        }
        let lens = try arithmetic.lens()
        let filter = try selection.filter(lens)
        let rewriter = try target.rewriter("filter", input.files())
        var wanted = RequestSelection(
            filter,
            lens: lens,
            from: try bound(from, "--from"),
            to: try bound(to, "--to"),
            runCount: rewriter.runs.count
        )
        var join = try RecordingJoin(rewriter.runs) { wanted.take($0) }
        wanted.decide(files: rewriter.runs.map { $0.files.last?.path ?? "" })
        let selected = wanted
        let account = account(join, rewriter, kept: selected.count)
        let outcome = try rewriter.write(
            metadata: rewriter.metadata,
            account: ("bedrock_trace.filter", { account }),
            shifts: join.shifts
        ) { item in
            guard let item, selected.keeps(item.record, run: item.run) else { return [] }
            return [join.joined(item.record, run: item.run)]
        }
        target.tell(
            outcome,
            remarks: join.remarks(of: rewriter.runs),
            "\(outcome.requests) of \(join.attemptCount) requests kept"
        )
    }

    private func bound(_ text: String?, _ flag: String) throws -> TimeBound? {
        guard let text else { return nil }
        guard let bound = TimeBound(text) else {
            throw UsageError(description: "\(flag): '\(text)' is no time; expected \(TimeBound.syntax)")
        }
        return bound
    }

    private func account(_ join: RecordingJoin, _ rewriter: TraceRewriter, kept: Int) -> [String: String] {
        var account = rewriter.runs.count > 1 ? join.account(of: rewriter.runs) : [:]
        account.merge(rewriter.metadata.disagreements) { own, _ in own }
        account["where"] = selection.expression
        account["lens"] = arithmetic.name
        account["from"] = from
        account["to"] = to
        account["requests_kept"] = "\(kept)"
        account["requests_left_out"] = "\(join.attemptCount - kept)"
        return account
    }
}
