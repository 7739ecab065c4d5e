// `summary --format csv`: one row a group and metric, numbers at full precision (RFC 4180).

enum SummaryCSV {
    static func render(_ document: SummaryDocument) -> String {
        let keys = document.plan.groupBy.map(\.description)
        let statistics = ["mean"] + MetricSummary.probabilities.map(\.name)
        let columns =
            keys + ["requests", "ok", "warmup", "metric", "n"]
            + statistics.flatMap { [$0, "\($0)_low", "\($0)_high"] } + ["sd", "min", "max"]
        var text = columns.map(CSVText.field).joined(separator: ",") + "\n"
        for group in document.groups {
            let identity = group.key.map { CSVText.field($0 ?? "") }
            for metric in group.metrics {
                let estimates = [metric.mean] + metric.quantiles.map(\.estimate)
                let numbers = estimates.flatMap { [$0.value, $0.interval?.low, $0.interval?.high] }
                let extremes = [metric.standardDeviation, metric.minimum, metric.maximum]
                let fields =
                    identity + ["\(group.total)", "\(group.ok)", "\(group.warmup)", metric.name, "\(metric.count)"]
                    + (numbers + extremes).map(CSVText.number)
                text += fields.joined(separator: ",") + "\n"
            }
        }
        return text
    }
}
