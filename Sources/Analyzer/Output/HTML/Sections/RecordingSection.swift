// How the traces were recorded and the numbers made: plan, versions, clocks, definitions, and the command that does it again.

import Core

enum RecordingSection {
    static func section(_ document: ReportDocument) -> Page.Section {
        var content = Markup.empty
        for (index, source) in document.summary.sources.enumerated() {
            content += HTMLTable(
                identifier: "table-recording-\(index + 1)",
                caption: source.file,
                header: ["what", "value"],
                rows: facts(source).map { HTMLTable.Row(title: $0.name, cells: [.text($0.value)]) }
            ).markup()
        }
        return Page.Section(identifier: "recording", heading: "How it was recorded", content: content)
    }

    /// The definitions and methods behind the numbers.
    static func methods(_ document: ReportDocument) -> Page.Section {
        let plan = document.plan.summary
        let definitions = [
            ("ttft_ms", "first token − dispatch; connecting is taken out where the connection was new"),
            ("otps", "output tokens ÷ (last token − first token)"),
            (
                "itl_ms",
                "gaps between successive deltas that carry content, of all requests, the request as their cluster"
            ),
            ("e2e_ms", "last byte − dispatch, connecting included"),
        ].map { HTMLTable.Row(title: $0.0, cells: [.text($0.1)]) }
        var content = Markup.empty
        if plan.lens.metricNames == nil {
            content += HTMLTable(
                identifier: "table-definitions",
                caption: "Definitions (lens \(plan.lens.name))",
                header: ["metric", "is"],
                rows: definitions
            ).markup()
        }
        content += .element(
            "p",
            [:],
            Markup(
                "\(plan.lens.percentiles). \(NumberText.fixed(plan.confidence * 100, decimals: 2)) % intervals; "
                    + "\(plan.resamples) resamples, seed \(plan.seed). Only successful requests that are no warm-up enter; "
                    + "all others are counted."
            )
        )
        let rows = document.groups.flatMap { group in
            group.summary.metrics.filter { document.distributed.contains($0.name) }.map { metric in
                HTMLTable.Row(
                    group: group.style,
                    title: group.summary.name,
                    cells: [.text(metric.name), .text(method(metric.mean))]
                        + metric.quantiles.filter { $0.name != "p95" }.map { .text(method($0.estimate)) }
                )
            }
        }
        let table = HTMLTable(
            identifier: "table-methods",
            caption: "How each interval was made",
            header: ["group", "metric", "mean", "p50", "p90", "p99"],
            rows: rows
        )
        content += .element(
            "details",
            [:],
            .element("summary", [:], Markup("How each interval was made")),
            table.markup()
        )
        content += .element("h3", [:], Markup("This page again"))
        content += .element("pre", ["id": "command", "tabindex": "0"], Markup(document.plan.command))
        content += .element(
            "p",
            ["class": "quiet"],
            Markup("bedrock-analyzer \(BedrockTrace.version). The same traces and command give the same bytes.")
        )
        return Page.Section(identifier: "methods", heading: "How the numbers were made", content: content)
    }

    private static func method(_ estimate: Estimate) -> String {
        let flags = estimate.flags.map(\.description).joined(separator: ", ")
        return estimate.method.rawValue + (flags.isEmpty ? "" : " (\(flags))")
    }

    /// What a trace says of its recording.
    private static func facts(_ source: TraceAnalysis.Source) -> [(name: String, value: String)] {
        var facts: [(name: String, value: String)] = []
        if let origin = source.origin {
            let details = origin.values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            let name = origin.isSynthetic ? "SYNTHETIC, served by bedrock-replayer" : origin.kind.rawValue
            facts.append(("answers from", ([name] + details).joined(separator: "; ")))
        } else {
            facts.append(("answers from", "not stated"))
        }
        facts.append(("clock", QualityText.clock(source)))
        guard let run = source.run else { return facts }
        facts.append(("run", "\(run.runID), segment \(run.segment)"))
        for (name, value) in run.values.sorted(by: { $0.key < $1.key }) where !value.isEmpty && name != "plan" {
            facts.append((name.replacing("_", with: " "), value))
        }
        if let plan = run.values["plan"] { facts += PlanText.members(plan).map { ("plan: " + $0.name, $0.value) } }
        return facts
    }
}

/// The load plan of a recording, as its metadata holds it.
enum PlanText {
    /// The members of a JSON object, values as they stand; the whole text where it is none.
    static func members(_ json: String) -> [(name: String, value: String)] {
        let bytes = Array(json.utf8)
        do throws(JSONError) {
            var members: [(name: String, value: String)] = []
            var cursor = JSONCursor(bytes.span.bytes)
            try cursor.enterObject()
            while let key = try cursor.nextKey() {
                let name = try cursor.text(key)
                let range = try cursor.skipValue()
                var value = String(decoding: bytes[range], as: UTF8.self)
                if value == "null" { continue }
                if value.hasPrefix("\""), value.count >= 2 { value = String(value.dropFirst().dropLast()) }
                members.append((name.replacing("_", with: " "), value))
            }
            return members
        } catch {
            return [("as recorded", json)]
        }
    }
}
