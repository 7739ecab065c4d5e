// From recordings to one new trace: records are read in the order of their time, changed by whoever asked for it, and
// written to a file that appears when it is whole.

import Core

/// Writes a new trace from the files of others.
struct TraceRewriter {
    /// The recordings that are read.
    let runs: [SourceRun]
    /// What is known of the new trace before the first record is read.
    let metadata: CombinedMetadata
    private let target: String
    private let replacesExisting: Bool
    private let command: String

    /// What was written.
    struct Outcome {
        var requests = 0
        /// The length of the new file.
        var byteCount: UInt64 = 0
        /// The length of the files that were read, together.
        var sourceByteCount: UInt64 = 0
        /// What there is to say about the files that were read, one line each.
        var remarks: [String] = []
    }

    /// Looks at the files and refuses a target that may not be written.
    init(command: String, _ paths: [String], to target: String, replacesExisting: Bool) throws {
        let sources = try paths.map { try SourceTrace(path: $0, command: command) }
        self.init(command: command, sources, to: target, replacesExisting: replacesExisting)
        // Refused before anything is read; the check is made again at the end.
        _ = try TraceDraft(for: target, reading: paths, replacesExisting: replacesExisting)
    }

    private init(command: String, _ sources: [SourceTrace], to target: String, replacesExisting: Bool) {
        self.command = command
        self.target = target
        self.replacesExisting = replacesExisting
        runs = SourceRun.group(sources)
        metadata = CombinedMetadata(runs)
    }

    /// How records are copied: counts and hashes as they are, and nothing forced to the disk before the end.
    static var options: TraceWriterOptions {
        var options = TraceWriterOptions()
        options.recountsStreams = false
        options.synchronizesChunks = false
        return options
    }

    /// Writes the new trace.
    ///
    /// - Parameters:
    ///   - options: How it is cut and compressed.
    ///   - metadata: What it says of itself.
    ///   - account: The metadata record that tells what was done; made when every record has been read.
    ///   - shifts: What is added to the instants of each recording.
    ///   - change: Gives what takes a record's place; asked with `nil` once at the end.
    /// - Returns: What was read and written.
    /// - Throws: `TraceError` for a fault in a file; nothing is left behind then.
    func write(
        options: TraceWriterOptions = TraceRewriter.options,
        metadata: CombinedMetadata,
        account: (name: String, values: () -> [String: String])? = nil,
        shifts: [Nanoseconds]? = nil,
        _ change: (RecordMerge.Item?) throws -> [TraceRecord]
    ) throws -> Outcome {
        let merge = try RecordMerge(runs, shifts: shifts)
        let draft = try TraceDraft(
            for: target,
            reading: runs.flatMap(\.files).map(\.path),
            replacesExisting: replacesExisting
        )
        do {
            var writer = try TraceWriter(FileOutput(path: draft.path), run: metadata.run, options: options)
            if let origin = metadata.origin { try writer.setOrigin(origin) }
            for (name, values) in metadata.others.sorted(by: { $0.key < $1.key }) {
                try writer.addMetadata(name: name, values)
            }
            var outcome = Outcome()
            func append(_ records: [TraceRecord]) throws {
                for record in records {
                    if case .request = record { outcome.requests += 1 }
                    try writer.append(record)
                }
            }
            let read = try merge.forEach { try append(change($0)) }
            try append(change(nil))
            if let account {
                var values = account.values()
                values["tool"] = "bedrock-analyzer \(BedrockTrace.version)"
                values["sources_never_closed"] = read.unclosed.isEmpty ? nil : "\(read.unclosed.count)"
                try writer.addMetadata(name: metadata.unused(account.name), values)
            }
            try writer.close()
            outcome.byteCount = writer.writtenByteCount
            outcome.sourceByteCount = runs.flatMap(\.files).reduce(0) { $0 + $1.byteCount }
            outcome.remarks = Self.remarks(read)
            try draft.commit()
            return outcome
        } catch TraceError.diskFull {
            throw RewritingError.diskFull(target)
        }
    }

    private static func remarks(_ account: RecordMerge.Account) -> [String] {
        account.unclosed.map { "\($0): was never closed; what is whole of it is in the new trace" }
            + account.unknown.sorted { $0.key < $1.key }.map {
                "\($1) messages of \($0) were left out: this version doesn't know what they hold"
            }
    }
}

/// Why a new trace can't be finished.
enum RewritingError: Error, CustomStringConvertible {
    /// There is no room for it.
    case diskFull(String)

    var description: String {
        switch self {
        case .diskFull(let path): "\(path): the disk is full; nothing was written"
        }
    }
}
