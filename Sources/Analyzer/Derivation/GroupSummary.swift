// Requests put into groups, and what is said of each group.

import Core

/// How statistics are made; the same plan and rows give the same numbers on any machine.
package struct SummaryPlan: Sendable {
    package var groupBy = GroupKey.standard
    package var lens = Lens.standard
    package var timeouts = TimeoutPolicy.excluded
    package var intervals = IntervalChoice.promptsLikeThese
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
    package var name: String { Grouping.name(of: key) }

    /// The summary of a metric.
    package func metric(_ name: String) -> MetricSummary? {
        metrics.first { $0.name == name }
    }
}

/// Puts rows into groups.
package enum Grouping {
    /// Groups in the order of their keys' values; rows keep their order.
    package static func groups(_ rows: [RequestRow], by keys: [GroupKey]) -> [(key: [String?], rows: [RequestRow])] {
        members(rows, by: keys).map { group in (group.key, group.members.map { rows[$0] }) }
    }

    /// The same by the indices of rows, which costs no copy of them.
    static func members(_ rows: [RequestRow], by keys: [GroupKey]) -> [(key: [String?], members: [Int])] {
        var indexes: [[String?]: Int] = [:]
        var groups: [(key: [String?], members: [Int])] = []
        for (row, key) in RowSelection(rows).map({ row in keys.map { $0.value(of: row) } }).enumerated() {
            if let index = indexes[key] {
                groups[index].members.append(row)
            } else {
                indexes[key] = groups.count
                groups.append((key, [row]))
            }
        }
        return groups.sorted { isBefore($0.key, $1.key) }
    }

    /// Compares whole numbers by size and all else by UTF-8 bytes, so that the order is the same everywhere; missing values
    /// come first.
    private static func isBefore(_ lhs: [String?], _ rhs: [String?]) -> Bool {
        for (left, right) in zip(lhs, rhs) where left != right {
            guard let left else { return true }
            guard let right else { return false }
            if let smaller = Int(left), let larger = Int(right), smaller != larger { return smaller < larger }
            return left.utf8.lexicographicallyPrecedes(right.utf8)
        }
        return false
    }

    /// Summarizes every group; metrics are shared out among the plan's threads.
    ///
    /// - Parameters:
    ///   - rows: Every request that is to be summarized.
    ///   - plan: How.
    ///   - quality: The self-measurements of the traces that the rows come from.
    /// - Returns: One summary a group, in the order of their keys.
    package static func summarize(
        _ rows: [RequestRow],
        plan: SummaryPlan,
        quality: [MeasurementQuality] = []
    ) -> [GroupSummary] {
        let loopLateness = MeasurementQuality.loopLateness(of: quality)
        let groups = split(rows, plan)
        let metrics = plan.lens.metrics
        var single = plan
        // Many pieces of work need a thread each; one piece needs them all.
        if groups.count * metrics.count > 1 { single.threads = 1 }
        let work = single
        let summaries = map(groups, metrics, threads: plan.threads) { group, metric in
            MetricSummary(metric, of: group.entering, design: group.design, plan: work, label: group.label(plan))
        }
        return zip(groups, summaries).map { summary($0, $1, plan, loopLateness) }
    }

    /// Works on every metric of every group, on several threads.
    ///
    /// - Returns: One row a group, with one value a metric, in the order of both.
    static func map<Metric: Sendable, Value: Sendable>(
        _ groups: [GroupRows],
        _ metrics: [Metric],
        threads: Int,
        _ body: @Sendable (GroupRows, Metric) -> Value
    ) -> [[Value]] {
        let values = Parallel.map(count: groups.count * metrics.count, threads: threads) { index in
            body(groups[index / metrics.count], metrics[index % metrics.count])
        }
        return groups.indices.map { Array(values[($0 * metrics.count)..<(($0 + 1) * metrics.count)]) }
    }

    /// A group's name in texts: its values, missing ones as `-`.
    static func name(of key: [String?]) -> String {
        key.map { $0 ?? "-" }.joined(separator: " ")
    }

    /// The groups of a plan, in the order of their keys' values.
    static func split(_ rows: [RequestRow], _ plan: SummaryPlan) -> [GroupRows] {
        members(rows, by: plan.groupBy).map { GroupRows(key: $0.key, RowSelection(rows, $0.members), plan) }
    }

    /// The rows of one group and what its metrics share.
    struct GroupRows: Sendable {
        var key: [String?]
        var all: RowSelection
        var measured: RowSelection
        /// Those that enter statistics.
        var entering: RowSelection
        var design: RecordingDesign

        init(key: [String?], _ rows: RowSelection, _ plan: SummaryPlan) {
            self.key = key
            all = rows
            measured = rows.filtered { !$0.isWarmup }
            entering = measured.filtered(plan.timeouts.takes)
            design = RecordingDesign(entering)
        }

        /// The group's name in texts: its values, missing ones as `-`.
        var name: String { Grouping.name(of: key) }

        /// A metric's finite values with their design and the instant of each dispatch.
        func observations(_ column: MetricColumn) -> (arm: Arm, instants: [TraceInstant]) {
            var found: [(index: Int, value: Double)] = []
            var instants: [TraceInstant] = []
            var index = 0
            entering.forEach { row in
                if let value = column.read(row.metrics), value.isFinite {
                    found.append((index, value))
                    instants.append(row.dispatched)
                }
                index += 1
            }
            return (design.arm(found), instants)
        }

        /// What the random streams of the group are called.
        func label(_ plan: SummaryPlan) -> String {
            AccountNumbers.blanked(zip(plan.groupBy, key).map { "\($0)=\($1 ?? "")" }.joined(separator: ","))
        }
    }

    private static func summary(
        _ group: GroupRows,
        _ metrics: [MetricSummary],
        _ plan: SummaryPlan,
        _ loopLateness: LatencyHistogram
    ) -> GroupSummary {
        let measured = group.measured
        let ok = measured.filtered { $0.outcome == .ok }
        var outcomes: [String: Int] = [:]
        measured.forEach { if $0.outcome != .ok { outcomes[$0.outcomeWithCode, default: 0] += 1 } }
        let span = span(of: ok)
        let tokens = ok.map { $0.usage.outputTokens ?? 0 }.reduce(0, +)
        return GroupSummary(
            key: group.key,
            total: measured.count,
            ok: ok.count,
            warmup: group.all.count - measured.count,
            outcomes: outcomes,
            metrics: metrics,
            requestsPerSecond: span.map { Double(ok.count) / $0.seconds },
            outputTokensPerSecond: span.map { Double(tokens) / $0.seconds },
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
        _ rows: RowSelection,
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
    private static func span(of rows: RowSelection) -> Nanoseconds? {
        var start: TraceInstant?
        var end: TraceInstant?
        rows.forEach { row in
            start = min(start ?? row.dispatched, row.dispatched)
            if let completed = row.completed { end = max(end ?? completed, completed) }
        }
        guard let start, let end, end > start else { return nil }
        return end - start
    }
}
