// The verdict on two arms as a sentence, with the interval that it rests on.

/// What may be said of one metric of two arms.
struct VerdictSentence {
    /// The claim, in one clause.
    var claim: String
    /// What it rests on.
    var evidence: String

    /// The claim and its evidence.
    var text: String { "\(claim): \(evidence)." }

    /// Puts one statistic into words.
    ///
    /// - Parameters:
    ///   - one: The statistic, as a rule the geometric mean.
    ///   - plan: What was compared, and how sure a claim must be.
    ///   - name: What an arm is called.
    init(_ one: ComparedStatistic, plan: ComparisonPlan, name: (String) -> String = { $0 }) {
        let (candidate, baseline) = (name(one.candidate), name(one.baseline))
        let metric = MetricText.title(one.metric)
        // Simultaneous intervals have a level of their own.
        let confidence = NumberText.fixed((one.ratio.interval?.confidence ?? plan.confidence) * 100, decimals: 3)
        let interval = Self.interval(one.ratio.interval).map { "\(confidence) % interval \($0)" }
        var evidence = [interval ?? "the sample cannot bound the difference"]
        switch one.verdict {
        case .faster, .slower:
            claim = "\(candidate) is \(one.verdict.rawValue) than \(baseline) in \(metric)"
            evidence[0] = [one.ratio.value.map(Self.change), interval].compactMap { $0 }.joined(separator: ", ")
        case .practicallyEqual:
            let margin = NumberText.fixed(plan.margin * 100, decimals: 2)
            claim = "\(candidate) and \(baseline) are practically equal in \(metric)"
            evidence.append("within ±\(margin) %")
        case .uncertain where one.isConfoundedWithTime && !plan.acceptsConfounding:
            claim = "No verdict on \(metric) between \(candidate) and \(baseline)"
            evidence = [
                "the two were recorded one after the other, so that a change of the service in between would look the "
                    + "same; record them interleaved"
            ]
        case .uncertain:
            claim = "No verdict on \(metric) between \(candidate) and \(baseline)"
            if let ratio = one.ratio.interval, ratio.low.map({ $0 > 1 }) == true || ratio.high.map({ $0 < 1 }) == true {
                evidence.append("not beyond chance once all comparisons are taken together")
            }
        }
        evidence.append("\(one.count)\(one.isPaired ? " pairs" : " requests")")
        if let p = one.adjustedPValue {
            let text = NumberText.probability(p)
            evidence.append(
                "p \(text.hasPrefix("<") ? "< \(text.dropFirst())" : "= \(text)") after \(plan.adjustment == .holm ? "Holm" : "Benjamini and Hochberg")"
            )
        }
        self.evidence = evidence.joined(separator: ", ")
    }

    /// The interval of a ratio as changes in percent; `nil` where neither end is known.
    private static func interval(_ ratio: Interval?) -> String? {
        guard let ratio, ratio.low != nil || ratio.high != nil else { return nil }
        return "\(ratio.low.map(change) ?? "–") to \(ratio.high.map(change) ?? "–")"
    }

    /// A ratio as a change, for example `−12.3 %`.
    static func change(_ ratio: Double) -> String {
        NumberText.signed((ratio - 1) * 100, decimals: 1) + " %"
    }
}

extension ComparisonReport {
    /// The statistics that sentences are made of: one a pair and metric.
    var headlines: [ComparedStatistic] {
        statistics.filter { ["geometric_mean", "mean"].contains($0.statistic) }
    }
}
