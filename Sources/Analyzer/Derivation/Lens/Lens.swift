// A lens says how a tool turns instants into numbers, so that the same bytes give the figures that it would have printed
// (docs/metrics.md, "Lenses").

package import Core

/// Which messages a tool takes for tokens.
package enum TokenRule: Sendable {
    /// Deltas with generated content: text, reasoning or tool input.
    case content
    /// Deltas with visible text.
    case text
    /// Every delta, empty ones too.
    case delta
    /// Whatever a gateway that speaks OpenAI's protocol passes on as a chunk with a choice: the role, the begin of a
    /// tool's call, every delta, the reason to stop.
    case choice

    func isToken(_ event: TimelineEvent) -> Bool {
        switch (self, event.kind) {
        case (.content, .delta(let delta)): delta.isContent
        case (.text, .delta(let delta)): delta.isContent && delta.kind == .text
        case (.delta, .delta), (.choice, .delta): true
        case (.choice, .messageStart), (.choice, .messageStop): true
        case (.choice, .blockStart(let kind)): kind == .toolInput
        default: false
        }
    }
}

/// A tool's arithmetic.
package struct Lens: Sendable {
    /// Which instant is zero.
    package enum Clock: Sendable {
        /// The dispatch, and the time of connecting taken out.
        case connected
        /// The dispatch, whatever followed.
        case dispatched
        /// The last byte of the request.
        case sent
    }

    /// Which message is the last token.
    package enum LastToken: Sendable {
        case token(TokenRule)
        /// Text, or the end of a block where that comes later.
        case textOrBlockStop
    }

    /// When a request is over.
    package enum End: Sendable {
        case completed
        case lastToken
    }

    /// What output tokens are divided by.
    package enum Speed: Sendable {
        /// The time from the first to the last token.
        case generation
        /// The whole time.
        case total
        /// The time from the first to the last token, for the tokens after the first.
        case afterFirst
    }

    /// What one number for the time between tokens is.
    package enum Average: Sendable {
        /// (last − first) / (tokens − 1).
        case afterFirst
        /// (last − start) / tokens.
        case perToken
        /// (last − start) / messages.
        case perMessage
    }

    package var name: String
    /// What it is, in one line.
    package var summary: String
    package var clock = Clock.connected
    package var firstToken = TokenRule.content
    package var lastToken = LastToken.token(.content)
    package var end = End.completed
    package var speed = Speed.generation
    package var perToken = Average.afterFirst
    /// How the one `itl_ms` of a request is made; `nil` where the gaps of all requests are pooled.
    package var interToken: Average?
    /// The messages whose gaps are pooled.
    package var gaps = TokenRule.content
    /// Whether the service's own durations stand in where it states both.
    package var prefersService = false
    /// Durations are rounded to this; `nil` where they are not.
    package var resolution: Nanoseconds?
    /// Whether a span of nothing, as in an answer that came in one piece, counts as a time between tokens.
    package var countsEmptySpans = true
    package var percentiles = PercentileRule.hyndmanFan(.type7)
    /// The metrics that the tool defines, in its order; `nil` for all of ours.
    package var metricNames: [String]?

    /// The columns of a row under this lens.
    package var columns: [MetricColumn] {
        guard let metricNames else { return MetricColumn.all }
        return metricNames.compactMap { name in
            name == "itl_ms" && interToken == nil ? nil : MetricColumn.known.first { $0.name == name }
        }
    }

    /// The metrics of a summary under this lens, pooled gaps among them.
    var metrics: [SummaryMetric] {
        guard let metricNames else { return SummaryMetric.all }
        return metricNames.compactMap { name in
            if name == "itl_ms", interToken == nil { return .interTokenLatency }
            return MetricColumn.known.first { $0.name == name }.map(SummaryMetric.init)
        }
    }
}
