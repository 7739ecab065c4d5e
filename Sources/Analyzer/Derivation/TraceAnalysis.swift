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
        try attempts(path) { try body(TimelineBuilder.timeline(of: $0)) }
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
        guard threads > 1 else {
            var values: [Value] = []
            let source = try read(path) { values.append(make($0)) }
            return (values, source)
        }
        let work = OrderedWork<[[TraceRecord]], [Value]>(threads: threads) { attempts in
            attempts.map { make(TimelineBuilder.timeline(of: $0)) }
        }
        var waiting: [[TraceRecord]] = []
        let source = try attempts(path) { attempt in
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
    private static func attempts(_ path: String, _ body: ([TraceRecord]) throws -> Void) throws -> Source {
        var reader = try TraceReader(path: path)
        var open: [AttemptID: [TraceRecord]] = [:]
        var clocks: [ClockRecord] = []
        var drops: [DropRecord] = []
        var quality = MeasurementQuality()
        try reader.forEachRecord { record in
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
        for id in open.keys.sorted() {
            if let records = open[id] { try body(records) }
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

    /// The rows of all traces: files in the order given, requests by number within each.
    package static func rows(
        _ paths: [String],
        lens: Lens = .standard,
        threads: Int = 1
    ) throws -> (rows: [RequestRow], sources: [Source]) {
        var rows: [RequestRow] = []
        var sources: [Source] = []
        var interner = RowInterner()
        for path in paths {
            let file = fileName(path)
            var (own, source) = try map(path, threads: threads) { RequestRow($0, file: file, lens: lens) }
            sources.append(source)
            own.sort { $0.id < $1.id }
            for index in own.indices { interner.intern(&own[index]) }
            Concurrency.mark(&own)
            if rows.isEmpty { rows = own } else { rows += own }
        }
        return (rows, sources)
    }

    /// The last component of a path.
    package static func fileName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
