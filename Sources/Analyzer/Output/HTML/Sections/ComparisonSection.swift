// The comparisons in full: forest plots of ratios and differences, and the table behind the sentences.

import Core

enum ComparisonSection {
    /// The section; `nil` where nothing is compared.
    static func section(_ document: ReportDocument) -> Page.Section? {
        guard !document.comparisons.isEmpty else { return nil }
        var content = Markup.empty
        for report in document.comparisons {
            let name = ReportDocument.armName(report)
            content += .element(
                "h3",
                [:],
                Markup("By \(MetricText.key(report.plan.key)), against \(name(report.baseline))")
            )
            for metric in report.plan.metrics { content += figure(report, metric: metric, name: name) }
            content += table(report, name: name)
        }
        content += .element("ul", ["class": "notes"], Markup(notes(document).map { .element("li", [:], Markup($0)) }))
        return Page.Section(identifier: "differences", heading: "Differences", content: content)
    }

    private static func notes(_ document: ReportDocument) -> [String] {
        let plan = document.plan.comparison
        let confidence = NumberText.fixed(plan.confidence * 100, decimals: 2)
        let margin = NumberText.fixed(plan.margin * 100, decimals: 2)
        return [
            "Every line: candidate against baseline, with the \(confidence) % interval; an arrow or – where the sample "
                + "cannot bound that side, a hollow dot where it bounds neither.",
            "faster, slower: the interval excludes no change and p, after Holm's correction over all comparisons of "
                + "this page, is below \(NumberText.fixed(1 - plan.confidence, decimals: 4)). practically equal: within "
                + "±\(margin) %. Pairs are the same prompt asked for the same time.",
        ]
    }

    private static func figure(_ report: ComparisonReport, metric: String, name: (String) -> String) -> Markup {
        let own = report.statistics.filter { $0.metric == metric }
        let unit = MetricText.unit(metric)
        let ratios = ForestPlot(
            title: "\(MetricText.heading(metric)), relative",
            axisTitle: "change of \(MetricText.title(metric))",
            neutral: 1,
            scale: .logarithmic,
            label: { VerdictSentence.change($0) },
            rows: own.compactMap { one in row(one, one.ratio, name) { VerdictSentence.change($0) } }
        )
        let differences = ForestPlot(
            title: "\(MetricText.heading(metric)), difference",
            axisTitle: "difference of \(MetricText.title(metric)), \(unit)",
            neutral: 0,
            scale: .linear,
            label: { NumberText.signedReadable($0) },
            rows: own.compactMap { one in row(one, one.difference, name) { NumberText.signedReadable($0) } }
        )
        let plots = [("relative", ratios), ("difference", differences)].compactMap { kind, plot in
            plot.markup().map { Figure.Drawing(value: kind, markup: $0) }
        }
        return Figure(
            identifier: "forest-\(report.plan.key)-\(metric)".replacing(".", with: "-"),
            title: MetricText.heading(metric),
            choice: .own("Show as"),
            drawings: plots,
            csv: ratios.csv() + differences.csv()
        ).markup()
    }

    private static func row(
        _ one: ComparedStatistic,
        _ effect: Estimate,
        _ name: (String) -> String,
        text: (Double) -> String
    ) -> ForestPlot.Row? {
        guard let value = effect.value else { return nil }
        let (low, high) = (effect.interval?.low, effect.interval?.high)
        let hasInterval = low != nil || high != nil
        let interval = hasInterval ? " [\(low.map(text) ?? "–"), \(high.map(text) ?? "–")]" : ""
        return ForestPlot.Row(
            comparison: name(one.candidate),
            statistic: MetricText.statistic(one.statistic),
            value: value,
            low: low,
            high: high,
            hasInterval: hasInterval,
            text: text(value) + interval,
            verdict: one.verdict.rawValue,
            style: AnswerSection.style(one)
        )
    }

    private static func table(_ report: ComparisonReport, name: (String) -> String) -> Markup {
        let rows = report.statistics.map { one in
            let isConfounded = one.isConfoundedWithTime && !report.plan.acceptsConfounding
            return HTMLTable.Row(
                title: "\(name(one.candidate)), \(MetricText.statistic(one.statistic)) \(MetricText.title(one.metric))",
                cells: [
                    .number(one.baselineValue), .number(one.candidateValue), .estimate(one.ratio, field: "ratio"),
                    .estimate(one.difference, field: "difference"),
                    .text(NumberText.probability(one.pValue)),
                    .text(NumberText.probability(one.adjustedPValue)),
                    .text("\(one.count)\(one.isPaired ? " pairs" : "")"),
                    .text(isConfounded ? "uncertain: confounded with time" : one.verdict.rawValue),
                ]
            )
        }
        let table = HTMLTable(
            identifier: "table-compare-\(report.plan.key)",
            caption: "Every comparison by \(MetricText.key(report.plan.key))",
            header: [
                "candidate", "baseline", "candidate", "ratio", "difference", "p", "p (Holm)", "n", "verdict",
            ],
            rows: rows
        )
        return .element("details", [:], .element("summary", [:], Markup("Table")), table.markup())
    }
}
