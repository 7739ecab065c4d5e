// `sample-size`: how many rounds, prompts or requests the next recording needs, as a table, CSV and JSON.

import Core

struct SampleSizeDocument {
    var plan: SummaryPlan
    var wish: SampleSizeWish
    var groups: [GroupSampleSizes]
}

/// A format that `sample-size` writes.
struct SampleSizeFormat: Sendable {
    var name: String
    var render: @Sendable (SampleSizeDocument) -> String

    static let all: [SampleSizeFormat] = [
        SampleSizeFormat(name: "table") {
            SampleSizeText.table($0).aligned() + "\n" + SampleSizeText.notes($0).map { $0 + "\n" }.joined()
        },
        SampleSizeFormat(name: "json") { SampleSizeJSON.render($0) },
        SampleSizeFormat(name: "csv") { SampleSizeCSV.render($0) },
        SampleSizeFormat(name: "markdown") {
            SampleSizeText.table($0).markdown() + "\n" + SampleSizeText.notes($0).map { "- \($0)\n" }.joined()
        },
    ]
}

enum SampleSizeText {
    static func table(_ document: SampleSizeDocument) -> TextTable {
        let hasCost = document.wish.promptCost != nil
        return TextTable(
            header: [
                document.plan.groupBy.map(\.description).joined(separator: " "), "metric", "n", "prompts", "rounds",
                "mean", "±", "ICC", "DEFF", "rounds needed", "prompts needed", "requests needed", "detectable",
            ] + (hasCost ? ["repeats a prompt"] : []),
            rows: document.groups.flatMap { group in
                group.metrics.map { line(group.name, $0) + (hasCost ? [whole($0.repeatsPerPrompt)] : []) }
            }
        )
    }

    private static func line(_ name: String, _ one: SampleSizes) -> [String] {
        let correlation = one.correlation.map { NumberText.fixed($0.correlation, decimals: 3) }
        let effect = one.correlation.map { NumberText.fixed($0.designEffect, decimals: 1) }
        let mean = one.mean.value.map(NumberText.readable)
        let recorded: [String] = [
            name, one.metric, "\(one.count)", "\(one.prompts)", "\(one.rounds)", mean ?? "–", percent(one.halfWidth),
        ]
        let wanted: [String] = [
            needed(one.roundsNeeded, one.rounds), needed(one.promptsNeeded, one.prompts),
            needed(one.requestsNeeded, one.count), percent(one.detectableChange),
        ]
        return recorded + [correlation ?? "–", effect ?? "–"] + wanted
    }

    private static func whole(_ count: Int?) -> String {
        count.map { "\($0)" } ?? "–"
    }

    private static func percent(_ share: Double?) -> String {
        share.map { "\(NumberText.fixed($0 * 100, decimals: 1)) %" } ?? "–"
    }

    /// How many in all, and how many of them are still to be recorded.
    private static func needed(_ count: Int?, _ recorded: Int) -> String {
        guard let count else { return "–" }
        return count > recorded ? "\(count) (\(count - recorded) more)" : "\(count) (enough)"
    }

    static func notes(_ document: SampleSizeDocument) -> [String] {
        let width = NumberText.fixed(document.wish.halfWidth * 100, decimals: 2)
        let confidence = NumberText.fixed(document.plan.confidence * 100, decimals: 2)
        let power = NumberText.fixed(document.wish.power * 100, decimals: 2)
        return [
            "Needed for a mean known to ±\(width) % at \(confidence) %: rounds, to speak about these prompts; prompts, "
                + "to speak about prompts like these; requests, where nothing repeats.",
            "detectable: the change of the mean that a comparison with another, unpaired recording like this one finds "
                + "with a power of \(power) %. Pairs find less: see compare.",
            "ICC: how requests of one prompt resemble one another; DEFF: how many times more requests that costs.",
        ]
    }
}

enum SampleSizeCSV {
    static func render(_ document: SampleSizeDocument) -> String {
        let columns =
            document.plan.groupBy.map(\.description) + [
                "metric", "n", "prompts", "rounds", "mean", "mean_low", "mean_high", "half_width", "icc",
                "design_effect", "rounds_needed", "prompts_needed", "requests_needed", "detectable_change",
                "repeats_per_prompt",
            ]
        var text = columns.map(CSVText.field).joined(separator: ",") + "\n"
        for group in document.groups {
            for one in group.metrics {
                let sizes = [one.roundsNeeded, one.promptsNeeded, one.requestsNeeded].map { $0.map { "\($0)" } ?? "" }
                var fields = group.key.map { $0 ?? "" }
                fields += [one.metric, "\(one.count)", "\(one.prompts)", "\(one.rounds)"]
                fields += [
                    one.mean.value, one.mean.interval?.low, one.mean.interval?.high, one.halfWidth,
                    one.correlation?.correlation, one.correlation?.designEffect,
                ].map(CSVText.number)
                fields += sizes + [CSVText.number(one.detectableChange), one.repeatsPerPrompt.map { "\($0)" } ?? ""]
                text += fields.map(CSVText.field).joined(separator: ",") + "\n"
            }
        }
        return text
    }
}

enum SampleSizeJSON {
    static func render(_ document: SampleSizeDocument) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", "bedrock-trace/sample-size/1")
            json.member("lens", document.plan.lens.name)
            json.member("confidence", document.plan.confidence)
            json.member("half_width", document.wish.halfWidth)
            json.member("power", document.wish.power)
            json.member("prompt_cost", document.wish.promptCost)
            json.groups(document.groups, of: document.plan.groupBy, key: \.key) { group, json in
                for one in group.metrics { json.member(one.metric) { write(one, &$0) } }
            }
        }
        return json.text + "\n"
    }

    private static func write(_ one: SampleSizes, _ json: inout JSONWriter) {
        json.object { json in
            json.member("n", one.count)
            json.member("prompts", one.prompts)
            json.member("rounds", one.rounds)
            json.member("mean") { SummaryJSON.write(one.mean, &$0) }
            json.member("half_width", one.halfWidth)
            json.member("icc", one.correlation?.correlation)
            json.member("design_effect", one.correlation?.designEffect)
            json.member("rounds_needed", one.roundsNeeded)
            json.member("prompts_needed", one.promptsNeeded)
            json.member("requests_needed", one.requestsNeeded)
            json.member("detectable_change", one.detectableChange)
            json.member("repeats_per_prompt", one.repeatsPerPrompt)
        }
    }
}
