// What several lenses make of each request, read beside the rows in the same pass over the trace.

import Core

/// The single-number metrics of several lenses, side by side.
struct LensReadings: Sendable {
    /// One number of one lens.
    struct Column: Sendable {
        var lens: Lens
        var metric: MetricColumn
    }

    let columns: [Column]
    private let lenses: [Lens]

    /// Reads through `lenses`, each with the metrics that its tool defines; metrics that pool all requests are left out.
    init(_ lenses: [Lens]) {
        self.lenses = lenses
        columns = lenses.flatMap { lens in lens.columns.map { Column(lens: lens, metric: $0) } }
    }

    /// The numbers of one request, parallel to the columns; NaN where there is none.
    func read(_ timeline: RequestTimeline) -> [Double] {
        lenses.flatMap { lens in
            let metrics = RequestMetrics(timeline, lens: lens)
            return lens.columns.map { $0.read(metrics) ?? .nan }
        }
    }
}

/// Point figures of one group through one lens, as that tool would print them; no interval.
struct LensFigure: Sendable {
    var metric: String
    var count: Int
    var mean: Double?
    var p50: Double?
    var p90: Double?

    /// Summarizes one column; NaN counts as missing.
    init(_ column: LensReadings.Column, _ values: [Double]) {
        let sorted = FloatSort.ascending(values.filter(\.isFinite))
        metric = column.metric.name
        count = sorted.count
        mean = Moments.mean(sorted)
        p50 = column.lens.percentiles.value(sorted: sorted, p: 0.5)
        p90 = column.lens.percentiles.value(sorted: sorted, p: 0.9)
    }
}

extension TraceAnalysis {
    /// A request's row, the number of the trace that it is from, and what other lenses make of it.
    struct Reading: Sendable {
        var row: RequestRow
        var source: Int
        var lensValues: [Double]
    }

    /// The readings of all traces: files in the order given, requests by number within each.
    static func readings(
        _ paths: [String],
        lens: Lens,
        beside lenses: LensReadings,
        threads: Int
    ) throws -> (readings: [Reading], sources: [Source]) {
        var all: [Reading] = []
        var sources: [Source] = []
        var interner = RowInterner()
        for (number, path) in paths.enumerated() {
            let file = fileName(path)
            var (own, source) = try map(path, threads: threads) { timeline in
                Reading(
                    row: RequestRow(timeline, file: file, lens: lens),
                    source: number,
                    lensValues: lenses.read(timeline)
                )
            }
            sources.append(source)
            own.sort { $0.row.id < $1.row.id }
            for index in own.indices { interner.intern(&own[index].row) }
            all += own
        }
        return (all, sources)
    }

    /// The timeline of one attempt of a trace that can be read again; `nil` where it isn't in there.
    static func timeline(_ path: String, of attempt: AttemptID) throws -> RequestTimeline? {
        var reader = try TraceReader(path: path)
        var records: [TraceRecord] = []
        try reader.forEachRecord(ofRequest: attempt.request) { record in
            if record.attempt == attempt { records.append(record) }
        }
        return records.isEmpty ? nil : TimelineBuilder.timeline(of: records)
    }
}
