// Several recordings as one: how far each is moved, and what its requests are called from then on.

import Core

/// What joins recordings; the files of one recording keep their instants and their numbers.
struct RecordingJoin {
    /// One a recording; empty for a single one, which stays where it is.
    let alignments: [ClockAlignment]
    let requestCount: Int
    let attemptCount: Int
    private var numbering: RequestNumbering?

    /// What is added to the instants of each recording; `nil` where nothing moves.
    var shifts: [Nanoseconds]? { alignments.isEmpty ? nil : alignments.map(\.shift) }

    /// Reads every record once.
    ///
    /// - Parameters:
    ///   - runs: The recordings.
    ///   - observe: Takes each record as it stands in its file.
    /// - Throws: `TraceError` for damage, `UsageError` where an attempt is given twice.
    init(_ runs: [SourceRun], observe: (RecordMerge.Item) throws -> Void = { _ in }) throws {
        var survey = RecordingSurvey(runCount: runs.count)
        _ = try RecordMerge(runs).forEach { item in
            try survey.take(item)
            try observe(item)
        }
        requestCount = survey.starts.count
        attemptCount = survey.attemptCount
        guard runs.count > 1 else {
            alignments = []
            return
        }
        let alignments = ClockAlignment.align(survey.clocks)
        var starts: [RunNumber: TraceInstant] = [:]
        for (request, start) in survey.starts { starts[request] = start.advanced(by: alignments[request.run].shift) }
        numbering = RequestNumbering(starts: starts)
        self.alignments = alignments
    }

    /// The record as the new trace has it.
    mutating func joined(_ record: TraceRecord, run: Int) -> TraceRecord {
        // Out of `self` while it changes, so that its tables are not copied.
        guard var numbering else { return record }
        self.numbering = nil
        defer { self.numbering = numbering }
        return numbering.renumbered(record, run: run)
    }

    /// What was done to each recording, as metadata.
    func account(of runs: [SourceRun]) -> [String: String] {
        var account = ["files": "\(runs.flatMap(\.files).count)", "recordings": "\(runs.count)"]
        for (index, run) in runs.enumerated() {
            account["\(index + 1).run_id"] = run.id
            guard alignments.indices.contains(index) else { continue }
            let alignment = alignments[index]
            account["\(index + 1).shift_ns"] = "\(alignment.shift.count)"
            account["\(index + 1).clock_snapshots"] = "\(alignment.snapshotCount)"
            account["\(index + 1).clock_synchronized"] = "\(alignment.isSynchronized)"
            account["\(index + 1).clock_spread_ns"] = "\(alignment.spread.count)"
            account["\(index + 1).clock_maximum_error_ns"] = alignment.maximumError.map { "\($0.count)" }
        }
        return account
    }

    /// What was done to each recording, for a person.
    func remarks(of runs: [SourceRun]) -> [String] {
        zip(runs, alignments).map { run, alignment in
            let files = run.files.map { TraceAnalysis.fileName($0.path) }.joined(separator: ", ")
            return "\(files): \(alignment)"
        }
    }
}
