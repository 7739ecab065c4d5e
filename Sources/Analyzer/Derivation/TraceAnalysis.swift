// Streams traces into timelines: memory holds the requests under way and nothing that has been handed on.

package import Core

/// Reads traces and gives the timeline of each request once it is known.
package enum TraceAnalysis {
    /// What was read beside the requests.
    package struct Source: Sendable {
        package var file: String
        package var run: RunMetadata?
        package var origin: TraceOrigin?
        package var isClosed: Bool
        package var messageCounts: [String: UInt64]
        package var clocks: [ClockRecord]
        package var drops: [DropRecord]
        package var quality = MeasurementQuality()
    }

    /// Reads one trace.
    ///
    /// - Parameters:
    ///   - path: A file, or `-` for standard input.
    ///   - body: Takes each timeline: in the order in which requests end, then those that never did.
    /// - Returns: What else the trace says.
    /// - Throws: `TraceError`, and what `body` throws.
    package static func read(_ path: String, _ body: (RequestTimeline) throws -> Void) throws -> Source {
        var underWay = AttemptsUnderWay()
        return try attempts(path, &underWay) { try body(TimelineBuilder.timeline(of: $0)) }
    }

    /// Reads traces one after the other; a request that goes on in its recording's next segment is one request.
    ///
    /// - Parameters:
    ///   - paths: Files, or `-` for standard input.
    ///   - growth: How to wait for more at the end of the last file, where it is still being written.
    ///   - keepsPayloads: Whether events bring what they carry.
    ///   - body: Takes each timeline, and the file in which the request ended.
    /// - Returns: What else each file says.
    /// - Throws: `TraceError`, and what `body` throws.
    @discardableResult
    package static func read(
        _ paths: [String],
        following growth: FileGrowth? = nil,
        keepsPayloads: Bool = false,
        _ body: (RequestTimeline, String) throws -> Void
    ) throws -> [Source] {
        let chain = SegmentChain(paths)
        var underWay = AttemptsUnderWay()
        return try paths.indices.map { index in
            underWay.goOn = chain.goesOn(behind: index)
            let growth = index == paths.count - 1 ? growth : nil
            return try attempts(paths[index], following: growth, &underWay) { attempt in
                try body(TimelineBuilder.timeline(of: attempt, keepsPayloads: keepsPayloads), paths[index])
            }
        }
    }

    /// Reads one trace and makes a value of each timeline, on several threads.
    ///
    /// - Parameters:
    ///   - path: A file, or `-` for standard input.
    ///   - threads: How many threads make values, beside the one that reads; with 1 that one makes them.
    ///   - make: What is wanted of a timeline.
    /// - Returns: The values in the order of `read`, whatever the number of threads, and what else the trace says.
    /// - Throws: `TraceError`.
    package static func map<Value: Sendable>(
        _ path: String,
        threads: Int,
        _ make: @escaping @Sendable (RequestTimeline) -> Value
    ) throws -> (values: [Value], source: Source) {
        var underWay = AttemptsUnderWay()
        return try map(path, &underWay, threads: threads, make)
    }

    private static func map<Value: Sendable>(
        _ path: String,
        _ underWay: inout AttemptsUnderWay,
        threads: Int,
        _ make: @escaping @Sendable (RequestTimeline) -> Value
    ) throws -> (values: [Value], source: Source) {
        guard threads > 1 else {
            var values: [Value] = []
            let source = try attempts(path, &underWay) { values.append(make(TimelineBuilder.timeline(of: $0))) }
            return (values, source)
        }
        let work = OrderedWork<[[TraceRecord]], [Value]>(threads: threads) { attempts in
            attempts.map { make(TimelineBuilder.timeline(of: $0)) }
        }
        var waiting: [[TraceRecord]] = []
        let source = try attempts(path, &underWay) { attempt in
            waiting.append(attempt)
            guard waiting.count == attemptsPerPiece else { return }
            work.add(waiting)
            waiting.removeAll(keepingCapacity: true)
        }
        work.add(waiting)
        return (work.finish().flatMap { $0 }, source)
    }

    /// Enough to make handing over cheap, few enough that memory holds little of the trace.
    private static let attemptsPerPiece = 32

    /// Gives the records of each attempt: in the order in which attempts end, then those that never did.
    private static func attempts(
        _ path: String,
        following growth: FileGrowth? = nil,
        _ underWay: inout AttemptsUnderWay,
        _ body: ([TraceRecord]) throws -> Void
    ) throws -> Source {
        var reader = try TraceReader(path: path)
        var open = underWay.take()
        var clocks: [ClockRecord] = []
        var drops: [DropRecord] = []
        var quality = MeasurementQuality()
        try reader.forEachRecord(following: growth) { record in
            switch record {
            case .clock(let clock): clocks.append(clock)
            case .drop(let drop): drops.append(drop)
            case .quality(let record): quality.add(record)
            case .request(let request): open[request.id] = [record]
            case .end(let end):
                guard var records = open.removeValue(forKey: end.id) else { break }
                records.append(record)
                try body(records)
            case .connection, .response, .chunks, .error:
                if let id = record.attempt { open[id]?.append(record) }
            }
        }
        if underWay.goOn {
            underWay.open = open
        } else {
            for id in open.keys.sorted() {
                if let records = open[id] { try body(records) }
            }
        }
        return Source(
            file: path,
            run: reader.run,
            origin: reader.origin,
            isClosed: reader.isClosed,
            messageCounts: reader.messageCounts,
            clocks: clocks,
            drops: drops,
            quality: quality
        )
    }

    /// The rows of all traces: files in the order given, requests by number within each file or row of segments.
    ///
    /// A request that goes on in its recording's next segment is one row, of the file in which it ended.
    package static func rows(
        _ paths: [String],
        lens: Lens = .standard,
        threads: Int = 1
    ) throws -> (rows: [RequestRow], sources: [Source]) {
        var rows: [RequestRow] = []
        var sources: [Source] = []
        var interner = RowInterner()
        let chain = SegmentChain(paths)
        var chainStart = 0
        try forEachFile(paths, chain, lens: lens, threads: threads) { own, source in
            var own = own
            for index in own.indices { interner.intern(&own[index]) }
            Concurrency.mark(&own)
            if rows.isEmpty { rows = own } else { rows += own }
            // As one file's, so that no sum depends on where a recording was parted.
            let isFirst = sources.isEmpty || !chain.goesOn(behind: sources.count - 1)
            if !isFirst, !chain.goesOn(behind: sources.count) { rows[chainStart...].sort { $0.id < $1.id } }
            if !chain.goesOn(behind: sources.count) { chainStart = rows.count }
            sources.append(source)
        }
        return (rows, sources)
    }

    /// Gives the rows of one file after the other, requests by number within each; memory holds one file's.
    package static func forEachFile(
        _ paths: [String],
        lens: Lens = .standard,
        threads: Int = 1,
        _ body: (consuming [RequestRow], Source) throws -> Void
    ) throws {
        try forEachFile(paths, SegmentChain(paths), lens: lens, threads: threads, body)
    }

    private static func forEachFile(
        _ paths: [String],
        _ chain: SegmentChain,
        lens: Lens,
        threads: Int,
        _ body: (consuming [RequestRow], Source) throws -> Void
    ) throws {
        var underWay = AttemptsUnderWay()
        for (index, path) in paths.enumerated() {
            underWay.goOn = chain.goesOn(behind: index)
            let file = fileName(path)
            var (own, source) = try map(path, &underWay, threads: threads) { RequestRow($0, file: file, lens: lens) }
            own.sort { $0.id < $1.id }
            try body(own, source)
        }
    }

    /// The last component of a path.
    package static func fileName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}

/// The records of attempts that a segment left to the next.
private struct AttemptsUnderWay {
    var open: [AttemptID: [TraceRecord]] = [:]
    /// Whether the next file goes on with what the one under way leaves open.
    var goOn = false

    mutating func take() -> [AttemptID: [TraceRecord]] {
        defer { open = [:] }
        return open
    }
}
