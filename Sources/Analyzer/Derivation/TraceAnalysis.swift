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
        var reader = try TraceReader(path: path)
        var open: [AttemptID: TimelineBuilder] = [:]
        var clocks: [ClockRecord] = []
        var drops: [DropRecord] = []
        var quality = MeasurementQuality()
        try reader.forEachRecord { record in
            switch record {
            case .clock(let clock): clocks.append(clock)
            case .drop(let drop): drops.append(drop)
            case .quality(let record): quality.add(record)
            case .request(let request): open[request.id] = TimelineBuilder(request)
            case .end(let end):
                guard var builder = open.removeValue(forKey: end.id) else { break }
                builder.take(record)
                try body(builder.timeline())
            case .connection, .response, .chunks, .error:
                guard let id = record.attempt else { break }
                // Out of the table while it changes, so that nothing is copied.
                guard var builder = open.removeValue(forKey: id) else { break }
                builder.take(record)
                open[id] = builder
            }
        }
        for id in open.keys.sorted() {
            guard let builder = open[id] else { continue }
            try body(builder.timeline())
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
        lens: Lens = .standard
    ) throws -> (rows: [RequestRow], sources: [Source]) {
        var rows: [RequestRow] = []
        var sources: [Source] = []
        for path in paths {
            var own: [RequestRow] = []
            sources.append(try read(path) { own.append(RequestRow($0, file: fileName(path), lens: lens)) })
            rows += own.sorted { $0.id < $1.id }
        }
        return (rows, sources)
    }

    /// The last component of a path.
    package static func fileName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
