// `bedrock-analyzer compare`.

import ArgumentParser

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "One arm of a recording against the others: by how much, and whether chance could have done it.",
        discussion: """
            Requests are paired by prompt and repeat where both arms asked the same. --fail-on ends with status 1 where \
            an estimate is beyond its limit and the difference is significant after Holm's correction.
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

    @Option(help: "table or json.")
    var format = "table"

    func validate() throws {
        guard margin >= 0, margin < 1000 else { throw ValidationError("--margin: expected a percentage, as 3") }
        guard ["table", "json"].contains(format) else {
            throw ValidationError("--format: '\(format)' is neither table nor json")
        }
    }

    func run() throws {
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
        Console.write(format == "json" ? CompareJSON.render(report) : CompareTable.render(report, style: Console.style))
        guard hasFailed(report, conditions) else { return }
        throw ExitCode(1)
    }

    /// Says what each condition found.
    private func hasFailed(_ report: ComparisonReport, _ conditions: [FailCondition]) -> Bool {
        var hasFailed = false
        for condition in conditions {
            for compared in report.statistics {
                let pair = "\(compared.candidate) against \(compared.baseline)"
                switch condition.judge(compared, confidence: report.plan.confidence) {
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
            throw UsageError(description: "--by: '\(by)' is none of \(GroupKey.names.joined(separator: ", "))")
        }
        guard let pairing = ComparisonPlan.Pairing(rawValue: pair) else {
            throw UsageError(description: "--pair: '\(pair)' is neither prompt nor none")
        }
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
