// `bedrock-analyzer summary`.

import ArgumentParser

struct SummaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary",
        abstract: "Statistics of each group of requests, with confidence intervals."
    )

    @OptionGroup var input: TraceArguments
    @OptionGroup var selection: FilterOptions
    @OptionGroup var arithmetic: LensOptions
    @OptionGroup var shape: SchemaOptions
    @OptionGroup var statistics: StatisticsOptions

    @Option(
        help: ArgumentHelp(
            "Count the requests that keep these limits, for example ttft_ms<500,tpot_ms<30.",
            valueName: "limits"
        )
    )
    var slo: String?

    @Option(help: "excluded: timeouts are counted beside the statistics; censored: they lie above every value.")
    var timeouts = "excluded"

    @Option(
        name: .customLong("interval"),
        help: ArgumentHelp(
            "Which intervals: \(IntervalChoice.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "method"
        )
    )
    var intervalName = IntervalChoice.promptsLikeThese.rawValue

    @Option(
        help: ArgumentHelp(
            "The definition of quantiles, the lens's unless stated: Hyndman and Fan's 1 to 9, or harrell-davis.",
            valueName: "definition"
        )
    )
    var quantiles: String?

    @Option(help: "table, json, csv or markdown.")
    var format = "table"

    func run() throws {
        if try shape.isNotebook(arithmetic) {
            guard ["table", "csv"].contains(format) else {
                throw UsageError(description: "--schema aws-samples is CSV, not \(format)")
            }
            let filter = try selection.filter(.awsSamples)
            let rows = try TraceAnalysis.rows(input.files(), lens: .awsSamples, threads: statistics.sampling.threads)
                .rows
            Console.write(NotebookSummary.render(rows.filter(filter.keeps)))
            return
        }
        guard let format = SummaryFormat.all.first(where: { $0.name == self.format }) else {
            throw UsageError.unknown("--format", self.format, SummaryFormat.all.map(\.name))
        }
        var plan = try statistics.plan()
        plan.lens = try arithmetic.lens()
        if let quantiles {
            guard let rule = PercentileRule(quantiles) else {
                throw UsageError.unknown("--quantiles", quantiles, PercentileRule.names)
            }
            plan.lens.percentiles = rule
        }
        guard let intervals = IntervalChoice(rawValue: intervalName) else {
            throw UsageError.unknown("--interval", intervalName, IntervalChoice.allCases.map(\.rawValue))
        }
        plan.intervals = intervals
        plan.timeouts = try timeoutPolicy()
        plan.objective = try objective(plan.lens)
        let filter = try selection.filter(plan.lens)
        let (all, sources) = try TraceAnalysis.rows(input.files(), lens: plan.lens, threads: plan.threads)
        let rows = all.filter(filter.keeps)
        let groups = Grouping.summarize(rows, plan: plan, quality: sources.map(\.quality))
        var document = SummaryDocument(plan: plan, sources: sources, groups: groups)
        if format.isForPeople {
            document.style = Console.style
            document.distributions = distributions(document, rows)
        }
        Console.write(format.render(document))
    }

    /// The shape of each metric that has a table, a line of blocks a group.
    private func distributions(_ document: SummaryDocument, _ rows: [RequestRow]) -> [String: [String]] {
        let groups = Grouping.members(rows, by: document.plan.groupBy).map { group in
            RowSelection(rows, group.members).filtered { $0.outcome == .ok && !$0.isWarmup }
        }
        var distributions: [String: [String]] = [:]
        for (name, _) in SummaryTables(document: document).shown {
            guard let metric = document.plan.lens.metrics.first(where: { $0.name == name }) else { continue }
            distributions[name] = SparkHistogram.texts(
                groups.enumerated().map { index, group in
                    Series(SeriesStyle(name: "", index: index), values: metric.values(in: group))
                }
            )
        }
        return distributions
    }

    private func timeoutPolicy() throws -> TimeoutPolicy {
        guard let policy = TimeoutPolicy(rawValue: timeouts) else {
            throw UsageError(description: "--timeouts: '\(timeouts)' is neither excluded nor censored")
        }
        return policy
    }

    private func objective(_ lens: Lens) throws -> ServiceLevelObjective? {
        guard let slo else { return nil }
        do throws(FilterError) {
            return try ServiceLevelObjective(slo, lens: lens)
        } catch {
            throw UsageError(description: "--slo: \(error)")
        }
    }
}
