// Answers requests from a scenario: entry, draw, wire format, frames, script.

import Core

/// Answers that are drawn from a scenario's distributions.
package final class ScenarioSource: AnswerSource {
    private let scenario: Scenario
    private let speed: Double
    /// What the models can take, one for each entry of the scenario.
    private let loads: [ServiceLoad]
    /// How often each request was seen: the same body again is another draw.
    private let occurrences = OccurrenceCounter()

    /// Answers from `scenario`; `speed` divides every time and is infinite for answers without any wait.
    package init(_ scenario: Scenario, speed: Double = 1) {
        self.scenario = scenario
        self.speed = speed
        loads = scenario.models.map { ServiceLoad($0.limits) }
    }

    package var label: String { "\(scenario.name); seed=\(scenario.seed)" }

    package func answer(to request: RuntimeRequest, at arrival: Arrival) -> AnswerScript {
        let digest = request.digest
        let occurrence = occurrences.next(digest)
        return answer(to: request, Draw(digest: digest, occurrence: occurrence, arrival: arrival))
    }

    /// The answer to the given occurrence of a request, from 0, with no other load and at no particular time of day: a
    /// pure function of scenario and arguments.
    package func answer(to request: RuntimeRequest, occurrence: UInt64) -> AnswerScript {
        answer(to: request, Draw(digest: request.digest, occurrence: occurrence, arrival: nil))
    }

    /// What one answer is drawn from.
    private struct Draw {
        var digest: UInt64
        var occurrence: UInt64
        var arrival: Arrival?
    }

    private func answer(to request: RuntimeRequest, _ draw: Draw) -> AnswerScript {
        let seed = mix(mix(scenario.seed) ^ draw.digest ^ mix(draw.occurrence &+ 0x5EED))
        var identifiers = SeededGenerator(seed: mix(seed ^ mix(DrawPurpose.identifiers.rawValue)))
        let requestID = RequestIdentifier.next(&identifiers)
        let script: AnswerScript
        do {
            script = try answer(to: request, draw, seed, requestID)
        } catch {
            script = error.script(requestID: requestID, label: label)
        }
        var faults = SeededGenerator(seed: mix(seed ^ mix(DrawPurpose.faults.rawValue)))
        return FaultInjector(scenario.faults, label: label)
            .apply(to: script, for: request, number: draw.arrival?.number, &faults)
    }

    private func answer(
        to request: RuntimeRequest,
        _ draw: Draw,
        _ seed: UInt64,
        _ requestID: String
    ) throws(AWSError) -> AnswerScript {
        let body = try RequestBody(request)
        guard let index = scenario.modelIndex(for: request.model) else {
            throw .validation(
                "The provided model identifier is invalid. (No entry of \(scenario.name) matches '\(request.model)'.)"
            )
        }
        let model = scenario.models[index]
        let factor = draw.arrival.flatMap { model.hours?.factor(secondsSinceEpoch: $0.secondsSinceEpoch) } ?? 1
        let generator = AnswerGenerator(model: model, seed: seed, speed: speed / factor, occurrence: draw.occurrence)
        if request.operation == .countTokens {
            return ScriptWriter(requestID: requestID, label: label).tokenCount(generator.inputTokens(body))
        }
        var answer = try generator.answer(to: request, body)
        if let arrival = draw.arrival {
            let tokens = answer.inputTokens + answer.outputTokens
            guard let wait = loads[index].admit(at: arrival.monotonic, tokens: tokens, duration: answer.end) else {
                throw .throttled
            }
            answer.delay(by: wait)
        }
        return try script(answer, request, generator, requestID)
    }

    /// The answer in the wire format of its operation.
    private func script(
        _ answer: GeneratedAnswer,
        _ request: RuntimeRequest,
        _ generator: AnswerGenerator,
        _ requestID: String
    ) throws(AWSError) -> AnswerScript {
        let writer = ScriptWriter(requestID: requestID, label: label)
        var padding = PaddingSource(generator.generator(.padding), isOn: generator.model.isPadded)
        switch request.operation {
        case .converseStream:
            return writer.stream(ConverseStreamEvents.events(answer, &padding), answer)
        case .converse:
            return writer.whole(ConverseAnswer.body(answer), answer)
        case .invokeModelWithResponseStream:
            let family = try family(of: request.model, generator.model)
            return writer.invokeStream(family.events(answer, &padding), answer)
        case .invokeModel:
            let family = try family(of: request.model, generator.model)
            return writer.invokeWhole(family.body(answer), answer)
        case .countTokens:
            return writer.tokenCount(answer.inputTokens)
        }
    }

    private func family(of id: String, _ model: ModelScenario) throws(AWSError) -> ModelFamily {
        guard let family = model.family ?? ModelFamily(modelID: id) else {
            throw .validation(
                "The scenario states no family for '\(id)', and its name tells none. Add family: to its entry in "
                    + "\(scenario.name)."
            )
        }
        return family
    }
}
