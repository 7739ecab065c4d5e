// Answers requests with what was recorded: by request, by model, or in the order of the recording.

import Core
import Synchronization

/// What a request is matched to a recorded answer by.
package enum TraceMatch: String, Sendable, CaseIterable {
    /// Operation, model and the very bytes of the body.
    case request
    /// Operation and model.
    case model
    /// Operation alone: answers come in recorded order.
    case sequence
}

/// Answers from recorded traces.
///
/// Requests that match the same answers are given them in turn.
package final class TraceSource: AnswerSource {
    package let label: String
    private let answers: [RecordedAnswer]
    private let indexes: [TraceKey: [Int]]
    private let match: TraceMatch
    private let speed: Double
    private let seed: UInt64
    private let faults: FaultInjector
    private let turns = Mutex<[TraceKey: Int]>([:])
    private let occurrences = OccurrenceCounter()

    /// Serves `answers`, which take their turns in the order given; `name` and `seed` are what every answer states.
    package init(
        _ answers: [RecordedAnswer],
        name: String,
        match: TraceMatch = .request,
        speed: Double = 1,
        seed: UInt64 = 1,
        faults: [FaultRate] = []
    ) {
        self.answers = answers
        self.match = match
        self.speed = speed
        self.seed = seed
        let label = "\(name); seed=\(seed)"
        self.label = label
        self.faults = FaultInjector(rates: faults, label: label)
        var indexes: [TraceKey: [Int]] = [:]
        for (index, answer) in self.answers.enumerated() {
            guard let key = TraceKey(answer, match) else { continue }
            indexes[key, default: []].append(index)
        }
        self.indexes = indexes
    }

    /// How many answers can be served.
    package var answerCount: Int { indexes.values.reduce(0) { $0 + $1.count } }

    package func answer(to request: RuntimeRequest, at arrival: Arrival) -> AnswerScript {
        // A Converse request has the body of a ConverseStream request: what was streamed answers it.
        let recorded = request.operation == .converse ? .converseStream : request.operation
        let digest = RequestDigest.of(operation: recorded, model: request.model, body: request.body)
        let occurrence = occurrences.next(digest)
        let answerSeed = mix(mix(seed) ^ digest ^ mix(occurrence &+ 0x5EED))
        var identifiers = SeededGenerator(seed: mix(answerSeed ^ mix(DrawPurpose.identifiers.rawValue)))
        let requestID = RequestIdentifier.next(&identifiers)
        guard let index = nextIndex(TraceKey(recorded, request.model, digest, match)) else {
            return AWSError.validation(reason(request, recorded)).script(requestID: requestID, label: label)
        }
        var script = answers[index].script(requestID: requestID, label: label, speed: speed)
        if request.operation == .converse, script.head?.status == 200, script.ending == .complete {
            script = answers[index].wholeScript(as: script, label: label)
        }
        var generator = SeededGenerator(seed: mix(answerSeed ^ mix(DrawPurpose.faults.rawValue)))
        return faults.apply(to: script, request.operation, &generator)
    }

    private func nextIndex(_ key: TraceKey) -> Int? {
        guard let candidates = indexes[key] else { return nil }
        let turn = turns.withLock { turns in
            let turn = turns[key, default: 0]
            turns[key] = turn + 1
            return turn
        }
        return candidates[turn % candidates.count]
    }

    /// Why no answer fits, and what would help.
    private func reason(_ request: RuntimeRequest, _ recorded: RuntimeOperation) -> String {
        guard recorded.isStream else {
            return "A trace holds streams, and \(request.operation.traceName) is none: ask for its streaming operation."
        }
        let name = recorded.traceName
        let ofOperation = answers.filter { $0.operation == name }
        guard !ofOperation.isEmpty else { return "The trace holds no \(name) answer." }
        guard ofOperation.contains(where: { $0.model == request.model }) else {
            let models = Set(ofOperation.map(\.model)).sorted().prefix(5).joined(separator: ", ")
            return "The trace holds no \(name) answer of '\(request.model)'. It holds: \(models)."
        }
        return "The trace holds \(name) answers of '\(request.model)', but none to this request body, compared byte by "
            + "byte. Serve it with --match model to accept any body."
    }
}

/// What answers are found by.
private struct TraceKey: Hashable {
    var operation: String
    var model: String?
    var digest: UInt64?

    init?(_ answer: RecordedAnswer, _ match: TraceMatch) {
        guard let digest = answer.digest else { return nil }
        self.init(answer.operation, answer.model, digest, match)
    }

    init(_ operation: RuntimeOperation, _ model: String, _ digest: UInt64, _ match: TraceMatch) {
        self.init(operation.traceName, model, digest, match)
    }

    private init(_ operation: String, _ model: String, _ digest: UInt64, _ match: TraceMatch) {
        self.operation = operation
        self.model = match == .sequence ? nil : model
        self.digest = match == .request ? digest : nil
    }
}
