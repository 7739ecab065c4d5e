// Which requests a filter keeps: decided on whole timelines in a first reading, told by number in a second.

import Core

/// The requests that satisfy a condition and start within a span.
struct RequestSelection {
    let filter: RowFilter<RequestRow>
    let lens: Lens
    /// The span's first instant.
    let from: TimeBound?
    /// The first instant behind the span.
    let to: TimeBound?

    private struct Key: Hashable {
        var run: Int
        var attempt: AttemptID
    }

    private var assemblies: [TimelineAssembly]
    private var candidates: [(key: Key, dispatched: TraceInstant)] = []
    private var start: TraceInstant?
    private var kept: Set<Key> = []

    /// Starts with nothing read of `runCount` recordings.
    init(_ filter: RowFilter<RequestRow>, lens: Lens, from: TimeBound?, to: TimeBound?, runCount: Int) {
        self.filter = filter
        self.lens = lens
        self.from = from
        self.to = to
        assemblies = Array(repeating: TimelineAssembly(), count: runCount)
    }

    /// Takes the next record of the first reading.
    mutating func take(_ item: RecordMerge.Item) {
        guard let timeline = assemblies[item.run].take(item.record) else { return }
        consider(timeline, item.run, file: TraceAnalysis.fileName(item.path))
    }

    /// Ends the first reading; `files` names the last file of each recording, which what never ended counts to.
    mutating func decide(files: [String]) {
        for run in assemblies.indices {
            for timeline in assemblies[run].rest() { consider(timeline, run, file: TraceAnalysis.fileName(files[run])) }
        }
        assemblies = []
        guard let start else { return }
        let first = from?.instant(start: start)
        let end = to?.instant(start: start)
        for candidate in candidates {
            if let first, candidate.dispatched < first { continue }
            if let end, candidate.dispatched >= end { continue }
            kept.insert(candidate.key)
        }
        candidates = []
    }

    /// Whether the record is kept; what belongs to no request always is.
    func keeps(_ record: TraceRecord, run: Int) -> Bool {
        record.attempt.map { kept.contains(Key(run: run, attempt: $0)) } ?? true
    }

    /// The number of requests that are kept.
    var count: Int { kept.count }

    private mutating func consider(_ timeline: RequestTimeline, _ run: Int, file: String) {
        start = min(start ?? timeline.dispatched, timeline.dispatched)
        guard filter.keeps(RequestRow(timeline, file: file, lens: lens)) else { return }
        candidates.append((Key(run: run, attempt: timeline.id), timeline.dispatched))
    }
}
