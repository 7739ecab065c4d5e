// `compare --format csv`: one row a metric, candidate and statistic, numbers at full precision (RFC 4180).

enum CompareCSV {
    static func render(_ report: ComparisonReport) -> String {
        let columns = [
            "metric", "baseline", "candidate", "statistic", "baseline_value", "candidate_value", "ratio", "ratio_low",
            "ratio_high", "difference", "difference_low", "difference_high", "p_value", "p_adjusted", "paired", "n",
            "detectable_change", "verdict", "confounded_with_time",
        ]
        var text = columns.joined(separator: ",") + "\n"
        for one in report.statistics {
            let numbers = [
                one.baselineValue, one.candidateValue, one.ratio.value, one.ratio.interval?.low,
                one.ratio.interval?.high, one.difference.value, one.difference.interval?.low,
                one.difference.interval?.high, one.pValue, one.adjustedPValue,
            ]
            let fields =
                [one.metric, one.baseline, one.candidate, one.statistic].map(CSVText.field)
                + numbers.map(CSVText.number)
                + [
                    "\(one.isPaired)", "\(one.count)", CSVText.number(one.detectableChange), one.verdict.rawValue,
                    "\(one.isConfoundedWithTime)",
                ]
            text += fields.joined(separator: ",") + "\n"
        }
        return text
    }
}
