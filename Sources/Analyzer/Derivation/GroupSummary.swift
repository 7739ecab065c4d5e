// Requests put into groups, and what is said of each group.

import Core

/// How statistics are made; the same plan and rows give the same numbers on any machine.
package struct SummaryPlan: Sendable {
    package var groupBy = GroupKey.standard
    package var lens = Lens.standard
    package var timeouts = TimeoutPolicy.excluded
    package var objective: ServiceLevelObjective?
    package var confidence = 0.95
    package var resamples = 9_999
    package var seed: UInt64 = 1
    package var threads = 1

    /// The defaults of the command line.
    package init() {}
}

/// What is said of one group of requests.
package struct GroupSummary: Sendable {
    /// The group's values, parallel to the plan's keys.
    package var key: [String?]
    /// Every request that is no warm-up.
    package var total: Int
    package var ok: Int
    package var warmup: Int
    /// Requests that were not `ok`, by outcome and code.
    package var outcomes: [String: Int]
    package var metrics: [MetricSummary]
    /// Completed requests by the group's own wall-clock span; `nil` where the span is empty.
    package var requestsPerSecond: Double?
    package var outputTokensPerSecond: Double?
    package var concurrency: Concurrency?
    package var goodput: Goodput?
    package var stamps: GroupStampQuality

    /// Requests that met the objective.
    package struct Goodput: Sendable {
        package var requests: Int
        /// Of every request that is no warm-up, failed ones included.
        package var share: Double?
        package var requestsPerSecond: Double?
    }

    /// The group's name in texts: its values, missing ones as `-`.
    package var name: String {
        key.map { $0 ?? "-" }.joined(separator: " ")
    }

    /// The summary of a metric.
    package func metric(_ name: String) -> MetricSummary? {
        metrics.first { $0.name == name }
    }
}

/// Puts rows into groups.
package enum Grouping {
    /// Groups in the order of their keys' values; rows keep their order.
    package static func groups(_ rows: [RequestRow], by keys: [GroupKey]) -> [(key: [String?], rows: [RequestRow])] {
        var indexes: [[String?]: Int] = [:]
        var groups: [(key: [String?], rows: [RequestRow])] = []
        for row in rows {
            let key = keys.map { $0.value(of: row) }
            if let index = indexes[key] {
                groups[index].rows.append(row)
            } else {
                indexes[key] = groups.count
                groups.append((key, [row]))
            }
        }
        return groups.sorted { isBefore($0.key, $1.key) }
    }

    /// Compares UTF-8 bytes, so that the order is the same everywhere; missing values come first.
    private static func isBefore(_ lhs: [String?], _ rhs: [String?]) -> Bool {
        for (left, right) in zip(lhs, rhs) where left != right {
            guard let left else { return true }
            guard let right else { return false }
            return left.utf8.lexicographicallyPrecedes(right.utf8)
        }
        return false
    }

    /// Summarizes every group; `quality` holds the self-measurements of the traces that the rows come from.
    package static func summarize(
        _ rows: [RequestRow],
        plan: SummaryPlan,
        quality: [MeasurementQuality] = []
    ) -> [GroupSummary] {
        var loopLateness = LatencyHistogram()
        for one in quality { loopLateness.add(one.loopLateness) }
        return groups(rows, by: plan.groupBy).map { summary(key: $0.key, $0.rows, plan: plan, loopLateness) }
    }

    private static func summary(
        key: [String?],
        _ rows: [RequestRow],
        plan: SummaryPlan,
        _ loopLateness: LatencyHistogram
    ) -> GroupSummary {
        let measured = rows.filter { !$0.isWarmup }
        let ok = measured.filter { $0.outcome == .ok }
        var outcomes: [String: Int] = [:]
        for row in measured where row.outcome != .ok { outcomes[row.outcomeWithCode, default: 0] += 1 }
        let span = span(of: ok)
        let label = zip(plan.groupBy, key).map { "\($0)=\($1 ?? "")" }.joined(separator: ",")
        let metrics = MetricSummary.all(of: measured.filter(plan.timeouts.takes), plan: plan, label: label)
        return GroupSummary(
            key: key,
            total: measured.count,
            ok: ok.count,
            warmup: rows.count - measured.count,
            outcomes: outcomes,
            metrics: metrics,
            requestsPerSecond: span.map { Double(ok.count) / $0.seconds },
            outputTokensPerSecond: span.map { Double(ok.compactMap(\.usage.outputTokens).reduce(0, +)) / $0.seconds },
            concurrency: Concurrency(measured),
            goodput: plan.objective.map { goodput(measured, $0, span) },
            stamps: GroupStampQuality(
                measured,
                interTokenLatencyMilliseconds: metrics.first { $0.name == "itl_ms" }?.quantile("p50")?.value,
                loopLateness: loopLateness
            )
        )
    }

    private static func goodput(
        _ rows: [RequestRow],
        _ objective: ServiceLevelObjective,
        _ span: Nanoseconds?
    ) -> GroupSummary.Goodput {
        let count = rows.count(where: objective.isMet)
        return GroupSummary.Goodput(
            requests: count,
            share: rows.isEmpty ? nil : Double(count) / Double(rows.count),
            requestsPerSecond: span.map { Double(count) / $0.seconds }
        )
    }

    /// From the first dispatch to the last completion.
    private static func span(of rows: [RequestRow]) -> Nanoseconds? {
        guard let start = rows.map(\.dispatched).min(), let end = rows.compactMap(\.completed).max(), end > start else {
            return nil
        }
        return end - start
    }
}
