// `bedrock-analyzer sample-size`.

import ArgumentParser

struct SampleSizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample-size",
        abstract: "How many more rounds, prompts or requests a wish needs, from a recording like the next one.",
        discussion: """
            Requests alone don't help where prompts or hours differ: what counts is the unit that varies, so the answer \
            is in rounds and in prompts.
            """
    )

    @OptionGroup var input: TraceArguments
    @OptionGroup var selection: FilterOptions
    @OptionGroup var arithmetic: LensOptions
    @OptionGroup var statistics: StatisticsOptions

    @Option(help: ArgumentHelp("Which metrics, comma-separated.", valueName: "names"))
    var metrics = "ttft_ms,otps"

    @Option(help: ArgumentHelp("The wished half of the mean's interval, in percent of the mean.", valueName: "percent"))
    var halfWidth = 5.0

    @Option(help: "The probability with which a change should be found.")
    var power = 0.8

    @Option(
        help: ArgumentHelp(
            "What one more prompt costs, in requests beyond its own: adds the best number of repeats a prompt.",
            valueName: "requests"
        )
    )
    var promptCost: Double?

    @Option(help: "table, json, csv or markdown.")
    var format = "table"

    func validate() throws {
        guard halfWidth > 0, halfWidth < 1000 else {
            throw ValidationError("--half-width: expected a percentage above 0, as 5")
        }
        guard power > 0.5, power < 1 else { throw ValidationError("--power: expected 0.5 to 1, as 0.8") }
        guard promptCost.map({ $0 >= 0 && $0.isFinite }) ?? true else {
            throw ValidationError("--prompt-cost: expected a number of requests, as 3")
        }
    }

    func run() throws {
        guard let format = SampleSizeFormat.all.first(where: { $0.name == self.format }) else {
            throw UsageError.unknown("--format", self.format, SampleSizeFormat.all.map(\.name))
        }
        var plan = try statistics.plan()
        plan.lens = try arithmetic.lens()
        let columns = try plan.lens.columns(named: metrics)
        var wish = SampleSizeWish()
        wish.halfWidth = halfWidth / 100
        wish.power = power
        wish.promptCost = promptCost
        let filter = try selection.filter(plan.lens)
        let rows = try TraceAnalysis.rows(input.files(), lens: plan.lens, threads: plan.threads).rows
            .filter(filter.keeps)
        let found = GroupSampleSizes.all(rows, plan: plan, metrics: columns, wish: wish)
        Console.write(format.render(SampleSizeDocument(plan: plan, wish: wish, groups: found)))
    }
}
