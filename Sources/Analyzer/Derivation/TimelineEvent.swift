// One event of an answer as it arrived: what it was, where in the stream it lay, and when its last byte came.

package import Core

/// One event-stream message of an attempt.
package struct TimelineEvent: Hashable, Sendable {
    /// What the message says, as far as timing needs it.
    package enum Kind: Hashable, Sendable {
        case messageStart
        case blockStart(DeltaKind)
        case delta(ContentDelta)
        case blockStop
        case messageStop
        case metadata
        case exception
        case ping
        case other

        /// What a message is called that says several things: visible text, other content, an empty delta, the rest.
        var weight: Int {
            switch self {
            case .delta(let delta) where delta.isContent: delta.kind == .text ? 5 : 4
            case .exception: 3
            case .delta: 2
            case .messageStart, .blockStart, .blockStop, .messageStop, .metadata, .ping: 1
            case .other: 0
            }
        }
    }

    /// The message's place among the attempt's messages, from 0.
    package var index: Int
    /// Its `:event-type`, `:exception-type` or `:error-code`; empty where it has none.
    package var eventType: String
    /// Its `:message-type`.
    package var messageType: String
    package var kind: Kind
    /// The bytes of generated text in it, those of all its deltas together.
    package var textByteCount: Int
    /// The offset of its first byte in the response's body.
    package var offset: UInt64
    package var length: Int
    /// The stamp of the chunk that carried its last byte.
    package var stamp: TraceInstant
    package var source: StampSource
    package var callbackLag: Nanoseconds
    /// From the stamp to the return of the event loop's wait; see ``ChunkStamp/wakeLag``.
    package var wakeLag = Nanoseconds.zero
    /// The index of that chunk.
    package var chunk: UInt32
    /// Whether it arrived together with the message before: in the same chunk, or with the same kernel stamp.
    package var isBurst: Bool
    /// The JSON that it carries; `nil` unless it was asked for.
    package var payload: String?

    /// The delta, where it is one.
    package var delta: ContentDelta? {
        if case .delta(let delta) = kind { delta } else { nil }
    }

    /// The kind's name in rows: the delta's kind, or the message's.
    package var kindName: String {
        switch kind {
        case .messageStart: "message_start"
        case .blockStart: "block_start"
        case .delta(let delta): delta.kind.rawValue
        case .blockStop: "block_stop"
        case .messageStop: "message_stop"
        case .metadata: "metadata"
        case .exception: "exception"
        case .ping: "ping"
        case .other: "other"
        }
    }
}
