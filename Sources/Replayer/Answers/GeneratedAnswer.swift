// What a model says in a synthetic answer, and when: drawn from a scenario's distributions, before any wire format.

import Core

/// Words that belong together in time: one delta of a stream.
struct GeneratedDelta: Hashable, Sendable {
    var offset: Nanoseconds
    var text: String
    var tokenCount: Int
}

/// A content block of an answer.
struct GeneratedBlock: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case reasoning
        case text
        case toolUse(id: String, name: String)
    }

    var kind: Kind
    var deltas: [GeneratedDelta]

    /// The text of all deltas.
    var text: String { deltas.map(\.text).joined() }
}

/// A whole synthetic answer.
struct GeneratedAnswer: Hashable, Sendable {
    /// Why the answer ends, in Converse's words.
    enum StopReason: String, Sendable {
        case endTurn = "end_turn"
        case maximumTokens = "max_tokens"
        case toolUse = "tool_use"
    }

    var model: String
    /// Letters and digits that are the answer's own, for ids inside it.
    var identifier: String
    /// When the response's head and its first event leave.
    var start: Nanoseconds
    var blocks: [GeneratedBlock]
    var stopReason: StopReason
    /// Input tokens, cached ones left out.
    var inputTokens: Int
    var cacheReadTokens: Int
    var cacheWriteTokens: Int
    var outputTokens: Int
    /// Gaps before each event that follows the last delta; the last one counts for all that follow.
    var tailGaps: [Nanoseconds]
    /// The latency profile that the answer states; `nil` where the request asked for none.
    var servedLatency: String?
    /// The tier that the answer states; `nil` where the request asked for none.
    var servedTier: String?

    /// When the first delta leaves.
    var firstDelta: Nanoseconds { blocks.first?.deltas.first?.offset ?? start }
    /// When the last delta leaves.
    var lastDelta: Nanoseconds { blocks.last?.deltas.last?.offset ?? start }

    /// The offset of the event with the given place behind the last delta, from 0.
    func tail(_ place: Int) -> Nanoseconds {
        var offset = lastDelta
        for index in 0...place { offset = offset + tailGaps[min(index, tailGaps.count - 1)] }
        return offset
    }

    /// When the answer is whole: the place of the third event behind the last delta.
    var end: Nanoseconds { tail(2) }
    /// Whether the request marked anything to be cached.
    var hasCacheCounts: Bool { cacheReadTokens + cacheWriteTokens > 0 }

    /// Lets everything come later.
    mutating func delay(by wait: Nanoseconds) {
        guard wait > .zero else { return }
        start = start + wait
        for block in blocks.indices {
            for delta in blocks[block].deltas.indices {
                blocks[block].deltas[delta].offset = blocks[block].deltas[delta].offset + wait
            }
        }
    }

    /// Milliseconds, rounded down as a server's own whole numbers are.
    static func wholeMilliseconds(_ span: Nanoseconds) -> Int { Int(span.count / 1_000_000) }
}
