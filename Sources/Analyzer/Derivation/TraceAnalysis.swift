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
        var assembly = TimelineAssembly()
        var clocks: [ClockRecord] = []
        var drops: [DropRecord] = []
        try reader.forEachRecord { record in
            switch record {
            case .clock(let clock): clocks.append(clock)
            case .drop(let drop): drops.append(drop)
            default: if let timeline = assembly.take(record) { try body(timeline) }
            }
        }
        for timeline in assembly.rest() { try body(timeline) }
        return Source(
            file: path,
            run: reader.run,
            origin: reader.origin,
            isClosed: reader.isClosed,
            messageCounts: reader.messageCounts,
            clocks: clocks,
            drops: drops
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
