// The metrics of one request: plain arithmetic on the instants of its timeline, in the units that their names state.

import Core

/// The metrics of one attempt; `nil` where an instant or a count that it needs is missing.
package struct RequestMetrics: Sendable {
    package var ttft: Double?
    package var ttftScheduled: Double?
    package var ttftText: Double?
    package var connect: Double?
    package var ttlt: Double?
    package var endToEnd: Double?
    package var outputTokensPerSecond: Double?
    package var timePerOutputToken: Double?
    /// Gaps between successive deltas with content, in milliseconds.
    package var interTokenLatencies: [Double]
    package var coalesced: Double?
    package var tokensPerDelta: Double?
    package var server: Double?
    package var serverTTFT: Double?
    package var overhead: Double?

    /// Derives the metrics of a timeline.
    package init(_ timeline: RequestTimeline) {
        let content = timeline.contentEvents
        let first = content.first?.stamp
        let last = content.last?.stamp
        let text = timeline.first { $0.delta.map { $0.kind == .text && !$0.isEmpty } ?? false }?.stamp
        let connecting = timeline.connecting
        let outputTokens = timeline.metadata?.usage.outputTokens.map(Double.init)

        /// From dispatch to `instant`, without the time that connecting took.
        func sinceConnected(_ instant: TraceInstant?) -> Double? {
            guard let instant, let connecting else { return nil }
            return (instant - timeline.dispatched - connecting).milliseconds
        }
        ttft = sinceConnected(first)
        ttftScheduled = first.map { ($0 - timeline.scheduled).milliseconds }
        ttftText = sinceConnected(text)
        connect = connecting?.milliseconds
        ttlt = sinceConnected(last)
        endToEnd = timeline.completed.map { ($0 - timeline.dispatched).milliseconds }

        let streaming = first.flatMap { first in last.map { $0 - first } }
        if let streaming, streaming > .zero, let outputTokens {
            outputTokensPerSecond = outputTokens / streaming.seconds
        }
        // Where everything arrived at once, no time between tokens was observed.
        if let streaming, streaming > .zero, let outputTokens, outputTokens >= 2 {
            timePerOutputToken = streaming.milliseconds / (outputTokens - 1)
        }
        interTokenLatencies = zip(content, content.dropFirst()).map { ($1.stamp - $0.stamp).milliseconds }
        if !content.isEmpty {
            coalesced = Double(Self.coalescedCount(timeline)) / Double(content.count)
            tokensPerDelta = outputTokens.map { $0 / Double(content.count) }
        }
        server = timeline.metadata?.serverLatencyMilliseconds
        serverTTFT = timeline.metadata?.serverFirstByteMilliseconds
        if let completed = timeline.completed, let sent = timeline.sent, let server {
            overhead = (completed - sent).milliseconds - server
        }
    }

    /// Deltas with content that arrived together with the delta before.
    private static func coalescedCount(_ timeline: RequestTimeline) -> Int {
        let content = timeline.contentEvents
        return zip(content, content.dropFirst()).count { before, after in
            before.chunk == after.chunk
                || (before.source == .kernel && after.source == .kernel && before.stamp == after.stamp)
        }
    }
}

/// A metric of a request that is one number: its name in every output, and how to read it.
package struct MetricColumn: Sendable {
    package var name: String
    package var read: @Sendable (RequestMetrics) -> Double?

    /// Every metric that is one number, in the order of the documentation.
    package static let all: [MetricColumn] = [
        MetricColumn(name: "ttft_ms") { $0.ttft },
        MetricColumn(name: "ttft_scheduled_ms") { $0.ttftScheduled },
        MetricColumn(name: "ttft_text_ms") { $0.ttftText },
        MetricColumn(name: "connect_ms") { $0.connect },
        MetricColumn(name: "ttlt_ms") { $0.ttlt },
        MetricColumn(name: "e2e_ms") { $0.endToEnd },
        MetricColumn(name: "otps") { $0.outputTokensPerSecond },
        MetricColumn(name: "tpot_ms") { $0.timePerOutputToken },
        MetricColumn(name: "coalesced") { $0.coalesced },
        MetricColumn(name: "tokens_per_delta") { $0.tokensPerDelta },
        MetricColumn(name: "server_ms") { $0.server },
        MetricColumn(name: "server_ttft_ms") { $0.serverTTFT },
        MetricColumn(name: "overhead_ms") { $0.overhead },
    ]
}
