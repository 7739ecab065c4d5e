// The records of several traces in the order of their time, with flat memory: one chunk of each file under way.

import Core

/// Reads recordings side by side.
struct RecordMerge {
    private let lanes: [TraceLane]
    /// Recordings whose files lie side by side, so that what concerns the whole recording stands in each of them.
    private let parted: Set<Int>

    /// What became of the files.
    struct Account {
        /// Files that were never closed.
        var unclosed: [String] = []
        /// Messages of topics that this version doesn't know, by topic.
        var unknown: [String: UInt64] = [:]
    }

    /// A record and where it is from.
    struct Item {
        var record: TraceRecord
        /// The recording, by its place in the list.
        var run: Int
        var path: String
    }

    /// Opens every recording's first files; `shifts` are added to the instants of the recordings.
    init(_ runs: [SourceRun], shifts: [Nanoseconds]? = nil) throws {
        var lanes: [TraceLane] = []
        var parted: Set<Int> = []
        for (index, run) in runs.enumerated() {
            if run.lanes.count > 1 { parted.insert(index) }
            for lane in run.lanes {
                lanes.append(try TraceLane(lane.map(\.path), run: index, shift: shifts?[index] ?? .zero))
            }
        }
        self.lanes = lanes
        self.parted = parted
    }

    /// Gives every record; equal times keep the order of the files.
    func forEach(_ body: (Item) throws -> Void) throws -> Account {
        // Clocks and drops of a recording are in each of its parts; they are rare, and told once.
        var told: Set<TraceRecord> = []
        while let lane = earliest(), let (record, _) = lane.head {
            try Interruption.check()
            let isRepeated = record.attempt == nil && parted.contains(lane.run) && !told.insert(record).inserted
            if !isRepeated { try body(Item(record: record, run: lane.run, path: lane.path)) }
            try lane.advance()
        }
        return Account(
            unclosed: lanes.flatMap(\.unclosed),
            unknown: lanes.reduce(into: [:]) { $0.merge($1.unknown, uniquingKeysWith: +) }
        )
    }

    private func earliest() -> TraceLane? {
        var earliest: (lane: TraceLane, time: TraceInstant)?
        for lane in lanes {
            guard let time = lane.head?.time else { continue }
            if earliest.map({ time < $0.time }) ?? true { earliest = (lane, time) }
        }
        return earliest?.lane
    }
}
