// The border between what is answered and how it is sent.

import Synchronization

/// Something that has an answer to every request.
package protocol AnswerSource: Sendable {
    /// What every answer states in `x-bedrock-replayer`: file and seed.
    var label: String { get }

    /// The answer to `request`, which was whole at `arrival`.
    func answer(to request: RuntimeRequest, at arrival: Arrival) -> AnswerScript
}

/// Counts how often each request was seen, by its digest.
final class OccurrenceCounter: Sendable {
    private let counts = Mutex<[UInt64: UInt64]>([:])

    /// How often `digest` was seen before this time.
    func next(_ digest: UInt64) -> UInt64 {
        counts.withLock { counts in
            let count = counts[digest, default: 0]
            counts[digest] = count + 1
            return count
        }
    }
}
