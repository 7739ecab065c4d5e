// How well the measurement itself was made: where the stamps come from, how late the recorder was, what the clocks say.

import Core

enum QualitySection {
    static func section(_ document: ReportDocument) -> Page.Section {
        var content = Markup.element("p", [:], Markup(QualityText.sentence(document)))
        let rows = document.groups.map { group -> HTMLTable.Row in
            let stamps = group.summary.stamps
            return HTMLTable.Row(
                group: group.style,
                title: group.summary.name,
                cells: [
                    .number(Double(stamps.kernelStamped), field: "kernel_stamped"),
                    .number(Double(stamps.recorderStamped), field: "recorder_stamped"),
                    .number(stamps.callbackLag?.milliseconds, field: "callback_lag_p99_ms"),
                    .number(stamps.recorderDelay?.milliseconds, field: "recorder_delay_p99_ms"),
                    .number(stamps.interTokenLatency?.milliseconds),
                    .text(stamps.isDoubtful ? "doubtful" : stamps.warning == nil ? "good" : "good*"),
                ]
            )
        }
        content += HTMLTable(
            identifier: "table-quality",
            caption: "Events by where they were stamped, and how late the recorder was",
            header: [
                "group", "by kernel", "by recorder", "lag p99, ms", "own delay p99, ms", "median ITL, ms",
                "measurement",
            ],
            rows: rows
        ).markup()
        let warnings = QualityText.warnings(document).map { Markup.element("li", [:], Markup($0)) }
        if !warnings.isEmpty { content += .element("ul", ["class": "notes warn"], Markup(warnings)) }
        for (index, source) in document.summary.sources.enumerated() where !source.quality.facts.isEmpty {
            let facts = source.quality.facts.map { HTMLTable.Row(title: $0.name, cells: [.text($0.value)]) }
            content += HTMLTable(
                identifier: "table-quality-\(index + 1)",
                caption: "The recorder's self-measurement, \(TraceAnalysis.fileName(source.file))",
                header: ["what", "measured"],
                rows: facts
            ).markup()
        }
        return Page.Section(identifier: "quality", heading: "Measurement quality", content: content)
    }
}

/// The quality of a measurement in words.
enum QualityText {
    /// One sentence over all groups.
    static func sentence(_ document: ReportDocument) -> String {
        let stamps = document.groups.map(\.summary.stamps)
        let kernel = stamps.map(\.kernelStamped).reduce(0, +)
        let all = kernel + stamps.map(\.recorderStamped).reduce(0, +)
        guard all > 0 else { return "No event of a stream was recorded." }
        let share = NumberText.fixed(Double(kernel) / Double(all) * 100, decimals: 2)
        let doubtful = stamps.count(where: \.isDoubtful)
        let verdict =
            doubtful > 0
            ? "In \(doubtful) of \(stamps.count) groups the recorder's own delay is more than "
                + "\(NumberText.fixed(GroupStampQuality.threshold * 100, decimals: 1)) % of the median inter-token "
                + "latency: doubt their numbers."
            : "In no group did the recorder's own delay reach a number."
        return "\(share) % of \(all) events carry the kernel's receive stamp. \(verdict)"
    }

    /// What must be known beside, one fact a line.
    static func warnings(_ document: ReportDocument) -> [String] {
        var warnings = document.groups.compactMap { group in
            group.summary.stamps.warning.map { "* \(group.style.name): \($0)." }
        }
        for source in document.summary.sources {
            let file = TraceAnalysis.fileName(source.file)
            if !source.isClosed { warnings.append("\(file): was not closed; everything that is whole was read.") }
            for drop in source.drops { warnings.append("\(file): left out, \(drop.reason): \(drop.message)") }
        }
        return warnings
    }

    /// What is known of a recording's clock.
    static func clock(_ source: TraceAnalysis.Source) -> String {
        guard let first = source.clocks.first else { return "no snapshot" }
        let state =
            first.snapshot.synchronization.map { state in
                state.isSynchronized
                    ? "synchronized, within \(NumberText.readable(Double(state.maximumErrorMicroseconds) / 1e3)) ms"
                    : "not synchronized"
            } ?? "synchronization unknown"
        let drift =
            MonotonicClock(source.clocks).map {
                "; monotonic time kept within \(MicrosecondText.text($0.spread)) over \(source.clocks.count) snapshots"
            } ?? ""
        return "wall clock \(state)\(drift)"
    }
}
