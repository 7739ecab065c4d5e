// `bedrock-analyzer drift`.

import ArgumentParser

struct DriftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Whether the numbers stood still while they were recorded: trend, change, memory, warm-up.",
        discussion: """
            Looks at the medians of successive rounds of each group. Every test allows for the memory that such a series \
            has, so that slow weather isn't taken for a trend. For a profile of the day: summary --group-by hour.
            """
    )

    @OptionGroup var input: TraceArguments
    @OptionGroup var selection: FilterOptions
    @OptionGroup var arithmetic: LensOptions
    @OptionGroup var groups: GroupOptions
    @OptionGroup var level: ConfidenceOptions
    @OptionGroup var work: ThreadOptions

    @Option(help: ArgumentHelp("Which metrics, comma-separated.", valueName: "names"))
    var metrics = "ttft_ms,otps"

    @Option(help: ArgumentHelp("Changes of the median up to this, in percent, are none.", valueName: "percent"))
    var margin = 3.0

    @Option(help: "table, json, csv or markdown.")
    var format = "table"

    func validate() throws {
        guard margin >= 0, margin < 1000 else { throw ValidationError("--margin: expected a percentage, as 3") }
    }

    func run() throws {
        guard let format = DriftFormat.all.first(where: { $0.name == self.format }) else {
            throw UsageError.unknown("--format", self.format, DriftFormat.all.map(\.name))
        }
        var plan = SummaryPlan()
        plan.lens = try arithmetic.lens()
        plan.groupBy = try groups.keys()
        plan.confidence = level.confidence
        plan.threads = work.threads
        let columns = try plan.lens.columns(named: metrics)
        let filter = try selection.filter(plan.lens)
        let rows = try TraceAnalysis.rows(input.files(), lens: plan.lens, threads: plan.threads).rows
            .filter(filter.keeps)
        let found = GroupStability.all(rows, plan: plan, metrics: columns, margin: margin / 100)
        Console.write(format.render(DriftDocument(plan: plan, margin: margin / 100, groups: found)))
    }
}
