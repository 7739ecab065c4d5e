// `report --format markdown`: a report short enough for a pull request, in GitHub's Markdown.

enum ReportMarkdown {
    static func render(_ document: ReportDocument) -> String {
        var text = "## \(escaped(document.plan.title))\n\n"
        if document.summary.isSynthetic {
            text += "> **Synthetic**: these answers come from bedrock-replayer, not from a model.\n\n"
        }
        for report in document.comparisons {
            let name = ReportDocument.armName(report)
            if document.comparisons.count > 1 { text += "**By \(MetricText.key(report.plan.key))**\n\n" }
            for one in report.headlines {
                let sentence = VerdictSentence(one, plan: report.plan, name: name)
                text += "- \(mark(one)) **\(escaped(sentence.claim))**: \(escaped(sentence.evidence)).\n"
            }
            text += "\n"
        }
        text += "\(escaped(QualityText.sentence(document)))\n\n"
        for warning in QualityText.warnings(document) { text += "- \(escaped(warning))\n" }
        let tables = SummaryTables(document: document.summary)
        text += "\n### Groups\n\n\(tables.requests().markdown())"
        for (name, title) in tables.shown { text += "\n#### \(title)\n\n\(tables.metric(name).markdown())" }
        for report in document.comparisons {
            text += "\n<details><summary>Every comparison by \(escaped(MetricText.key(report.plan.key)))</summary>\n"
            for metric in report.plan.metrics {
                text +=
                    "\n\(escaped(MetricText.heading(metric)))\n\n\(CompareTable.table(report, metric: metric).markdown())"
            }
            text += "\n</details>\n"
        }
        text += "\n" + tables.notes().map { "- \(escaped($0))\n" }.joined()
        return text + "\nMade by:\n\n```sh\n\(document.plan.command)\n```\n"
    }

    private static func mark(_ one: ComparedStatistic) -> String {
        switch one.verdict {
        case .faster: "🟢"
        case .slower: "🔴"
        case .practicallyEqual: "⚪"
        case .uncertain: "❔"
        }
    }

    /// Text that Markdown takes for text.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            if "\\`*_[]<>|#".contains(character) { escaped.append("\\") }
            escaped.append(character)
        }
        return escaped
    }
}
