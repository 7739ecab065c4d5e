// Writes a trace: chunks of streams are batched per stream, everything is sorted by time within an MCAP chunk.

/// How a trace is cut into chunks.
public struct TraceWriterOptions: Hashable, Sendable {
    /// A chunk is written once it holds this many uncompressed bytes.
    public var chunkByteCount = 1 << 20
    /// From this many live streams on, chunks are four times as large, so that batches stay worth their overhead.
    public var largeChunkStreamCount = 1_000
    /// A chunk is written this long after its first record.
    ///
    /// A crash may lose a second and no more: what is left of it is for the writer's sleep and for the writing.
    public var flushInterval = Nanoseconds.milliseconds(900)
    /// How chunks are compressed.
    public var compression = ChunkCompression.lz4(level: 0)
    /// Whether every chunk is forced to the disk before the next is begun.
    public var synchronizesChunks = true
    /// Whether an `.end` record's counts and hash are made anew from what was appended.
    ///
    /// A recorder wants that; who copies records doesn't, so that what a stream has lost stays visible.
    public var recountsStreams = true

    /// The defaults of the trace format.
    public init() {}
}

/// Writes records and stamped bytes into an MCAP file.
public struct TraceWriter<Output: TraceOutput & ~Copyable>: ~Copyable {
    private var output: Output
    private var file: MCAPWriter
    private let options: TraceWriterOptions

    private var streams = StreamTable()
    private var messages: [MCAPMessage] = []
    private var pendingByteCount = 0
    private var firstPending: TraceInstant?
    private var sequences: [UInt16: UInt32] = [:]
    private var lastTime = TraceInstant(nanosecondsSinceEpoch: 0)
    private var index = RequestIndexBuilder()
    private var run: RunMetadata
    /// Said again in every segment.
    private var origin: TraceOrigin?
    private var closedByteCount: UInt64 = 0

    /// Writes the head of a trace.
    ///
    /// - Parameters:
    ///   - output: Where the bytes go.
    ///   - run: What the trace says of itself.
    ///   - options: How it is cut.
    /// - Throws: `TraceError` when the output refuses the bytes.
    public init(
        _ output: consuming Output,
        run: RunMetadata,
        options: TraceWriterOptions = TraceWriterOptions()
    ) throws(TraceError) {
        self.output = output
        self.options = options
        self.run = run
        file = Self.newFile()
        try begin()
    }

    private static func newFile() -> MCAPWriter {
        MCAPWriter(
            schemas: TraceChannel.allCases.map(\.schema),
            channels: TraceChannel.allCases.map(\.channel)
        )
    }

    private mutating func begin() throws(TraceError) {
        try output.write(file.begin(library: BedrockTrace.libraryName + BedrockTrace.version))
        try output.write(file.metadata(name: RunMetadata.name, run.map))
    }

    /// The number of bytes written so far, those of closed segments included.
    public var writtenByteCount: UInt64 { closedByteCount + file.byteCount }

    /// The number of bytes of the file under way.
    public var fileByteCount: UInt64 { file.byteCount }

    /// The segment under way, from 1.
    public var segment: Int { run.segment }

    /// Says who answered; may be said once it is known.
    public mutating func setOrigin(_ origin: TraceOrigin) throws(TraceError) {
        self.origin = origin
        try write(file.metadata(name: TraceOrigin.name, origin.map))
    }

    /// Adds a metadata record of another name.
    public mutating func addMetadata(name: String, _ values: [String: String]) throws(TraceError) {
        try write(file.metadata(name: name, values))
    }

    /// Appends a record.
    ///
    /// With ``TraceWriterOptions/recountsStreams``, an `.end` record's counts and hash are those of the bytes that were
    /// appended, whatever the record says.
    public mutating func append(_ record: TraceRecord) throws(TraceError) {
        switch record {
        case .chunks(let batch):
            streams.goOn(batch.attempt, at: batch.firstIndex)
            var offset = 0
            for stamp in batch.stamps {
                let next = offset + Int(stamp.length)
                batch.data.withUnsafeBytes { raw in
                    add(stamp, of: batch.attempt, bytes: UnsafeRawBufferPointer(rebasing: raw[offset..<next]))
                }
                offset = next
            }
        case .end(var end):
            let stream = streams.end(end.id)
            if !options.recountsStreams {
                // As it was.
            } else if let stream {
                end.chunks = stream.chunkCount
                end.bytes = stream.byteCount
                end.xxHash64 = stream.hash
            } else {
                (end.chunks, end.bytes, end.xxHash64) = (0, 0, XXHash64.emptyDigest)
            }
            add(.end(end), channel: .end, time: end.completed)
        case .clock(let clock): add(record, channel: .clock, time: clock.instant)
        case .request(let request): add(record, channel: .request, time: request.dispatched)
        case .connection(let connection):
            add(record, channel: .connection, time: connection.connected ?? lastTime)
        case .response(let response): add(record, channel: .response, time: response.firstByte)
        case .error(let error): add(record, channel: .error, time: error.instant)
        case .drop(let drop): add(record, channel: .drops, time: drop.instant)
        case .quality(let quality): add(record, channel: .quality, time: quality.instant)
        }
        try flushIfFull()
    }

