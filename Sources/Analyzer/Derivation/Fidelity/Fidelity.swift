// How far a recorder's stamps are from what the sender did: stamp − truth, event by event (`fidelity`).

package import Core

/// Errors in nanoseconds, collected request by request.
package struct Fidelity: Sendable {
    /// Stamp − truth of every event.
    package private(set) var events = StampErrors()
    /// The error of the time to the first token: that of its stamp, since the start is the recorder's own.
    package private(set) var firstTokens = StampErrors()
    /// The error of the gaps between successive deltas with content, without sign.
    package private(set) var gaps = StampErrors()
    package private(set) var matchedRequests = 0
    /// Requests whose answer the ground truth doesn't know, or knows twice.
    package private(set) var unmatchedRequests = 0
    /// Events of matched requests without a line in the ground truth.
    package private(set) var unmatchedEvents = 0
    /// Events of the ground truth that never became an event of the trace.
    package private(set) var missingEvents = 0

    private let truth: GroundTruth

    package init(_ truth: GroundTruth) {
        self.truth = truth
    }

    /// The header that names an answer on both sides.
    private static let identifier = "x-amzn-RequestId"

    /// Compares the events of one request with the truth.
    package mutating func take(_ timeline: RequestTimeline, clock: MonotonicClock) {
        guard let response = timeline.response else { return }
        guard let id = response.header(Self.identifier), let instants = truth.instants[id],
            !truth.ambiguous.contains(id)
        else {
            unmatchedRequests += 1
            return
        }
        matchedRequests += 1
        var errors: [Int: StampError] = [:]
        for (index, event) in timeline.events.enumerated() {
            guard let sent = instants[event.index] else {
                unmatchedEvents += 1
                continue
            }
            let next = index + 1
            let error = StampError(
                nanoseconds: Int64(bitPattern: clock.nanoseconds(event.stamp) &- sent),
                source: event.source,
                // The first of a burst came with the one behind it.
                isCoalesced: event.isBurst || (next < timeline.events.count && timeline.events[next].isBurst)
            )
            errors[event.index] = error
            events.append(error)
        }
        missingEvents += instants.count - errors.count
        let content = timeline.contentEvents
        if let first = content.first, let error = errors[first.index] { firstTokens.append(error) }
        for (before, after) in zip(content, content.dropFirst()) {
            guard let first = errors[before.index], let second = errors[after.index] else { continue }
            gaps.append(.gap(first, second))
        }
    }
}

/// One error and what it is counted under.
package struct StampError: Equatable, Sendable {
    package var nanoseconds: Int64
    package var source: StampSource
    /// Whether the event arrived together with another.
    package var isCoalesced: Bool

    /// The error of the gap between two events; as coalesced as either, as sure as the less sure one.
    static func gap(_ first: StampError, _ second: StampError) -> StampError {
        let sources = [first.source, second.source]
        let leastSure = [.unknown, .callback].first(where: sources.contains) ?? second.source
        return StampError(
            nanoseconds: abs(second.nanoseconds &- first.nanoseconds),
            source: leastSure,
            isCoalesced: first.isCoalesced || second.isCoalesced
        )
    }
}

/// Errors, split by where the stamp was taken and by whether the event came alone.
package struct StampErrors: Sendable {
    private struct Class: Hashable {
        var source: StampSource
        var isCoalesced: Bool
    }

    private var byClass: [Class: [Int64]] = [:]

    mutating func append(_ error: StampError) {
        byClass[Class(source: error.source, isCoalesced: error.isCoalesced), default: []].append(error.nanoseconds)
    }

    /// A part of the errors and its distribution.
    package typealias Part = (name: String, distribution: ErrorDistribution)

    /// All errors, then those of each source and of events alone and coalesced, where there are any.
    package var parts: [Part] {
        var parts: [Part] = [("all", distribution { _ in true })]
        for source in StampSource.allCases { parts.append(("\(source)", distribution { $0.source == source })) }
        parts.append(("single", distribution { !$0.isCoalesced }))
        parts.append(("coalesced", distribution { $0.isCoalesced }))
        return parts.filter { $0.name == "all" || $0.distribution.count > 0 }
    }

    /// The distribution of the part of that name; `nil` where it has no error.
    package func part(_ name: String) -> ErrorDistribution? {
        parts.first { $0.name == name }?.distribution
    }

    private func distribution(of isMeant: (Class) -> Bool) -> ErrorDistribution {
        ErrorDistribution(byClass.filter { isMeant($0.key) }.flatMap(\.value))
    }
}

/// A distribution of errors, in microseconds.
package struct ErrorDistribution: Equatable, Sendable {
    package var count: Int
    package var minimum: Double?
    package var median: Double?
    package var p90: Double?
    package var p99: Double?
    package var maximum: Double?

    /// Describes errors given in nanoseconds.
    package init(_ nanoseconds: [Int64]) {
        let sorted = nanoseconds.sorted().map { Double($0) / 1e3 }
        count = sorted.count
        minimum = sorted.first
        median = Quantile.value(sorted: sorted, p: 0.5)
        p90 = Quantile.value(sorted: sorted, p: 0.9)
        p99 = Quantile.value(sorted: sorted, p: 0.99)
        maximum = sorted.last
    }
}

extension Fidelity {
    /// What is said of the errors, in the order of the report.
    var measures: [(name: String, title: String, errors: StampErrors)] {
        [
            ("events", "every event", events), ("ttft", "time to first token", firstTokens),
            ("itl", "inter-token latency", gaps),
        ]
    }
}
