// The metrics of one request: plain arithmetic on the instants of its timeline, as a lens wants it.

import Core

/// The metrics of one attempt; `nil` where an instant or a count that it needs is missing.
package struct RequestMetrics: Sendable {
    package var ttft: Double?
    package var ttftScheduled: Double?
    package var ttftText: Double?
    /// From the first token to the second.
    package var timeToSecondToken: Double?
    package var connect: Double?
    package var ttlt: Double?
    package var endToEnd: Double?
    package var outputTokensPerSecond: Double?
    package var timePerOutputToken: Double?
    /// The whole time over all output tokens.
    package var normalizedTimePerOutputToken: Double?
    /// Gaps between successive tokens of the lens, in milliseconds.
    package var interTokenLatencies: [Double] { interTokenGaps.milliseconds }
    /// The same, as they are kept.
    package var interTokenGaps: GapList
    /// The one time between tokens that some lenses give a request.
    package var interTokenLatency: Double?
    package var coalesced: Double?
    package var tokensPerDelta: Double?
    package var server: Double?
    package var serverTTFT: Double?
    package var overhead: Double?

    /// Derives the metrics of a timeline.
    package init(_ timeline: RequestTimeline, lens: Lens = .standard) {
        let spans = LensSpans(timeline, lens)
        let tokens = timeline.metadata?.usage.outputTokens.map(Double.init)
        connect = timeline.connecting?.milliseconds
        ttft = spans.toFirst?.milliseconds
        ttlt = spans.toLast?.milliseconds
        endToEnd = spans.toEnd?.milliseconds
        ttftScheduled = spans.first.map { ($0 - timeline.scheduled).milliseconds }
        ttftText = spans.toText?.milliseconds
        timeToSecondToken = spans.firstToSecond?.milliseconds

        func average(_ average: Lens.Average) -> Double? {
            switch average {
            case .afterFirst:
                guard let generation = spans.generation, let tokens, tokens >= 2 else { return nil }
                return generation.milliseconds / (tokens - 1)
            case .perToken:
                guard let toLast = spans.toLast, let tokens, tokens >= 1 else { return nil }
                return toLast.milliseconds / tokens
            case .perMessage:
                guard let toLast = spans.toLast, spans.gapTokens.count > 0 else { return nil }
                return toLast.milliseconds / Double(spans.gapTokens.count)
            }
        }
        timePerOutputToken = average(lens.perToken)
        interTokenLatency = lens.interToken.flatMap(average)
        normalizedTimePerOutputToken = tokens.flatMap { tokens in
            tokens >= 1 ? spans.toEnd.map { $0.milliseconds / tokens } : nil
        }
        outputTokensPerSecond = tokens.flatMap { tokens in
            switch lens.speed {
            case .generation: Self.rate(tokens, spans.generation)
            case .total: Self.rate(tokens, spans.toEnd)
            case .afterFirst: tokens >= 2 ? Self.rate(tokens - 1, spans.generation) : nil
            }
        }
        interTokenGaps = GapList(
            nanoseconds: zip(spans.gapTokens, spans.gapTokens.dropFirst()).map { ($1.stamp - $0.stamp).count }
        )
        let content = timeline.contentEvents
        if !content.isEmpty {
            coalesced = Double(Self.coalescedCount(content)) / Double(content.count)
            tokensPerDelta = tokens.map { $0 / Double(content.count) }
        }
        server = timeline.metadata?.serverLatencyMilliseconds
        serverTTFT = timeline.metadata?.serverFirstByteMilliseconds
        if let completed = timeline.completed, let sent = timeline.sent, let server {
            overhead = (completed - sent).milliseconds - server
        }
    }

    private static func rate(_ tokens: Double, _ span: Nanoseconds?) -> Double? {
        guard let span, span > .zero else { return nil }
        return tokens / span.seconds
    }

    /// Deltas with content that arrived together with the delta before.
    private static func coalescedCount(_ content: [TimelineEvent]) -> Int {
        zip(content, content.dropFirst()).count { before, after in
            before.chunk == after.chunk
                || (before.source == .kernel && after.source == .kernel && before.stamp == after.stamp)
        }
    }
}

/// The spans of a timeline that a lens's metrics are made of.
private struct LensSpans {
    var first: TraceInstant?
    var toFirst: Nanoseconds?
    var toText: Nanoseconds?
    var toLast: Nanoseconds?
    var toEnd: Nanoseconds?
    var firstToSecond: Nanoseconds?
    /// From the first to the last token; `nil` where the lens doesn't count a span of nothing.
    var generation: Nanoseconds?
    /// The messages whose gaps are pooled.
    var gapTokens: [TimelineEvent]

    init(_ timeline: RequestTimeline, _ lens: Lens) {
        let zero: TraceInstant? =
            switch lens.clock {
            case .connected: timeline.connecting.map { timeline.dispatched.advanced(by: $0) }
            case .dispatched: timeline.dispatched
            case .sent: timeline.sent
            }
        func since(_ instant: TraceInstant?) -> Nanoseconds? {
            guard let instant, let zero else { return nil }
            return lens.resolution.map { (instant - zero).rounded(to: $0) } ?? instant - zero
        }
        let tokens = timeline.events.filter(lens.firstToken.isToken)
        let last =
            switch lens.lastToken {
            case .token(let rule): timeline.last(where: rule.isToken)?.stamp
            case .textOrBlockStop:
                timeline.last { $0.kind == .blockStop || TokenRule.text.isToken($0) }?.stamp
            }
        first = tokens.first?.stamp
        toFirst = since(first)
        toText = since(timeline.first(where: TokenRule.text.isToken)?.stamp)
        toLast = since(last)
        if tokens.count >= 2 { firstToSecond = tokens[1].stamp - tokens[0].stamp }
        switch lens.end {
        case .lastToken: toEnd = toLast
        // Connecting is part of what the user waited for.
        case .completed where lens.clock == .connected: toEnd = timeline.completed.map { $0 - timeline.dispatched }
        case .completed: toEnd = since(timeline.completed)
        }
        generation = first.flatMap { first in last.map { $0 - first } }
        if lens.prefersService, let metadata = timeline.metadata,
            let whole = metadata.serverLatencyMilliseconds.flatMap({ Nanoseconds(seconds: $0 / 1e3) }),
            let first = metadata.serverFirstByteMilliseconds.flatMap({ Nanoseconds(seconds: $0 / 1e3) })
        {
            toFirst = first
            toEnd = whole
            generation = whole - first
        }
        if generation == .zero, !lens.countsEmptySpans { generation = nil }
        gapTokens = timeline.events.filter(lens.gaps.isToken)
    }
}

extension Nanoseconds {
    /// The nearest multiple of `unit`, ties to the even one, as Python's `round` does.
    fileprivate func rounded(to unit: Nanoseconds) -> Nanoseconds {
        Nanoseconds(Int64((Double(count) / Double(unit.count)).rounded(.toNearestOrEven)) * unit.count)
    }
}

/// A metric of a request that is one number: its name in every output, and how to read it.
package struct MetricColumn: Sendable {
    package var name: String
    package var read: @Sendable (RequestMetrics) -> Double?

    /// Every metric of the default lens that is one number, in the order of the documentation.
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

    /// Those, and what only other lenses give.
    package static let known =
        all + [
            MetricColumn(name: "ttst_ms") { $0.timeToSecondToken },
            MetricColumn(name: "ntpot_ms") { $0.normalizedTimePerOutputToken },
            MetricColumn(name: "itl_ms") { $0.interTokenLatency },
        ]
}
