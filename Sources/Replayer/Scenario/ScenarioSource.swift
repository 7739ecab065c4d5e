// Answers requests from a scenario: entry, draw, wire format, frames, script.

import Core
import Synchronization

/// Answers that are drawn from a scenario's distributions.
package final class ScenarioSource: AnswerSource {
    private let scenario: Scenario
    private let speed: Double
    /// How often each request was seen: the same body again is another draw.
    private let occurrences = OccurrenceCounter()

    /// Answers from `scenario`; `speed` divides every time and is infinite for answers without any wait.
    package init(_ scenario: Scenario, speed: Double = 1) {
        self.scenario = scenario
        self.speed = speed
    }

    package func answer(to request: RuntimeRequest) -> AnswerScript {
        let digest = request.digest
        return answer(to: request, occurrence: occurrences.next(digest), digest: digest)
    }

    /// The answer to the given occurrence of a request, from 0: a pure function of scenario and arguments.
    package func answer(to request: RuntimeRequest, occurrence: UInt64) -> AnswerScript {
        answer(to: request, occurrence: occurrence, digest: request.digest)
    }

    package var label: String { "\(scenario.name); seed=\(scenario.seed)" }

    private func answer(to request: RuntimeRequest, occurrence: UInt64, digest: UInt64) -> AnswerScript {
        let seed = mix(mix(scenario.seed) ^ digest ^ mix(occurrence &+ 0x5EED))
        var identifiers = SeededGenerator(seed: mix(seed ^ mix(DrawPurpose.identifiers.rawValue)))
        let requestID = RequestIdentifier.next(&identifiers)
        let script: AnswerScript
        do {
            script = try stream(request, seed, requestID)
        } catch {
            script = error.script(requestID: requestID, label: label)
        }
        var faults = SeededGenerator(seed: mix(seed ^ mix(DrawPurpose.faults.rawValue)))
        return FaultInjector(rates: scenario.faults, label: label).apply(to: script, request.operation, &faults)
    }

    private func stream(
        _ request: RuntimeRequest,
        _ seed: UInt64,
        _ requestID: String
    ) throws(AWSError) -> AnswerScript {
        let body = try RequestBody(request)
        guard let model = scenario.model(for: request.model) else {
            throw .validation(
                "The provided model identifier is invalid. (No entry of \(scenario.name) matches '\(request.model)'.)"
            )
        }
        let generator = AnswerGenerator(model: model, seed: seed, speed: speed)
        let answer = try generator.answer(to: request, body)
        var padding = PaddingSource(generator.generator(.padding), isOn: model.isPadded)
        let events: [TimedEvent]
        switch request.operation {
        case .converseStream:
            events = ConverseStreamEvents.events(answer, &padding)
        case .invokeModelWithResponseStream:
            guard let family = model.family ?? ModelFamily(modelID: request.model) else {
                throw .validation(
                    "The scenario states no family for '\(request.model)', and its name tells none. "
                        + "Add family: to its entry in \(scenario.name)."
                )
            }
            events = family.events(answer, &padding)
        }
        return script(events, answer, request.operation, requestID)
    }

    private func script(
        _ events: [TimedEvent],
        _ answer: GeneratedAnswer,
        _ operation: RuntimeOperation,
        _ requestID: String
    ) -> AnswerScript {
        var headers = [
            HeaderField("Content-Type", "application/vnd.amazon.eventstream"),
            HeaderField("x-amzn-RequestId", requestID),
        ]
        if operation == .invokeModelWithResponseStream {
            headers.append(HeaderField("x-amzn-bedrock-content-type", "application/json"))
            if let latency = answer.servedLatency {
                headers.append(HeaderField("x-amzn-bedrock-performanceconfig-latency", latency))
            }
            if let tier = answer.servedTier { headers.append(HeaderField("x-amzn-bedrock-service-tier", tier)) }
        }
        headers.append(HeaderField("x-bedrock-replayer", label))
        let chunks = events.enumerated().map { index, event in
            AnswerChunk(
                offset: event.offset,
                bytes: EventFrames.event(event.type, event.payload),
                events: index..<(index + 1)
            )
        }
        return AnswerScript(
            requestID: requestID,
            head: AnswerHead(status: 200, headers: headers, offset: min(answer.start, chunks.first?.offset ?? .zero)),
            chunks: chunks,
            endOffset: chunks.last?.offset ?? .zero
        )
    }
}
