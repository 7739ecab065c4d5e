// The summary as tables of text: for a terminal, and as Markdown.

/// A table of text cells; the first column is aligned left, the others right.
struct TextTable {
    var header: [String]
    var rows: [[String]]

    /// Columns padded to their widest cell.
    func aligned() -> String {
        let widths = header.indices.map { column in
            ([header] + rows).map { Self.width(column < $0.count ? $0[column] : "") }.max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            let padded = zip(cells.indices, cells).map { column, cell in
                let padding = String(repeating: " ", count: max(0, widths[column] - Self.width(cell)))
                return column == 0 ? cell + padding : padding + cell
            }
            var text = padded.joined(separator: "  ")
            while text.hasSuffix(" ") { text.removeLast() }
            return text
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        return ([line(header), rule] + rows.map(line)).map { $0 + "\n" }.joined()
    }

    /// A table of GitHub's Markdown.
    func markdown() -> String {
        func line(_ cells: [String]) -> String {
            "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
        }
        let rule = header.indices.map { $0 == 0 ? "---" : "---:" }
        return line(header) + line(rule) + rows.map(line).joined()
    }

    /// Every character we print takes one column.
    private static func width(_ text: String) -> Int { text.count }
}

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
    func requests() -> TextTable {
        let objective = document.plan.objective == nil ? [] : ["good", "good/s"]
        return TextTable(
            header: [keyTitle, "requests", "ok", "failed", "warm-up", "requests/s", "tokens/s"] + objective
                + ["what failed"],
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
                ] + good + [
                    group.outcomes.sorted { $0.key < $1.key }.map { "\($0.key) ×\($0.value)" }
                        .joined(separator: ", ")
                ]
            }
        )
    }

    /// One metric by group.
    func metric(_ name: String) -> TextTable {
        let statistics = ["mean", "p50", "p90", "p99"]
        return TextTable(
            header: [keyTitle, "n"] + statistics + ["sd", "min", "max"],
            rows: document.groups.map { group in
                guard let metric = group.metric(name) else { return [group.name] }
                let cells = statistics.map { statistic in
                    Self.cell(statistic == "mean" ? metric.mean : metric.quantile(statistic))
                }
                let extremes = [metric.standardDeviation, metric.minimum, metric.maximum].map(Self.number)
                return [group.name, "\(metric.count)"] + cells + extremes
            }
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
        var text = tables.requests().aligned()
        for (name, title) in tables.shown {
            text += "\n\(title)\n\(tables.metric(name).aligned())"
        }
        return text + "\n" + tables.notes().map { $0 + "\n" }.joined()
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
