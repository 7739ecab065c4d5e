// How many requests were under way at once.

import Core

/// The concurrency that a group of requests reached.
package struct Concurrency: Equatable, Sendable {
    /// The mean over the group's wall-clock span.
    package var mean: Double
    package var maximum: Int

    /// Counts requests between dispatch and end, however they ended; `nil` where none has both or no time passed.
    init?(_ rows: RowSelection) {
        var changes: [(instant: TraceInstant, change: Int)] = []
        var busy = 0.0
        rows.forEach { row in
            guard let completed = row.completed, completed > row.dispatched else { return }
            changes.append((row.dispatched, 1))
            changes.append((completed, -1))
            busy += (completed - row.dispatched).seconds
        }
        // An end before a begin at the same instant: the two did not overlap.
        changes.sort { ($0.instant, $0.change) < ($1.instant, $1.change) }
        guard let first = changes.first, let last = changes.last, last.instant > first.instant else { return nil }
        var current = 0
        maximum = 0
        for change in changes {
            current += change.change
            maximum = max(maximum, current)
        }
        mean = busy / (last.instant - first.instant).seconds
    }

    /// Notes in each row how many of these requests were under way when it was dispatched, itself included.
    ///
    /// A request that never ended is under way to the last.
    static func mark(_ rows: inout [RequestRow]) {
        let starts = rows.indices.sorted { (rows[$0].dispatched, $0) < (rows[$1].dispatched, $1) }
        let ends = rows.compactMap(\.completed).sorted()
        var ended = 0
        for (before, index) in starts.enumerated() {
            while ended < ends.count, ends[ended] <= rows[index].dispatched { ended += 1 }
            rows[index].concurrency = before + 1 - ended
        }
    }

    /// The same for rows of their own.
    init?(_ rows: [RequestRow]) {
        self.init(RowSelection(rows))
    }
}
