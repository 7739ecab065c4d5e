// `bedrock-analyzer compare`.

import ArgumentParser

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "One arm of a recording against the others: by how much, and whether chance could have done it.",
        discussion: """
            Requests are paired by prompt and repeat where both arms asked the same. --fail-on ends with status 1 where \
            an estimate is beyond its limit and the difference is significant among all of the report.
            """
    )

    @OptionGroup var input: TraceArguments
    @OptionGroup var selection: FilterOptions
    @OptionGroup var arithmetic: LensOptions
    @OptionGroup var sampling: SamplingOptions

    @Option(
        help: ArgumentHelp("What tells the arms apart: \(GroupKey.names.joined(separator: ", ")).", valueName: "key")
    )
    var by = "model"

    @Option(help: ArgumentHelp("The arm to compare with; the first by name unless given.", valueName: "value"))
    var baseline: String?

    @Option(help: "prompt: the same prompt asked for the same time, where possible; none: never.")
    var pair = "prompt"

    @Option(help: ArgumentHelp("What to compare, comma-separated.", valueName: "names"))
    var metrics = "ttft_ms,otps"

    @Option(help: ArgumentHelp("Ratios this close to 1, in percent, are practically equal.", valueName: "percent"))
    var margin = 3.0

    @Option(
        name: .customLong("fail-on"),
        help: ArgumentHelp("End with status 1 on such a change, for example 'ttft_ms.p50 > +5%'.", valueName: "change")
    )
    var failOn: [String] = []

    @Option(
        name: .customLong("interval"),
        help: "What the claims speak about: prompts-like-these, or these-prompts (narrower, and for these only)."
    )
    var intervalName = IntervalChoice.promptsLikeThese.rawValue

    @Option(help: "How p-values allow for their number: holm, against any false claim; bh, against many (screening).")
    var adjust = ComparisonPlan.Adjustment.holm.rawValue

    @Flag(help: "Widen the intervals so that all of them hold together with the confidence (Bonferroni).")
    var simultaneous = false

    @Flag(help: "Judge arms that were recorded one after the other as if time had changed nothing.")
    var acceptConfounding = false

    @Option(help: "table, json, csv or markdown.")
    var format = "table"

    func validate() throws {
        guard margin >= 0, margin < 1000 else { throw ValidationError("--margin: expected a percentage, as 3") }
    }

    func run() throws {
        guard let format = CompareFormat.all.first(where: { $0.name == self.format }) else {
            throw UsageError.unknown("--format", self.format, CompareFormat.all.map(\.name))
        }
        let plan = try plan()
        let conditions = try failOn.map { try condition($0, plan) }
        let filter = try selection.filter(plan.lens)
        let rows = try TraceAnalysis.rows(input.files(), lens: plan.lens, threads: plan.threads).rows.filter(
            filter.keeps
        )
        let report: ComparisonReport
        do throws(ComparisonError) {
            report = try ComparisonReport(rows, plan: plan)
        } catch {
            throw UsageError(description: error.description)
        }
        Console.write(format.render(report, Console.style))
        guard hasFailed(report, conditions) else { return }
        throw ExitCode(1)
    }

    /// Says what each condition found.
    private func hasFailed(_ report: ComparisonReport, _ conditions: [FailCondition]) -> Bool {
        var hasFailed = false
        for condition in conditions {
            for compared in report.statistics {
                let pair = "\(compared.candidate) against \(compared.baseline)"
                switch condition.judge(
                    compared,
                    confidence: report.plan.confidence,
                    acceptsConfounding: report.plan.acceptsConfounding
                ) {
                case .notMeant, .kept: continue
                case .undecided:
                    Console.talk(
                        "bedrock-analyzer: \(condition.text): \(pair): undecided, chance or time could explain it"
                    )
                case .failed:
                    Console.talk("bedrock-analyzer: \(condition.text): \(pair): failed")
                    hasFailed = true
                }
            }
        }
        return hasFailed
    }

    private func plan() throws -> ComparisonPlan {
        var plan = ComparisonPlan()
        guard let key = GroupKey(by) else {
            throw UsageError.unknown("--by", by, GroupKey.names)
        }
        guard let pairing = ComparisonPlan.Pairing(rawValue: pair) else {
            throw UsageError(description: "--pair: '\(pair)' is neither prompt nor none")
        }
        switch IntervalChoice(rawValue: intervalName) {
        case .promptsLikeThese: plan.target = .promptsLikeThese
        case .thesePrompts: plan.target = .thesePrompts
        default:
            throw UsageError(
                description: "--interval: '\(intervalName)' is neither prompts-like-these nor these-prompts"
            )
        }
        guard let adjustment = ComparisonPlan.Adjustment(rawValue: adjust) else {
            throw UsageError(description: "--adjust: '\(adjust)' is neither holm nor bh")
        }
        plan.adjustment = adjustment
        plan.isSimultaneous = simultaneous
        plan.acceptsConfounding = acceptConfounding
        plan.key = key
        plan.baseline = baseline
        plan.pairing = pairing
        plan.metrics = metrics.split(separator: ",").map { $0.filter { $0 != " " } }
        plan.lens = try arithmetic.lens()
        plan.margin = margin / 100
        plan.confidence = sampling.confidence
        plan.resamples = sampling.resamples
        plan.seed = sampling.seed
        plan.threads = sampling.threads
        guard !plan.metrics.isEmpty else { throw UsageError(description: "--metrics: expected at least one") }
        return plan
    }

    private func condition(_ text: String, _ plan: ComparisonPlan) throws -> FailCondition {
        let condition: FailCondition
        do throws(FilterError) {
            condition = try FailCondition(text)
        } catch {
            throw UsageError(description: "--fail-on: \(error)")
        }
        guard plan.metrics.contains(condition.metric) else {
            throw UsageError(description: "--fail-on: '\(condition.metric)' is not among --metrics \(metrics)")
        }
        return condition
    }
}
