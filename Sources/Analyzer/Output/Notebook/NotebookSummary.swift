// `summary --schema aws-samples`: the notebook's `analysis_summary` CSV, pandas' arithmetic on the successes of a group.

import Core

enum NotebookSummary {
    private static let columns = [
        "model", "region", "inference_profile", "sample_size", "TTFT_mean", "TTFT_p50", "TTFT_p90", "TTFT_std",
        "avg_input_tokens", "avg_output_tokens", "total_time_mean", "total_time_p50", "total_time_p90", "OTPS_mean",
        "OTPS_p50", "OTPS_p90", "OTPS_std",
    ]

    /// One row for each model, region and profile with a success.
    static func render(_ rows: [RequestRow]) -> String {
        var groups: [[String]: [RequestRow]] = [:]
        for row in rows where row.outcome == .ok && !row.isWarmup {
            groups[[row.model, row.region, NotebookProfile.name(row)], default: []].append(row)
        }
        let keys = groups.keys.sorted {
            $0.lexicographicallyPrecedes($1) { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
        let lines = keys.map { key in line(key, groups[key] ?? []) }
        return ([columns] + lines).map { $0.joined(separator: ",") + "\n" }.joined()
    }

    private static func line(_ key: [String], _ rows: [RequestRow]) -> [String] {
        let ttft = rows.compactMap { $0.metrics.ttft.map { $0 / 1000 } }
        let total = rows.compactMap { $0.metrics.endToEnd.map { $0 / 1000 } }
        let speed = rows.compactMap(\.metrics.outputTokensPerSecond)
        let input = rows.compactMap { $0.usage.inputTokens.map(Double.init) }
        let output = rows.compactMap { $0.usage.outputTokens.map(Double.init) }
        let numbers: [Double?] = [
            Moments.mean(ttft), quantile(ttft, 0.5), quantile(ttft, 0.9), Moments.standardDeviation(ttft),
            Moments.mean(input), Moments.mean(output),
            Moments.mean(total), quantile(total, 0.5), quantile(total, 0.9),
            Moments.mean(speed), quantile(speed, 0.5), quantile(speed, 0.9), Moments.standardDeviation(speed),
        ]
        return key.map(CSVText.field) + ["\(rows.count)"] + numbers.map(text)
    }

    private static func quantile(_ values: [Double], _ p: Double) -> Double? {
        Quantile.value(sorted: values.sorted(), p: p)
    }

    /// Three decimals; nothing where pandas has NaN.
    private static func text(_ value: Double?) -> String {
        value.map { "\(($0 * 1000).rounded(.toNearestOrEven) / 1000)" } ?? ""
    }
}
