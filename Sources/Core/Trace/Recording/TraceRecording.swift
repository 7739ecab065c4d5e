// A recording on disk: one file, or segments in a folder, each closed and whole before the next begins.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Writes a recording's records into its files.
public struct TraceRecording: ~Copyable {
    private var writer: TraceWriter<FileOutput>
    private let destination: TraceDestination
    private let runID: String
    private var segmentStart: TraceInstant
    /// The files written so far, the one under way last.
    public private(set) var paths: [String]

    /// What is set aside per file for its end on a full disk.
    public static let reserveByteCount = 8 << 20

    /// Creates the first file.
    ///
    /// - Parameters:
    ///   - destination: Where the files go.
    ///   - run: What the trace says of itself.
    ///   - start: When the recording starts, on its timeline.
    ///   - options: How the trace is cut into chunks.
    /// - Throws: `TraceError` when the file can't be created, or the disk has no room for it.
    public init(
        to destination: TraceDestination,
        run: RunMetadata,
        start: TraceInstant,
        options: TraceWriterOptions = TraceWriterOptions()
    ) throws(TraceError) {
        if case .folder(let folder, _) = destination { try Self.createFolder(folder) }
        let path = Self.path(destination, runID: run.runID, start: start, number: run.segment)
        let writer = try TraceWriter(Self.output(destination, path), run: run, options: options)
        self.writer = writer
        self.destination = destination
        runID = run.runID
        segmentStart = start
        paths = [path]
    }

    /// The number of bytes written so far.
    public var writtenByteCount: UInt64 { writer.writtenByteCount }

    /// Says who answered; may be said once it is known, and is said again in every segment.
    public mutating func setOrigin(_ origin: TraceOrigin) throws(TraceError) {
        try writer.setOrigin(origin)
    }

    /// Adds a metadata record to the file under way.
    public mutating func addMetadata(name: String, _ values: [String: String]) throws(TraceError) {
        try writer.addMetadata(name: name, values)
    }

    /// Appends a record.
    public mutating func append(_ record: TraceRecord) throws(TraceError) {
        try writer.append(record)
    }

    /// Appends one chunk of a stream; its index within the stream is counted here.
    public mutating func append(
        _ stamp: ChunkStamp,
        of attempt: AttemptID,
        bytes: UnsafeRawBufferPointer
    ) throws(TraceError) {
        try writer.append(stamp, of: attempt, bytes: bytes)
    }

    /// Writes the chunk under way where it is due, and begins a new segment where the one under way is full.
    public mutating func flushIfDue(now: TraceInstant) throws(TraceError) {
        try writer.flushIfDue(now: now)
        guard case .folder(_, let rotation) = destination else { return }
        let isOld = rotation.interval.map { now - segmentStart >= $0 } ?? false
        let isLarge = rotation.byteCount.map { writer.fileByteCount >= $0 } ?? false
        if isOld || isLarge { try rotate(now: now) }
    }

    /// Closes the segment under way and begins the next; a recording into one file has none, and only flushes.
    public mutating func rotate(now: TraceInstant) throws(TraceError) {
        guard case .folder = destination else { return try writer.flush() }
        let path = Self.path(destination, runID: runID, start: now, number: writer.segment + 1)
        // The next file comes first: where it can't be made, the segment under way is still open.
        let next = try Self.output(destination, path)
        try writer.rotate(to: next)
        segmentStart = now
        paths.append(path)
    }

    /// Writes what is left, the summary and the footer.
    public mutating func close() throws(TraceError) {
        try writer.close()
    }

    // MARK: Files

    private static func path(
        _ destination: TraceDestination,
        runID: String,
        start: TraceInstant,
        number: Int
    ) -> String {
        switch destination {
        case .file(let path, _): path
        case .folder(let folder, _):
            (folder.hasSuffix("/") ? folder : folder + "/")
                + TraceDestination.segmentName(runID: runID, start: start, number: number)
        }
    }

    private static func output(_ destination: TraceDestination, _ path: String) throws(TraceError) -> FileOutput {
        var replacesExisting = false
        if case .file(_, let replaces) = destination { replacesExisting = replaces }
        return try FileOutput(path: path, replacesExisting: replacesExisting, reserveByteCount: reserveByteCount)
    }

    private static func createFolder(_ path: String) throws(TraceError) {
        guard mkdir(path, 0o755) != 0, errno != EEXIST else { return }
        throw .system(path: path, operation: "created", errno: errno)
    }
}
