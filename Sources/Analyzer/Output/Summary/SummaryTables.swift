// The summary as tables of text: for a terminal, and as Markdown.

/// The tables of a summary, one a metric.
struct SummaryTables {
    /// The metrics that have a table, and its title; all others are in JSON and CSV.
    private static let titles: [(name: String, title: String)] = [
        ("ttft_ms", "Time to first token, ms"),
        ("ttst_ms", "Time from the first token to the second, ms"),
        ("otps", "Output tokens per second"),
        ("itl_ms", "Inter-token latency, ms"),
        ("tpot_ms", "Time per output token, ms"),
        ("ntpot_ms", "Normalized time per output token, ms"),
        ("ttlt_ms", "Time to last token, ms"),
        ("e2e_ms", "End to end, ms"),
    ]

    /// What people look at first; another tool's lens shows all that the tool would.
    var shown: [(name: String, title: String)] {
        let names = document.plan.lens.metricNames ?? ["ttft_ms", "otps", "itl_ms", "e2e_ms"]
        return Self.titles.filter { names.contains($0.name) }
    }

    var document: SummaryDocument

    /// Requests and outcomes by group.
    ///
    /// - Parameter namesFailures: Whether what failed has a column; else ``failures()`` says it.
    /// - Returns: The table.
    func requests(namesFailures: Bool = true) -> TextTable {
        let objective = document.plan.objective == nil ? [] : ["good", "good/s"]
        let failures = namesFailures ? ["what failed"] : []
        return TextTable(
            header: [keyTitle, "requests", "ok", "failed", "warm-up", "requests/s", "tokens/s"] + objective
                + failures,
            rows: document.groups.map { group in
                let good =
                    group.goodput.map { goodput in
                        [
                            Self.number(goodput.share.map { $0 * 100 }) + " %",
                            Self.number(goodput.requestsPerSecond),
                        ]
                    } ?? []
                return [
                    group.name, "\(group.total)", "\(group.ok)", "\(group.total - group.ok)", "\(group.warmup)",
                    Self.number(group.requestsPerSecond), Self.number(group.outputTokensPerSecond),
                ] + good + failures.map { _ in Self.failures(of: group) }
            },
            shortNames: shortNames,
            expendable: ["good/s", "tokens/s", "requests/s", "warm-up"]
        )
    }

    /// What failed, a line a group that has failures.
    func failures() -> [String] {
        document.groups.filter { !$0.outcomes.isEmpty }.map { "\($0.name): \(Self.failures(of: $0))" }
    }

    private static func failures(of group: GroupSummary) -> String {
        group.outcomes.sorted { $0.key < $1.key }.map { "\($0.key) ×\($0.value)" }.joined(separator: ", ")
    }

    /// One metric by group.
    ///
    /// - Parameters:
    ///   - name: The metric.
    ///   - distributions: A line of blocks a group; without, there is no such column.
    /// - Returns: The table.
    func metric(_ name: String, distributions: [String]? = nil) -> TextTable {
        let statistics = ["mean", "p50", "p90", "p99"]
        let shape = distributions == nil ? [] : ["distribution"]
        return TextTable(
            header: [keyTitle, "n"] + shape + statistics + ["sd", "min", "max"],
            rows: document.groups.enumerated().map { index, group in
                guard let metric = group.metric(name) else { return [group.name] }
                let cells = statistics.map { statistic in
                    Self.cell(statistic == "mean" ? metric.mean : metric.quantile(statistic))
                }
                let extremes = [metric.standardDeviation, metric.minimum, metric.maximum].map(Self.number)
                let drawn = distributions.map { [index < $0.count ? $0[index] : ""] } ?? []
                return [group.name, "\(metric.count)"] + drawn + cells + extremes
            },
            shortNames: shortNames,
            expendable: ["sd", "min", "max", "mean", "distribution", "p90", "p99"]
        )
    }

    /// What a reader must know to read the tables.
    func notes() -> [String] {
        let confidence = NumberText.fixed(document.plan.confidence * 100, decimals: 2)
        var notes = [
            "[a, b]: \(confidence) % confidence interval; – where the sample cannot bound that side; "
                + "* fewer requests than the percentile needs (10/(1−q)).",
            "\(document.plan.lens.percentiles); seed \(document.plan.seed), \(document.plan.resamples) resamples.",
            intervals,
        ]
        if document.plan.lens.metricNames != nil {
            notes.insert("Lens \(document.plan.lens.name): \(document.plan.lens.summary).", at: 0)
        }
        if let objective = document.plan.objective {
            notes.append("good: successful and \(objective.text), as a share of all requests.")
        }
        if document.plan.timeouts == .censored {
            notes.append("Timeouts lie above every value: quantiles count them, means are withheld.")
        }
        if document.isSynthetic {
            notes.insert("SYNTHETIC: these answers come from bedrock-replayer, not from a model.", at: 0)
        }
        for group in document.groups {
            if let warning = group.stamps.warning { notes.append("\(group.name): \(warning).") }
        }
        for source in document.sources where !source.isClosed {
            notes.append("\(source.file): was not closed; everything that is whole was read.")
        }
        return notes
    }

    /// What the intervals speak about, and when they are valid.
    private var intervals: String {
        let fixed =
            "valid if the number of requests was chosen before; a recording that stopped on its result needs "
            + "--interval \(IntervalChoice.alwaysValid.rawValue)"
        switch document.plan.intervals {
        case .promptsLikeThese: return "Intervals speak about prompts like these at other times; \(fixed)."
        case .thesePrompts: return "Intervals speak about these prompts at other times; \(fixed)."
        case .alwaysValid:
            return "Intervals are valid however often one looked before stopping; they take requests as independent."
        default: return "Intervals: \(document.plan.intervals.rawValue), in place of the default; \(fixed)."
        }
    }

    private var shortNames: [String] { GroupLabels.short(document.groups.map(\.key)) }

    private var keyTitle: String { document.plan.groupBy.map(\.description).joined(separator: " ") }

    private static func cell(_ estimate: Estimate?) -> String {
        guard let estimate, let value = estimate.value else { return "–" }
        let mark = estimate.flags.contains(.smallForQuantile) ? "*" : ""
        guard let interval = estimate.interval else { return NumberText.readable(value) + mark }
        return "\(NumberText.readable(value))\(mark) [\(number(interval.low)), \(number(interval.high))]"
    }

    private static func number(_ value: Double?) -> String {
        value.map(NumberText.readable) ?? "–"
    }
}

enum SummaryTable {
    static func render(_ document: SummaryDocument) -> String {
        let tables = SummaryTables(document: document)
        let style = document.style
        // The column of failures is as wide as their names: a terminal shows them below.
        var text = tables.requests(namesFailures: style.width == nil).aligned(style)
        if style.width != nil {
            text += tables.failures().map { style.styled(style.wrapped($0), .bad) + "\n" }.joined()
        }
        for (name, title) in tables.shown {
            let table = tables.metric(name, distributions: document.distributions[name])
            text += "\n\(style.styled(title, .strong))\n\(table.aligned(style))"
        }
        return text + "\n" + tables.notes().map { style.wrapped($0) + "\n" }.joined()
    }
}

enum SummaryMarkdown {
    static func render(_ document: SummaryDocument) -> String {
        let tables = SummaryTables(document: document)
        var text = tables.requests().markdown()
        for (name, title) in tables.shown {
            text += "\n### \(title)\n\n\(tables.metric(name).markdown())"
        }
        return text + "\n" + tables.notes().map { "- \($0)\n" }.joined()
    }
}
