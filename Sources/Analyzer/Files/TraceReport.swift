// What `info` says of a trace.

import Core

/// Counts what a trace holds while it is read.
struct TraceReport {
    private var outcomes: [String: Int] = [:]
    private var sources: [StampSource: Int] = [:]
    private var lags = LatencyHistogram()
    private var first: TraceInstant?
    private var last: TraceInstant?
    private var eventCount = 0
    private var byteCount: UInt64 = 0

    mutating func take(_ timeline: RequestTimeline) {
        outcomes[timeline.outcome.rawValue, default: 0] += 1
        eventCount += timeline.events.count
        byteCount += timeline.byteCount
        first = min(first ?? timeline.dispatched, timeline.dispatched)
        let end = timeline.completed ?? timeline.dispatched
        last = max(last ?? end, end)
        for event in timeline.events {
            sources[event.source, default: 0] += 1
            if event.source == .kernel { lags.record(event.callbackLag) }
        }
    }

    /// The report, one fact a line.
    func text(_ source: TraceAnalysis.Source) -> String {
        var lines: [(String, String)] = [("trace", source.file)]
        lines.append(("closed", source.isClosed ? "yes" : "no: the recording was cut off, or is still running"))
        lines.append(("origin", origin(source)))
        if let run = source.run {
            lines.append(("run", "\(run.runID), segment \(run.segment)"))
            for (name, value) in run.values.sorted(by: { $0.key < $1.key }) where !value.isEmpty {
                lines.append(("  " + name, value))
            }
        }
        if let first, let last {
            lines.append(("from", UTCText.text(first)))
            lines.append(("to", UTCText.text(last)))
            lines.append(("span", "\(NumberText.fixed((last - first).seconds, decimals: 3)) s"))
        }
        let requests = outcomes.values.reduce(0, +)
        let kinds = outcomes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        lines.append(("requests", "\(requests)" + (kinds.isEmpty ? "" : " (\(kinds))")))
        lines.append(("events", "\(eventCount) in \(byteCount) bytes"))
        let stamps = StampSource.allCases.compactMap { one in sources[one].map { "\(one) \($0)" } }
        lines.append(("stamps", stamps.isEmpty ? "none" : stamps.joined(separator: ", ")))
        if lags.count > 0 { lines.append(("callback lag", MeasurementQuality.text(lags))) }
        for (name, value) in source.quality.facts { lines.append(("measurement quality: " + name, value)) }
        if let clock = source.clocks.first {
            let state = clock.snapshot.synchronization.map { $0.isSynchronized ? "synchronized" : "not synchronized" }
            lines.append(("clock", (state ?? "unknown") + ", \(source.clocks.count) snapshots"))
        }
        for drop in source.drops { lines.append(("left out", "\(drop.reason): \(drop.message)")) }
        for (topic, count) in source.messageCounts.sorted(by: { $0.key < $1.key }) {
            lines.append(("  " + topic, "\(count) messages"))
        }
        let width = lines.map(\.0.count).max() ?? 0
        return lines.map { name, value in
            name + String(repeating: " ", count: width - name.count + 2) + value + "\n"
        }.joined()
    }

    private func origin(_ source: TraceAnalysis.Source) -> String {
        guard let origin = source.origin else { return "not stated" }
        let details = origin.values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "; ")
        let name = origin.isSynthetic ? "SYNTHETIC, served by bedrock-replayer" : origin.kind.rawValue
        return details.isEmpty ? name : "\(name) (\(details))"
    }
}
