// A whole answer as a value: which bytes leave when, and how it ends. Everything before the socket is a function to this.

package import Core

/// The head of an HTTP response.
package struct AnswerHead: Hashable, Sendable {
    /// The HTTP status.
    package var status: Int
    /// The header fields in order; the server adds `Date` and the framing of the body.
    package var headers: [HeaderField]
    /// When the head leaves, counted from the request's last byte.
    package var offset: Nanoseconds
    /// Over which time the head's bytes trickle out; zero where they leave at once.
    package var spread: Nanoseconds

    /// Makes a head.
    package init(status: Int, headers: [HeaderField], offset: Nanoseconds = .zero, spread: Nanoseconds = .zero) {
        self.status = status
        self.headers = headers
        self.offset = offset
        self.spread = spread
    }
}

/// Bytes that leave in one write, as one HTTP chunk.
package struct AnswerChunk: Hashable, Sendable {
    /// When the bytes leave, counted from the request's last byte.
    package var offset: Nanoseconds
    /// The bytes.
    package var bytes: [UInt8]
    /// The indexes of the event-stream messages whose last byte is among the bytes.
    package var events: Range<Int>

    /// Makes a chunk.
    package init(offset: Nanoseconds, bytes: [UInt8], events: Range<Int>) {
        self.offset = offset
        self.bytes = bytes
        self.events = events
    }
}

/// How an answer ends.
package enum AnswerEnding: Hashable, Sendable {
    /// The response is whole; the connection stays usable.
    case complete
    /// The connection is closed in the middle of the response, without the last HTTP chunk.
    case close
    /// The connection is reset in the middle of the response.
    case reset
    /// Nothing more comes, and the connection stays open until the client goes.
    case stall
}

/// One answer: its head, its chunks in order of time, and its end.
package struct AnswerScript: Hashable, Sendable {
    /// The response's identity, as `x-amzn-RequestId` states it.
    package var requestID: String
    /// The head; `nil` where the connection fails before one is sent.
    package var head: AnswerHead?
    /// The chunks; offsets never go back, nor before the end of the head.
    package var chunks: [AnswerChunk]
    package var ending: AnswerEnding
    /// When the end comes, counted from the request's last byte.
    package var endOffset: Nanoseconds
    /// What the answer is, for the log, for example `ok`, `ThrottlingException` or `fault reset`.
    package var note: String

    /// Makes an answer.
    package init(
        requestID: String,
        head: AnswerHead?,
        chunks: [AnswerChunk],
        ending: AnswerEnding = .complete,
        endOffset: Nanoseconds,
        note: String = "ok"
    ) {
        self.requestID = requestID
        self.head = head
        self.chunks = chunks
        self.ending = ending
        self.endOffset = endOffset
        self.note = note
    }
}