    /// Appends one chunk of a stream; its index within the stream is counted here.
    public mutating func append(
        _ stamp: ChunkStamp,
        of attempt: AttemptID,
        bytes: UnsafeRawBufferPointer
    ) throws(TraceError) {
        add(stamp, of: attempt, bytes: bytes)
        try flushIfFull()
    }

    /// Writes the chunk under way if its first record is older than the flush interval.
    public mutating func flushIfDue(now: TraceInstant) throws(TraceError) {
        guard let firstPending, now - firstPending >= options.flushInterval else { return }
        try flush()
    }

    /// Writes the chunk under way.
    public mutating func flush() throws(TraceError) {
        let start = file.byteCount
        // Where times are equal, an answer's head stands before its bytes, and its bytes before its `/end`.
        var messages: [MCAPMessage] = []
        var later: [MCAPMessage] = []
        for message in self.messages {
            if TraceChannel(rawValue: message.channelID)?.comesBeforeChunks == true {
                messages.append(message)
            } else {
                later.append(message)
            }
        }
        for batch in streams.takeBatches() {
            let first = batch.batch.stamps.first?.instant ?? batch.logTime
            index.note(batch.batch.attempt, from: first, to: batch.logTime)
            messages.append(
                MCAPMessage(
                    channelID: TraceChannel.chunks.rawValue,
                    sequence: nextSequence(.chunks),
                    logTime: batch.logTime.nanosecondsSinceEpoch,
                    publishTime: first.nanosecondsSinceEpoch,
                    data: ChunkBatchMessage.encode(batch.batch)
                )
            )
        }
        messages += later
        self.messages = []
        pendingByteCount = 0
        firstPending = nil
        guard !messages.isEmpty else { return }
        index.wrote(chunkAt: start)
        try write(file.chunk(messages, compression: options.compression))
        if options.synchronizesChunks { try output.synchronize() }
    }

    /// Writes bytes that the file's account holds already.
    ///
    /// On a full disk the reserve takes them, so that account and file stay one; the error is thrown all the same.
    private mutating func write(_ bytes: [UInt8]) throws(TraceError) {
        do {
            try output.write(bytes)
        } catch {
            guard case .diskFull = error, output.releaseReserve() else { throw error }
            try output.write(bytes)
            try output.synchronize()
            throw error
        }
    }

    /// Writes what is left, the summary and the footer; the trace is whole then.
    public mutating func close() throws(TraceError) {
        var failure: TraceError?
        do {
            try flush()
        } catch {
            // A full disk still has room for the end; any other failure would meet it as well.
            guard case .diskFull = error else { throw error }
            failure = error
        }
        let entries = index.take()
        if let last = entries.map(\.end).max() {
            let attachment = file.attachment(
                name: RequestIndexEntry.attachmentName,
                mediaType: RequestIndexEntry.mediaType,
                time: last.nanosecondsSinceEpoch,
                data: RequestIndexEntry.encode(entries)
            )
            do { try write(attachment) } catch { failure = failure ?? error }
        }
        do { try write(file.end()) } catch { failure = failure ?? error }
        do { try output.synchronize() } catch { failure = failure ?? error }
        if let failure { throw failure }
    }

    /// Closes the file under way and goes on in another; requests under way continue there.
    ///
    /// - Parameter next: Where the next segment goes.
    /// - Throws: `TraceError` when either file refuses its bytes.
    public mutating func rotate(to next: consuming Output) throws(TraceError) {
        try close()
        closedByteCount += file.byteCount
        output = next
        file = Self.newFile()
        run.segment += 1
        sequences = [:]
        try begin()
        if let origin { try setOrigin(origin) }
    }

    /// Closes the trace and gives its output back.
    public consuming func finish() throws(TraceError) -> Output {
        try close()
        return output
    }

    // MARK: Collecting

    private mutating func add(_ record: TraceRecord, channel: TraceChannel, time: TraceInstant) {
        guard let json = RecordEncoding.json(record) else { return }
        messages.append(
            MCAPMessage(
                channelID: channel.rawValue,
                sequence: nextSequence(channel),
                logTime: time.nanosecondsSinceEpoch,
                publishTime: time.nanosecondsSinceEpoch,
                data: json
            )
        )
        if let attempt = record.attempt { index.note(attempt, from: time, to: time, isLast: channel == .end) }
        note(time, byteCount: json.count)
    }

    private mutating func add(_ stamp: ChunkStamp, of attempt: AttemptID, bytes: UnsafeRawBufferPointer) {
        streams.append(stamp, of: attempt, bytes: bytes)
        note(stamp.instant, byteCount: bytes.count + 8)
    }

    private mutating func note(_ time: TraceInstant, byteCount: Int) {
        pendingByteCount += byteCount
        lastTime = max(lastTime, time)
        if firstPending == nil { firstPending = time }
    }

    private mutating func nextSequence(_ channel: TraceChannel) -> UInt32 {
        defer { sequences[channel.rawValue, default: 0] &+= 1 }
        return sequences[channel.rawValue, default: 0]
    }

    private mutating func flushIfFull() throws(TraceError) {
        let limit = options.chunkByteCount * (streams.count >= options.largeChunkStreamCount ? 4 : 1)
        if pendingByteCount >= limit { try flush() }
    }
}
