// Answers requests with what was recorded: by request, by prompt, by model, or in the order of the recording.

import Core
import Synchronization

/// What a request is matched to a recorded answer by.
package enum TraceMatch: String, Sendable, CaseIterable {
    /// Operation, model and the value of the body's JSON.
    case request
    /// Operation, model and what the prompt says; parameters may differ.
    case prompt
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
    /// Answers what no recorded answer fits; `nil` where that is an error.
    private let fallback: (any AnswerSource)?
    private let turns = Mutex<[TraceKey: Int]>([:])
    private let occurrences = OccurrenceCounter()

    /// Serves `answers`, which take their turns in the order given; what none of them fits goes to `fallback`.
    ///
    /// `name` and `seed` are what every answer states.
    package init(
        _ answers: [RecordedAnswer],
        name: String,
        match: TraceMatch = .request,
        speed: Double = 1,
        seed: UInt64 = 1,
        faults: [Fault] = [],
        fallback: (any AnswerSource)? = nil
    ) {
        self.answers = answers
        self.match = match
        self.speed = speed
        self.seed = seed
        let label = "\(name); seed=\(seed)"
        self.label = label
        self.faults = FaultInjector(faults, label: label)
        self.fallback = fallback
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
        // A request that asks for no stream has the body of one that does: what was streamed answers it.
        let recorded: RuntimeOperation =
            switch request.operation {
            case .converse: .converseStream
            case .invokeModel: .invokeModelWithResponseStream
            default: request.operation
            }
        let digest = RequestDigest.of(operation: recorded, model: request.model, body: request.body)
        let occurrence = occurrences.next(digest)
        let answerSeed = mix(mix(seed) ^ digest ^ mix(occurrence &+ 0x5EED))
        var identifiers = SeededGenerator(seed: mix(answerSeed ^ mix(DrawPurpose.identifiers.rawValue)))
        let requestID = RequestIdentifier.next(&identifiers)
        let keys = RequestKeys(body: request.body, content: try? RequestBody(request))
        guard let key = TraceKey(recorded.traceName, request.model, keys, match), let index = nextIndex(key) else {
            if let fallback { return fallback.answer(to: request, at: arrival) }
            return AWSError.validation(reason(request, recorded)).script(requestID: requestID, label: label)
        }
        var script = answers[index].script(requestID: requestID, label: label, speed: speed)
        if recorded != request.operation, script.head?.status == 200, script.ending == .complete {
            script = answers[index].wholeScript(as: script, label: label)
        }
        var generator = SeededGenerator(seed: mix(answerSeed ^ mix(DrawPurpose.faults.rawValue)))
        return faults.apply(to: script, for: request, number: arrival.number, &generator)
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
            return
                "A trace holds streams, which answer no \(request.operation.traceName) request: add --scenario for it."
        }
        let name = recorded.traceName
        let ofOperation = answers.filter { $0.operation == name }
        guard !ofOperation.isEmpty else { return "The trace holds no \(name) answer." }
        guard ofOperation.contains(where: { $0.model == request.model }) else {
            let models = Set(ofOperation.map(\.model)).sorted().prefix(5).joined(separator: ", ")
            return "The trace holds no \(name) answer of '\(request.model)'. It holds: \(models)."
        }
        if match == .prompt {
            return
                "The trace holds \(name) answers of '\(request.model)', but none to this prompt. Serve it with --match "
                + "model to accept any prompt."
        }
        return "The trace holds \(name) answers of '\(request.model)', but none to this request body. Serve it with "
            + "--match prompt to accept other parameters, or with --match model to accept any body."
    }
}

/// What answers are found by.
private struct TraceKey: Hashable {
    var operation: String
    var model: String?
    var digest: UInt64?

    init?(_ answer: RecordedAnswer, _ match: TraceMatch) {
        guard let keys = answer.keys else { return nil }
        self.init(answer.operation, answer.model, keys, match)
    }

    /// The key of a request; `nil` where it says nothing that it could be matched by.
    init?(_ operation: String, _ model: String, _ keys: RequestKeys, _ match: TraceMatch) {
        self.operation = operation
        self.model = match == .sequence ? nil : model
        switch match {
        case .request:
            digest = keys.body
        case .prompt:
            guard let prompt = keys.prompt else { return nil }
            digest = prompt
        case .model, .sequence:
            digest = nil
        }
    }
}
