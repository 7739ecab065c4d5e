// `drift` for a person: one table, one line a group and metric, the verdict last.

struct DriftDocument {
    var plan: SummaryPlan
    var margin: Double
    var groups: [GroupStability]
}

/// A format that `drift` writes.
struct DriftFormat: Sendable {
    var name: String
    var render: @Sendable (DriftDocument) -> String

    static let all: [DriftFormat] = [
        DriftFormat(name: "table") {
            DriftText.table($0).aligned() + "\n" + DriftText.notes($0).map { $0 + "\n" }.joined()
        },
        DriftFormat(name: "json") { DriftJSON.render($0) },
        DriftFormat(name: "csv") { DriftCSV.render($0) },
        DriftFormat(name: "markdown") {
            DriftText.table($0).markdown() + "\n" + DriftText.notes($0).map { "- \($0)\n" }.joined()
        },
    ]
}

enum DriftText {
    static func table(_ document: DriftDocument) -> TextTable {
        TextTable(
            header: [
                document.plan.groupBy.map(\.description).joined(separator: " "), "metric", "n", "periods", "effective",
                "memory p", "level", "trend p", "change after", "change p", "warm-up", "verdict",
            ],
            rows: document.groups.flatMap { group in group.metrics.map { line(group.name, $0) } }
        )
    }

    private static func line(_ name: String, _ one: MetricStability) -> [String] {
        let level = one.kpss.map { kpss in
            "\(NumberText.fixed(kpss.statistic, decimals: 3))\(kpss.rejectsLevel ? " moves" : "")"
        }
        let change = one.change.map { change in
            let ratio = change.ratio.map { " (\(percent($0 - 1)))" } ?? ""
            return "\(change.after)\(ratio)"
        }
        return [
            name, one.metric, "\(one.count)", "\(one.periodCount) \(one.unit)",
            one.effectivePeriods.map { NumberText.fixed($0, decimals: 1) } ?? "–",
            NumberText.probability(one.ljungBox?.pValue), level ?? "–", NumberText.probability(one.trend?.pValue),
            change ?? "–", NumberText.probability(one.change?.pValue), one.suggestedWarmUp.map { "\($0)" } ?? "–",
            verdict(one),
        ]
    }

    /// The verdict with what it rests on.
    static func verdict(_ one: MetricStability) -> String {
        switch one.verdict {
        case .changed:
            guard let change = one.change else { return one.verdict.rawValue }
            let size = change.ratio.map { " \(percent($0 - 1))" } ?? ""
            return "changed\(size) at \(UTCText.seconds(change.instant))"
        case .drifting:
            return (one.trend?.statistic ?? 0) > 0 ? "drifting up" : "drifting down"
        case .steady, .wandering, .tooShort:
            return one.verdict.rawValue
        }
    }

    private static func percent(_ share: Double) -> String {
        "\(share > 0 ? "+" : "")\(NumberText.fixed(share * 100, decimals: 1)) %"
    }

    static func notes(_ document: DriftDocument) -> [String] {
        let level = NumberText.fixed(1 - document.plan.confidence, decimals: 4)
        let margin = NumberText.fixed(document.margin * 100, decimals: 2)
        return [
            "Series of period medians: a round asks each prompt once more; a stretch is so many requests in a row. "
                + "effective: how many independent periods they are worth.",
            "memory: Ljung–Box. level: KPSS, moves above \(Drift.KPSS.criticalValue). trend: Mann–Kendall, scaled by the "
                + "effective periods. change: Pettitt, claimed below \(level) and beyond ±\(margin) %.",
            "drifting and wandering: only where the first and the ninth decile of the periods lie more than \(margin) % apart.",
            "warm-up: leading periods that MSER-5 would leave out, a suggestion; nothing was left out.",
            "drifting or changed: intervals over the whole recording mix what came before with what came after.",
        ]
    }
}

enum DriftCSV {
    static func render(_ document: DriftDocument) -> String {
        let columns =
            document.plan.groupBy.map(\.description) + [
                "metric", "n", "unit", "periods", "effective_periods", "ljung_box", "ljung_box_p", "kpss",
                "kpss_rejects", "trend_z", "trend_p", "change_after", "change_at", "change_ratio",
                "change_superiority", "change_p", "suggested_warmup", "verdict",
            ]
        var text = columns.map(CSVText.field).joined(separator: ",") + "\n"
        for group in document.groups {
            for one in group.metrics {
                let numbers: [Double?] = [
                    one.effectivePeriods, one.ljungBox?.statistic, one.ljungBox?.pValue, one.kpss?.statistic,
                ]
                var fields = group.key.map { $0 ?? "" } + [one.metric, "\(one.count)", one.unit, "\(one.periodCount)"]
                fields += numbers.map(CSVText.number)
                fields += [
                    one.kpss.map { "\($0.rejectsLevel)" } ?? "", CSVText.number(one.trend?.z),
                    CSVText.number(one.trend?.pValue), one.change.map { "\($0.after)" } ?? "",
                    one.change.map { UTCText.text($0.instant) } ?? "", CSVText.number(one.change?.ratio),
                    CSVText.number(one.change?.superiority), CSVText.number(one.change?.pValue),
                    one.suggestedWarmUp.map { "\($0)" } ?? "", one.verdict.rawValue,
                ]
                text += fields.map(CSVText.field).joined(separator: ",") + "\n"
            }
        }
        return text
    }
}
