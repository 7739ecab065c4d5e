// The answer first: one sentence a comparison, or what each group does where there is nothing to compare.

enum AnswerSection {
    static func section(_ document: ReportDocument) -> Page.Section {
        var content = Markup.empty
        for report in document.comparisons {
            if document.comparisons.count > 1 {
                content += .element("h3", [:], Markup("By \(MetricText.key(report.plan.key))"))
            }
            let name = ReportDocument.armName(report)
            let sentences = report.headlines.map { one in
                let sentence = VerdictSentence(one, plan: report.plan, name: name)
                return Markup.element(
                    "li",
                    ["class": "verdict " + style(one)],
                    .element("strong", [:], Markup(sentence.claim + ".")),
                    Markup(" "),
                    .element("span", ["class": "quiet"], Markup(capitalized(sentence.evidence) + "."))
                )
            }
            content += .element("ul", ["class": "verdicts"], Markup(sentences))
        }
        if document.comparisons.isEmpty {
            content += .element("ul", ["class": "verdicts"], Markup(document.groups.map(described)))
        }
        return Page.Section(identifier: "answer", heading: "The answer", content: content)
    }

    /// The class that colours a verdict.
    static func style(_ one: ComparedStatistic) -> String {
        switch one.verdict {
        case .faster: "faster"
        case .slower: "slower"
        case .practicallyEqual: "equal"
        case .uncertain: "uncertain"
        }
    }

    /// What one group does.
    private static func described(_ group: ReportDocument.Group) -> Markup {
        let facts = ["ttft_ms", "otps", "itl_ms"].compactMap { name -> String? in
            guard let median = group.summary.metric(name)?.quantile("p50"), let value = median.value else { return nil }
            let ends = [median.interval?.low, median.interval?.high].map { $0.map(NumberText.readable) ?? "–" }
            let interval = median.interval == nil ? "" : " [\(ends[0]), \(ends[1])]"
            return "median \(MetricText.title(name)) \(NumberText.readable(value)) \(MetricText.unit(name))\(interval)"
        }
        let sentence =
            facts.isEmpty ? "none of \(group.summary.total) requests succeeded" : facts.joined(separator: "; ")
        return .element(
            "li",
            ["class": "verdict equal"],
            .element("strong", [:], Markup(group.style.name + ".")),
            Markup(" " + capitalized(sentence) + ".")
        )
    }

    /// With a great letter, and nothing torn apart at a line's end that is read as one.
    private static func capitalized(_ text: String) -> String {
        let text = text.prefix(1).uppercased() + text.dropFirst()
        return [" %", "p = ", "p < ", " pairs", " requests"].reduce(text) { text, part in
            text.replacing(part, with: part.replacing(" ", with: "\u{A0}"))
        }
    }
}
