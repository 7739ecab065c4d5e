// What a timed-out request is to the statistics (`--timeouts`, docs/statistics.md, "Input hygiene").

/// How timeouts enter the statistics.
package enum TimeoutPolicy: String, Sendable, CaseIterable {
    /// They are counted beside the statistics.
    case excluded
    /// What they had not reached lies above every value: quantiles stay honest, means are withheld.
    case censored

    /// Durations that may end before the timeout does.
    private static let partial: Set<String> = ["ttft_ms", "ttft_scheduled_ms", "ttft_text_ms", "ttst_ms"]
    /// Durations that a timeout always cuts off.
    private static let whole: Set<String> = ["ttlt_ms", "e2e_ms"]

    /// The value of a metric that a row contributes; `nil` where it has none.
    func value(of column: MetricColumn, in row: RequestRow) -> Double? {
        guard row.outcome == .timeout else { return column.read(row.metrics) }
        if Self.whole.contains(column.name) { return .infinity }
        guard Self.partial.contains(column.name) else { return nil }
        return column.read(row.metrics) ?? .infinity
    }

    /// Whether the row enters statistics.
    func takes(_ row: RequestRow) -> Bool {
        row.outcome == .ok || (self == .censored && row.outcome == .timeout)
    }
}
