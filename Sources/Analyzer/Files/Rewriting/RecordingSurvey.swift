// The first of two readings: which requests there are, when they started, and what the clocks said.

import Core

/// What must be known of recordings before their records can be put into one trace.
struct RecordingSurvey {
    /// When each request started, on its own recording's timeline: its first dispatch, or its first record where the
    /// trace has lost that.
    private(set) var starts: [RunNumber: TraceInstant] = [:]
    /// The clock snapshots of each recording.
    private(set) var clocks: [[ClockRecord]]
    /// The number of attempts.
    var attemptCount: Int { begun.count }

    private var begun: [RunAttempt: String] = [:]
    /// Requests whose start is a dispatch.
    private var dispatched: Set<RunNumber> = []

    private struct RunAttempt: Hashable {
        var run: Int
        var attempt: AttemptID
    }

    /// Starts with nothing read of `runCount` recordings.
    init(runCount: Int) {
        clocks = Array(repeating: [], count: runCount)
    }

    /// Takes the next record.
    ///
    /// - Throws: `UsageError` where an attempt stands in two files: it would be counted twice.
    mutating func take(_ item: RecordMerge.Item) throws {
        if case .clock(let clock) = item.record { clocks[item.run].append(clock) }
        guard let id = item.record.attempt else { return }
        let request = RunNumber(run: item.run, number: id.request)
        guard case .request(let record) = item.record else {
            if starts[request] == nil, let time = item.record.time { starts[request] = time }
            return
        }
        if let other = begun.updateValue(item.path, forKey: RunAttempt(run: item.run, attempt: id)) {
            throw UsageError(
                description:
                    "\(item.path): request \(id.request), attempt \(id.attempt) of this recording also stands in "
                    + (other == item.path ? "this file" : other) + "; each may be given once"
            )
        }
        if dispatched.insert(request).inserted {
            starts[request] = record.dispatched
        } else {
            starts[request] = min(starts[request] ?? record.dispatched, record.dispatched)
        }
    }
}
