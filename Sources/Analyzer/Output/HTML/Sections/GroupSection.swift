// The groups in tables: requests and outcomes, then one table a metric, each number with its interval.

enum GroupSection {
    static func section(_ document: ReportDocument) -> Page.Section {
        let tables = SummaryTables(document: document.summary)
        var content = requests(document)
        for (name, title) in tables.shown { content += metric(name, title, document) }
        content += .element(
            "ul",
            ["class": "notes"],
            Markup(
                document.summary.plan.lens.metricNames == nil ? standardNotes(document) : lensNotes(document, tables)
            )
        )
        return Page.Section(identifier: "groups", heading: "Groups", content: content)
    }

    private static func standardNotes(_ document: ReportDocument) -> [Markup] {
        let confidence = NumberText.fixed(document.plan.summary.confidence * 100, decimals: 2)
        return [
            "Below each number its \(confidence) % confidence interval; – where the sample cannot bound that side. "
                + "* marks a percentile of fewer than 10/(1−q) requests.",
            "Intervals follow the design of the recording: prompts and their repeats over time, not single requests.",
        ].map { .element("li", [:], Markup($0)) }
    }

    private static func lensNotes(_ document: ReportDocument, _ tables: SummaryTables) -> [Markup] {
        let lens = document.plan.summary.lens
        let note = "Lens \(lens.name): \(lens.summary). Numbers are what that tool's arithmetic gives on these bytes."
        return [.element("li", [:], Markup(note))] + standardNotes(document)
    }

    private static func requests(_ document: ReportDocument) -> Markup {
        let header = ["group", "requests", "ok", "failed", "warm-up", "requests/s", "tokens/s", "concurrency"]
        let rows = document.groups.map { group -> HTMLTable.Row in
            let summary = group.summary
            let concurrency = summary.concurrency.map {
                "\(NumberText.fixed($0.mean, decimals: 1)), at most \($0.maximum)"
            }
            return HTMLTable.Row(
                group: group.style,
                title: summary.name,
                cells: [
                    .number(Double(summary.total), field: "total"), .number(Double(summary.ok), field: "ok"),
                    .number(Double(summary.total - summary.ok)), .number(Double(summary.warmup), field: "warmup"),
                    .number(summary.requestsPerSecond, field: "requests_per_s"),
                    .number(summary.outputTokensPerSecond, field: "output_tokens_per_s"), .text(concurrency ?? "–"),
                ]
            )
        }
        return HTMLTable(identifier: "table-requests", caption: "Requests", header: header, rows: rows).markup()
    }

    private static func metric(_ name: String, _ title: String, _ document: ReportDocument) -> Markup {
        let statistics = ["mean", "p50", "p90", "p99"]
        let sparks = SparkHistogram.markups(
            document.groups.map { Series($0.style, values: document.values(name, of: $0)) }
        )
        let rows = document.groups.enumerated().map { index, group -> HTMLTable.Row in
            guard let metric = group.summary.metric(name) else {
                return HTMLTable.Row(group: group.style, title: group.summary.name, cells: [])
            }
            let cells = statistics.map { statistic in
                HTMLTable.Cell.estimate(
                    statistic == "mean" ? metric.mean : metric.quantile(statistic),
                    field: statistic
                )
            }
            return HTMLTable.Row(
                group: group.style,
                title: group.summary.name,
                cells: [.number(Double(metric.count), field: "n"), .drawing(sparks[index])] + cells + [
                    .number(metric.standardDeviation, field: "sd"), .number(metric.minimum, field: "min"),
                    .number(metric.maximum, field: "max"),
                ]
            )
        }
        return HTMLTable(
            identifier: "table-" + name,
            caption: title,
            header: ["group", "n", "distribution"] + statistics + ["sd", "min", "max"],
            rows: rows
        ).markup()
    }
}
