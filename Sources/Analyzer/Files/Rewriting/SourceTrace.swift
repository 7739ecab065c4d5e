// The trace files that a new one is made of, and which of them belong to one recording.

import Core

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A trace file and what it says of itself.
struct SourceTrace: Sendable {
    let path: String
    let run: RunMetadata?
    let origin: TraceOrigin?
    /// Metadata of other names.
    let otherMetadata: [String: [String: String]]

    /// Looks at a file, which is read more than once and so can't be standard input.
    init(path: String, command: String) throws {
        guard path != "-" else { throw UsageError(description: "\(command) reads files, not standard input") }
        var reader = try TraceReader(path: path)
        try reader.readAllMetadata()
        self.init(path: path, run: reader.run, origin: reader.origin, otherMetadata: reader.otherMetadata)
    }

    /// The file's length; 0 where the system won't tell.
    var byteCount: UInt64 {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_size) : 0
    }

    init(
        path: String,
        run: RunMetadata?,
        origin: TraceOrigin? = nil,
        otherMetadata: [String: [String: String]] = [:]
    ) {
        self.path = path
        self.run = run
        self.origin = origin
        self.otherMetadata = otherMetadata
    }
}

/// Files of one recording: they share its timeline, its request numbers and its connection numbers.
struct SourceRun: Sendable {
    /// The recording's id; empty where a file states none, which then is a recording of its own.
    var id: String
    /// Files that follow each other, segment after segment; files of the same segment, as parts that a filter made, lie
    /// side by side.
    var lanes: [[SourceTrace]]

    var files: [SourceTrace] { lanes.flatMap { $0 } }

    /// Groups files by the recording they state, in the order of their first files.
    static func group(_ sources: [SourceTrace]) -> [SourceRun] {
        var indexes: [String: Int] = [:]
        var groups: [[SourceTrace]] = []
        for source in sources {
            let id = source.run?.runID ?? ""
            if !id.isEmpty, let index = indexes[id] {
                groups[index].append(source)
            } else {
                if !id.isEmpty { indexes[id] = groups.count }
                groups.append([source])
            }
        }
        return groups.map { SourceRun(id: $0[0].run?.runID ?? "", lanes: lanes($0)) }
    }

    private static func lanes(_ files: [SourceTrace]) -> [[SourceTrace]] {
        let sorted = files.enumerated().sorted { (segment($0.element), $0.offset) < (segment($1.element), $1.offset) }
        var lanes: [[SourceTrace]] = []
        for (_, file) in sorted {
            let place = lanes.firstIndex { lane in lane.last.map { segment($0) < segment(file) } ?? true }
            if let place { lanes[place].append(file) } else { lanes.append([file]) }
        }
        return lanes
    }

    private static func segment(_ file: SourceTrace) -> Int { file.run?.segment ?? 1 }
}
