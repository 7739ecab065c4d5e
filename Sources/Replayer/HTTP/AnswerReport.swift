// What became of an answer: one value a request, for logs and counters.

package import Core

/// The record of one answer.
package struct AnswerReport: Hashable, Sendable {
    package var requestID: String
    /// For example `converse-stream`; the request's path where it named no operation.
    package var operation: String
    package var model: String
    /// The HTTP status; `nil` where no head was sent.
    package var status: Int?
    /// What the answer was, for example `ok` or `fault reset`.
    package var note: String
    package var sentChunks: Int
    package var sentBytes: Int
    /// When the request's last byte was read, on `CLOCK_MONOTONIC`, in nanoseconds.
    package var received: UInt64 = 0
    /// From the request's last byte to the answer's end.
    package var duration: Nanoseconds
    /// How late the latest chunk left.
    package var greatestLateness: Nanoseconds
    /// Whether the client went before the answer was over.
    package var isAborted: Bool
}

/// Takes reports as answers end; called on the server's threads.
package protocol AnswerObserver: Sendable {
    /// An answer has ended.
    func answered(_ report: AnswerReport)
}
