// Several comparisons on one page are one family of claims: their p-values are adjusted together (Holm 1979).

enum ComparisonFamily {
    /// The same comparisons, adjusted over all of them: a claim that no longer stands becomes uncertain.
    static func adjusted(_ reports: [ComparisonReport]) -> [ComparisonReport] {
        guard reports.count > 1 else { return reports }
        let adjusted = MultipleComparisons.holm(reports.flatMap(\.statistics).map { $0.pValue ?? .nan })
        var next = 0
        return reports.map { report in
            var report = report
            for index in report.statistics.indices {
                defer { next += 1 }
                guard report.statistics[index].pValue != nil else { continue }
                report.statistics[index].adjustedPValue = adjusted[next]
                let claims = [Verdict.faster, .slower].contains(report.statistics[index].verdict)
                if claims, !report.statistics[index].isSignificant(confidence: report.plan.confidence) {
                    report.statistics[index].verdict = .uncertain
                }
            }
            return report
        }
    }
}
