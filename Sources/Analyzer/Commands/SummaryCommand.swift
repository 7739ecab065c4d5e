// `bedrock-analyzer summary`.

import ArgumentParser

struct SummaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary",
        abstract: "Statistics of each group of requests, with confidence intervals."
    )

    @OptionGroup var input: TraceArguments
    @OptionGroup var selection: FilterOptions
    @OptionGroup var statistics: StatisticsOptions

    @Option(help: "table, json, csv or markdown.")
    var format = "table"

    func run() throws {
        guard let format = SummaryFormat.all.first(where: { $0.name == self.format }) else {
            throw UsageError(
                description: "--format: '\(self.format)' is none of "
                    + SummaryFormat.all.map(\.name).joined(separator: ", ")
            )
        }
        let plan = try statistics.plan()
        let filter = try selection.filter()
        let (all, sources) = try TraceAnalysis.rows(input.files())
        let rows = all.filter(filter.keeps)
        let document = SummaryDocument(plan: plan, sources: sources, groups: Grouping.summarize(rows, plan: plan))
        Console.write(format.render(document))
    }
}
