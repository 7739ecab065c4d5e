// `compare` for a person: one table a metric, the ratio first and the verdict in words.

/// A format that comparisons can be written in.
struct CompareFormat: Sendable {
    var name: String
    /// Only what a person reads as it comes has a look.
    var render: @Sendable (ComparisonReport, TextStyle) -> String

    static let all: [CompareFormat] = [
        CompareFormat(name: "table") { CompareTable.render($0, style: $1) },
        CompareFormat(name: "json") { report, _ in CompareJSON.render(report) },
        CompareFormat(name: "csv") { report, _ in CompareCSV.render(report) },
        CompareFormat(name: "markdown") { report, _ in CompareTable.markdown(report) },
    ]
}

enum CompareTable {
    static func render(_ report: ComparisonReport, style: TextStyle = .plain) -> String {
        var text = style.wrapped(title(report)) + "\n"
        text += "\n"
        for one in report.headlines {
            let lines = style.wrapped(VerdictSentence(one, plan: report.plan).text)
            text += styled(lines, one.verdict, style) + "\n"
        }
        for metric in report.plan.metrics {
            let title = style.styled("\(MetricText.heading(metric)), \(metric)", .strong)
            text += "\n\(title)\n\(table(report, metric: metric).aligned(style))"
        }
        return text + "\n" + notes(report).map { style.wrapped($0) + "\n" }.joined()
    }

    private static func styled(_ text: String, _ verdict: Verdict, _ style: TextStyle) -> String {
        switch verdict {
        case .faster: style.styled(text, .good)
        case .slower: style.styled(text, .bad)
        case .practicallyEqual: style.styled(text, .strong)
        case .uncertain: text
        }
    }

    static func markdown(_ report: ComparisonReport) -> String {
        var text = title(report) + "\n"
        for metric in report.plan.metrics {
            text += "\n### \(metric)\n\n\(table(report, metric: metric).markdown())"
        }
        return text + "\n" + notes(report).map { "- \($0)\n" }.joined()
    }

    private static func title(_ report: ComparisonReport) -> String {
        let arms = report.arms.map { "\($0.name): \($0.ok) of \($0.total) ok" }.joined(separator: ", ")
        return "By \(report.plan.key), against \(report.baseline). \(arms)."
    }

    /// The statistics of one metric.
    static func table(_ report: ComparisonReport, metric: String) -> TextTable {
        let rows = report.statistics.filter { $0.metric == metric }
        let names = GroupLabels.short(Array(Set(rows.map(\.candidate))).sorted())
        let adjusted = report.plan.adjustment == .holm ? "p (Holm)" : "q (BH)"
        return TextTable(
            header: [
                "candidate", "statistic", "baseline", "value", "ratio", "difference", "p", adjusted, "n", "detectable",
                "verdict",
            ],
            rows: rows.map { one in
                [
                    one.candidate, one.statistic.replacing("_", with: " "), number(one.baselineValue),
                    number(one.candidateValue), cell(one.ratio, decimals: 4), cell(one.difference, decimals: nil),
                    NumberText.probability(one.pValue), NumberText.probability(one.adjustedPValue),
                    "\(one.count)\(one.isPaired ? " pairs" : "")",
                    one.detectableChange.map { "\(NumberText.fixed($0 * 100, decimals: 1)) %" } ?? "–",
                    verdict(one, report.plan),
                ]
            },
            shortNames: rows.map { names[$0.candidate] ?? $0.candidate },
            expendable: ["p", "n", adjusted, "detectable", "difference", "baseline", "value"]
        )
    }

    /// The verdict, and the size of the change where it claims one.
    private static func verdict(_ one: ComparedStatistic, _ plan: ComparisonPlan) -> String {
        if one.isConfoundedWithTime, !plan.acceptsConfounding { return "uncertain: confounded with time" }
        guard [.faster, .slower].contains(one.verdict), let ratio = one.ratio.value else { return one.verdict.rawValue }
        let change = (ratio - 1) * 100
        return "\(one.verdict.rawValue) (\(change > 0 ? "+" : "")\(NumberText.fixed(change, decimals: 1)) %)"
    }

    private static func notes(_ report: ComparisonReport) -> [String] {
        let confidence = NumberText.fixed(report.confidenceOfEach * 100, decimals: 3)
        let together =
            report.plan.isSimultaneous
            ? ", so that all hold together with \(NumberText.fixed(report.plan.confidence * 100, decimals: 2)) %" : ""
        let margin = NumberText.fixed(report.plan.margin * 100, decimals: 2)
        let adjusted =
            report.plan.adjustment == .holm
            ? "p (Holm, over every line here)" : "q (Benjamini–Hochberg, over every line here)"
        var notes = [
            "ratio and difference: candidate against baseline, [a, b] the \(confidence) % confidence interval\(together); "
                + "– where the sample cannot bound that side.",
            "faster, slower: the interval excludes 1 and \(adjusted) is below "
                + "\(NumberText.fixed(1 - report.plan.confidence, decimals: 4)); "
                + "practically equal: the interval lies within ±\(margin) %.",
            "detectable: the change that such a recording finds in 80 of 100 cases.",
            "Claims speak about \(report.plan.target.rawValue) at other times. seed \(report.plan.seed), "
                + "\(report.plan.resamples) resamples.",
        ]
        notes += report.statistics.compactMap(robust)
        if report.statistics.contains(where: \.isConfoundedWithTime) {
            notes.append(
                "confounded with time: the arms were recorded one after the other, so that a change of the service "
                    + "in between looks like a difference; record them interleaved."
            )
        }
        if report.statistics.contains(where: { !$0.isPaired }) {
            notes.append("Lines without pairs compare different prompts or repeats, which widens their intervals.")
        }
        return notes
    }

    /// The effects that wild values can't move, in one line.
    private static func robust(_ one: ComparedStatistic) -> String? {
        guard let robust = one.robust else { return nil }
        let name = "\(one.metric), \(one.candidate)"
        switch robust {
        case .paired(let median, let ranks):
            let zeros = (ranks?.zeroCount ?? 0) > 0 ? ", \(ranks?.zeroCount ?? 0) pairs without a difference" : ""
            return "\(name): median ratio of the pairs \(cell(median, decimals: 4)), signed-rank p of pairs taken as "
                + "independent \(NumberText.probability(ranks?.test.pValue))\(zeros)."
        case .unpaired(let shift, let test, let superiority):
            let reach =
                test.smallestPossible > 0.05
                ? " (so few requests cannot go below \(NumberText.fixed(test.smallestPossible, decimals: 4)))" : ""
            let share = superiority.map {
                ", larger than a baseline's in \(NumberText.fixed($0.probability * 100, decimals: 1)) %"
            }
            return "\(name): of requests taken as independent the median shift is \(cell(shift, decimals: nil)), "
                + "Mann–Whitney p \(NumberText.probability(test.pValue))\(reach)\(share ?? "")."
        }
    }

    private static func cell(_ estimate: Estimate, decimals: Int?) -> String {
        func text(_ value: Double) -> String {
            decimals.map { NumberText.fixed(value, decimals: $0) } ?? NumberText.readable(value)
        }
        guard let value = estimate.value else { return "–" }
        guard let interval = estimate.interval else { return text(value) }
        return "\(text(value)) [\(interval.low.map(text) ?? "–"), \(interval.high.map(text) ?? "–")]"
    }

    private static func number(_ value: Double?) -> String {
        value.map(NumberText.readable) ?? "–"
    }
}
