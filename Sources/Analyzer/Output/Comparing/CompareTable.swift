// `compare` for a person: one table a metric, the ratio first and the verdict in words.

enum CompareTable {
    static func render(_ report: ComparisonReport, style: TextStyle = .plain) -> String {
        let arms = report.arms.map { "\($0.name): \($0.ok) of \($0.total) ok" }.joined(separator: ", ")
        var text = style.wrapped("By \(report.plan.key), against \(report.baseline). \(arms).") + "\n"
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

    /// The statistics of one metric.
    static func table(_ report: ComparisonReport, metric: String) -> TextTable {
        table(report.statistics.filter { $0.metric == metric })
    }

    private static func table(_ rows: [ComparedStatistic]) -> TextTable {
        let names = GroupLabels.short(Array(Set(rows.map(\.candidate))).sorted())
        return TextTable(
            header: [
                "candidate", "statistic", "baseline", "value", "ratio", "difference", "p", "p (Holm)", "n",
                "verdict",
            ],
            rows: rows.map { one in
                [
                    one.candidate, one.statistic.replacing("_", with: " "), number(one.baselineValue),
                    number(one.candidateValue), cell(one.ratio, decimals: 4), cell(one.difference, decimals: nil),
                    probability(one.pValue), probability(one.adjustedPValue),
                    "\(one.count)\(one.isPaired ? " pairs" : "")", verdict(one),
                ]
            },
            shortNames: rows.map { names[$0.candidate] ?? $0.candidate },
            expendable: ["p", "n", "p (Holm)", "difference", "baseline", "value"]
        )
    }

    /// The verdict, and the size of the change where it claims one.
    private static func verdict(_ one: ComparedStatistic) -> String {
        if one.isConfoundedWithTime { return "uncertain: confounded with time" }
        guard [.faster, .slower].contains(one.verdict), let ratio = one.ratio.value else { return one.verdict.rawValue }
        let change = (ratio - 1) * 100
        return "\(one.verdict.rawValue) (\(change > 0 ? "+" : "")\(NumberText.fixed(change, decimals: 1)) %)"
    }

    private static func notes(_ report: ComparisonReport) -> [String] {
        let confidence = NumberText.fixed(report.plan.confidence * 100, decimals: 2)
        let margin = NumberText.fixed(report.plan.margin * 100, decimals: 2)
        var notes = [
            "ratio and difference: candidate against baseline, [a, b] the \(confidence) % confidence interval; "
                + "– where the sample cannot bound that side.",
            "faster, slower: the interval excludes 1 and p (Holm, over every line here) is below "
                + "\(NumberText.fixed(1 - report.plan.confidence, decimals: 4)); "
                + "practically equal: the interval lies within ±\(margin) %.",
            "seed \(report.plan.seed), \(report.plan.resamples) resamples.",
        ]
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

    private static func probability(_ value: Double?) -> String {
        value.map(VerdictSentence.probability) ?? "–"
    }
}
