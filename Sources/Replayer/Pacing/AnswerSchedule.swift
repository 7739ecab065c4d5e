// When each part of an answer leaves: absolute deadlines from one start, so that lateness never adds up.

import Core

/// Walks through an answer as time passes; knows no clock and no socket.
struct AnswerSchedule {
    /// What is to be done now.
    enum Step: Hashable {
        /// Nothing before this instant, in monotonic nanoseconds.
        case wait(until: UInt64)
        case sendHead(AnswerHead)
        case sendChunk(AnswerChunk)
        case end(AnswerEnding)
    }

    let script: AnswerScript
    /// When the request's last byte was read, in monotonic nanoseconds.
    let received: UInt64
    private var hasSentHead = false
    private var nextChunk = 0
    private(set) var isOver = false

    /// Starts an answer to a request that was whole at `received`.
    init(_ script: AnswerScript, received: UInt64) {
        self.script = script
        self.received = received
    }

    /// The next step at the instant `now`; `nil` after the end.
    mutating func next(now: UInt64) -> Step? {
        if isOver { return nil }
        let due = deadline
        guard now >= due else { return .wait(until: due) }
        if !hasSentHead, let head = script.head {
            hasSentHead = true
            return .sendHead(head)
        }
        if nextChunk < script.chunks.count {
            defer { nextChunk += 1 }
            return .sendChunk(script.chunks[nextChunk])
        }
        isOver = true
        return .end(script.ending)
    }

    /// When the next step is due, in monotonic nanoseconds.
    private var deadline: UInt64 {
        let offset =
            if !hasSentHead, let head = script.head {
                head.offset
            } else if nextChunk < script.chunks.count {
                script.chunks[nextChunk].offset
            } else {
                script.endOffset
            }
        return received + UInt64(max(0, offset.count))
    }
}
