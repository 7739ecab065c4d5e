// Which files of a list follow each other as segments of one recording, so that a request that lies across two is one.

import Core

/// The files of an analysis, and where one is continued by the next.
struct SegmentChain {
    private let runs: [RunMetadata?]

    /// Looks at the heads of the files; one that can't be read is told of when its turn comes.
    init(_ paths: [String]) {
        // A single file has none behind it, and standard input can't be looked at twice.
        runs = paths.count < 2 ? [] : paths.map { $0 == "-" ? nil : Self.run(of: $0) }
    }

    /// Whether the file behind the one at `index` is the next segment of its recording.
    func goesOn(behind index: Int) -> Bool {
        guard index + 1 < runs.count, let run = runs[index], let next = runs[index + 1] else { return false }
        return run.runID == next.runID && run.segment + 1 == next.segment
    }

    private static func run(of path: String) -> RunMetadata? {
        var reader = try? TraceReader(path: path)
        try? reader?.readHead()
        return reader?.run
    }
}
