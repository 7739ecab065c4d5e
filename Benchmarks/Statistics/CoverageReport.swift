// The tables of the coverage study, as Markdown for docs/statistics.md and as JSON.

import Core

struct CoverageReport {
    var seed: UInt64
    var repetitions: Int
    var independent: [CoverageRow]
    var dependent: [CoverageRow]
    var pooled: [CoverageRow]
    var rejections: [RejectionRow]
    var drift: [RejectionRow]

    // MARK: Markdown

    var markdown: String {
        """
        Seed \(seed). Coverage in percent of nominal 95 % intervals ± the simulation's standard error; in brackets the share \
        of intervals whose upper end the sample could not identify, where there are any.

        ### Independent requests (lognormal, σ = 1)

        \(coverage(independent, columns: "scenario"))
        ### Prompts and time (lognormal; deviations: prompt 0.4, time 0.15 with autocorrelation ρ, noise 0.3)

        \(coverage(dependent, columns: "statistic"))
        ### Pooled gaps

        \(coverage(pooled, columns: "statistic"))
        ### A against B: rejections at 5 %, in percent (10 prompts × 96 rounds, ρ = 0.9)

        \(table(rejections, "rejected"))
        ### Drift: claims in percent, of series of round medians with a deviation of 15 %

        \(table(drift, "claimed"))
        """
    }

    /// One line a method and the other of scenario and statistic, which is not the columns.
    private func coverage(_ rows: [CoverageRow], columns: String) -> String {
        func column(_ row: CoverageRow) -> String { columns == "scenario" ? row.scenario : row.statistic }
        func line(_ row: CoverageRow) -> [String] {
            columns == "scenario" ? [row.statistic, row.method] : [row.scenario, row.method]
        }
        let names = unique(rows.map(column))
        let title = columns == "scenario" ? "statistic" : "scenario"
        var text = "| \(title) | method | \(names.joined(separator: " | ")) |\n"
        text += "| --- | --- |" + names.map { _ in " ---: |" }.joined() + "\n"
        for identity in unique(rows.map(line)) {
            let cells = names.map { name in
                rows.first { column($0) == name && line($0) == identity }.map(cell) ?? "–"
            }
            text += "| " + (identity + cells).joined(separator: " | ") + " |\n"
        }
        return text
    }

    private func cell(_ row: CoverageRow) -> String {
        let missing = row.count.shareWithoutUpperEnd
        let note = missing > 0 ? " [\(percent(missing))]" : ""
        return "\(percent(row.count.share)) ± \(percent(row.count.standardError))\(note)"
    }

    /// One line a scenario, one column a method where all scenarios have the same ones.
    private func table(_ rows: [RejectionRow], _ title: String) -> String {
        let methods = unique(rows.map(\.method))
        let scenarios = unique(rows.map(\.scenario))
        func cell(_ row: RejectionRow) -> String { "\(percent(row.share)) ± \(percent(row.standardError))" }
        guard rows.count < methods.count * scenarios.count else {
            var text = "| scenario | \(methods.joined(separator: " | ")) |\n| --- |"
            text += methods.map { _ in " ---: |" }.joined() + "\n"
            for scenario in scenarios {
                let cells = rows.filter { $0.scenario == scenario }.map(cell)
                text += "| \(scenario) | \(cells.joined(separator: " | ")) |\n"
            }
            return text
        }
        var text = "| scenario | method | \(title) |\n| --- | --- | ---: |\n"
        for row in rows { text += "| \(row.scenario) | \(row.method) | \(cell(row)) |\n" }
        return text
    }

    private func percent(_ share: Double) -> String {
        let tenths = Int((share * 1_000).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
        var seen: Set<Value> = []
        return values.filter { seen.insert($0).inserted }
    }

    // MARK: JSON

    var json: String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", "bedrock-trace/coverage/1")
            json.member("seed", seed)
            json.member("confidence", CoverageBenchmark.confidence)
            for (name, rows) in [("independent", independent), ("dependent", dependent), ("pooled", pooled)] {
                json.member(name) { json in
                    json.array { json in for row in rows { write(row, &json) } }
                }
            }
            for (name, rows) in [("rejections", rejections), ("drift", drift)] {
                json.member(name) { json in
                    json.array { json in for row in rows { write(row, &json) } }
                }
            }
        }
        return json.text + "\n"
    }

    private func write(_ row: RejectionRow, _ json: inout JSONWriter) {
        json.object { json in
            json.member("scenario", row.scenario)
            json.member("method", row.method)
            json.member("rejected", row.rejected)
            json.member("repetitions", row.count)
        }
    }

    private func write(_ row: CoverageRow, _ json: inout JSONWriter) {
        json.object { json in
            json.member("scenario", row.scenario)
            json.member("statistic", row.statistic)
            json.member("method", row.method)
            json.member("covered", row.count.covered)
            json.member("missed_above", row.count.missedAbove)
            json.member("missed_below", row.count.missedBelow)
            json.member("without_upper_end", row.count.withoutUpperEnd)
            json.member("repetitions", row.count.count)
            if let expected = row.expected, let distance = row.distance {
                json.member("reference", expected.share)
                json.member("standard_errors_from_reference", distance)
            }
        }
    }
}
