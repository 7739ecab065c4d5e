// What a recording that stopped early holds already, so that a new one goes on where it stopped.

import Core

/// The attempts of earlier segments, counted by what they asked.
struct EarlierRecording: Sendable {
    /// What makes two requests of a plan the same.
    private struct Identity: Hashable {
        var promptID: String
        var model: String
        var region: String
        var operation: String
        var latency: String?
        var tier: String?
        var body: String
    }

    /// The recordings' ids, in the order of the files.
    private(set) var runIDs: [String] = []
    private(set) var attemptCount = 0
    /// How long the earlier segments were sending, all together.
    private(set) var span = Nanoseconds.zero
    /// Files that were never closed: their recorder was killed.
    private(set) var openFiles: [String] = []
    private var counts: [Int: [Int: Int]] = [:]
    /// The attempts that the segment read last leaves under way, by their place in the plan, and its run.
    private var open: (runID: String?, attempts: [AttemptID: (group: Int, round: Int)]) = (nil, [:])

    /// Reads the segments below `path`.
    ///
    /// - Parameters:
    ///   - path: A trace file, or a folder of them.
    ///   - rows: The dataset's rows.
    ///   - datasetSHA256: The dataset's hash, which must be that of the earlier recording.
    /// - Throws: `CommandFailure` for a file that can't be read or is of another dataset.
    init(path: String, rows: [DatasetRow], datasetSHA256: String) throws(CommandFailure) {
        var groups: [Identity: Int] = [:]
        for (index, row) in rows.enumerated() where groups[Self.identity(row)] == nil {
            groups[Self.identity(row)] = index
        }
        do {
            for file in try Self.files(path) { try read(file, groups, datasetSHA256) }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw .usage("--resume: \(error)")
        }
    }

    /// A folder that is still empty is a recording that has not begun: a service may be started with `--resume` always.
    private static func files(_ path: String) throws(TraceError) -> [String] {
        do {
            return try TracePaths.expand([path])
        } catch .noTraces {
            return []
        }
    }

    private mutating func read(_ file: String, _ groups: [Identity: Int], _ datasetSHA256: String) throws {
        var reader = try TraceReader(path: file)
        var asked: [AttemptID: (group: Int, round: Int)] = [:]
        var ended: [AttemptID: TransportOutcome] = [:]
        var first: TraceInstant?
        var last: TraceInstant?
        try reader.forEachRecord { record in
            switch record {
            case .request(let request):
                first = first ?? request.dispatched
                last = max(last ?? request.dispatched, request.dispatched)
                guard !request.isWarmup, let group = groups[Self.identity(request)] else { return }
                asked[request.id] = (group, Int(request.round))
            case .end(let end):
                ended[end.id] = end.outcome
                last = max(last ?? end.completed, end.completed)
            default: break
            }
        }
        if let hash = reader.run?.values["dataset_sha256"], hash != datasetSHA256 {
            throw CommandFailure.usage("--resume \(file): was recorded from another dataset; its hash is \(hash)")
        }
        if let runID = reader.run?.runID, !runIDs.contains(runID) { runIDs.append(runID) }
        if !reader.isClosed { openFiles.append(file) }
        if let first, let last { span = span + (last - first) }
        // A stream that was under way when a segment was full goes on in the next.
        if let runID = reader.run?.runID, runID == open.runID { asked.merge(open.attempts) { own, _ in own } }
        open = (reader.run?.runID, asked.filter { ended[$0.key] == nil })
        // What was cut off or cancelled was not measured: it is asked again.
        for (attempt, place) in asked {
            guard let outcome = ended[attempt], outcome != .cancelled else { continue }
            counts[place.group, default: [:]][place.round, default: 0] += 1
            attemptCount += 1
        }
    }

    /// The counts as a plan takes them; rows that ask the same share them in their order.
    func done(rows: [DatasetRow], invocations: Int) -> [PlannedRequest: Int] {
        var groups: [Identity: [Int]] = [:]
        for (index, row) in rows.enumerated() { groups[Self.identity(row), default: []].append(index) }
        var done: [PlannedRequest: Int] = [:]
        for members in groups.values {
            guard let first = members.first, let rounds = counts[first] else { continue }
            for (round, count) in rounds {
                var left = count
                for row in members where left > 0 {
                    done[PlannedRequest(row: row, round: round, isWarmup: false)] = min(left, invocations)
                    left -= min(left, invocations)
                }
            }
        }
        return done
    }

    private static func identity(_ row: DatasetRow) -> Identity {
        Identity(
            promptID: row.promptID,
            model: row.modelID,
            region: row.region,
            operation: row.operation.rawValue,
            latency: row.latency,
            tier: row.tier,
            body: String(decoding: row.body, as: UTF8.self)
        )
    }

    private static func identity(_ request: RequestRecord) -> Identity {
        Identity(
            promptID: request.promptID,
            model: request.model,
            region: request.region,
            operation: request.operation,
            latency: request.latency,
            tier: request.tier,
            body: request.body
        )
    }
}
