// A trace becomes a scenario: empirical distributions per model and latency profile, and the rates of what went wrong.

import Core

/// Learns scenarios from recorded answers.
enum ScenarioLearner {
    /// The most values that a learnt distribution lists; larger samples are thinned to as many quantiles.
    static let maximumValueCount = 1_000

    /// The scenario that recorded answers suggest, warm-ups left out; `nil` where none of them is a whole stream.
    static func scenario(from recorded: [RecordedAnswer], name: String) -> Scenario? {
        let answers = recorded.filter { !$0.isWarmup }
        var models: [String: [Sample]] = [:]
        for answer in answers {
            guard let measurements = AnswerMeasurements(answer) else { continue }
            models[answer.model, default: []].append(Sample(answer: answer, measurements: measurements))
        }
        guard !models.isEmpty else { return nil }
        return Scenario(
            name: name,
            seed: 1,
            models: models.sorted { $0.key < $1.key }.map { model($0.key, $0.value) },
            faults: faults(answers)
        )
    }

    private struct Sample {
        var answer: RecordedAnswer
        var measurements: AnswerMeasurements
        var isOptimized: Bool { answer.latency == "optimized" }
    }

    private static func model(_ id: String, _ samples: [Sample]) -> ModelScenario {
        let optimized = samples.filter(\.isOptimized).map(\.measurements)
        let standard = samples.filter { !$0.isOptimized }.map(\.measurements)
        var fast = optimized.isEmpty ? nil : profile(optimized.filter { $0.servedLatency != "standard" })
        // A model that was asked for optimized answers only still needs a standard profile: the same.
        let usual = profile(standard.isEmpty ? optimized : standard)
        let fallbacks = optimized.filter { $0.servedLatency == "standard" }.count
        if !optimized.isEmpty, fallbacks == optimized.count { fast = profile(optimized) }
        fast?.standardShare = Double(fallbacks) / Double(max(1, optimized.count))
        let counted = samples.filter { $0.measurements.inputTokens ?? 0 > 0 && $0.answer.characterCount > 0 }
        let tokens = counted.reduce(0) { $0 + ($1.measurements.inputTokens ?? 0) }
        let characters = counted.reduce(0) { $0 + $1.answer.characterCount }
        return ModelScenario(
            match: Glob(id),
            family: ModelFamily(modelID: id),
            standard: usual,
            optimized: fast,
            charactersPerToken: tokens > 0 ? max(0.01, Double(characters) / Double(tokens)) : 4
        )
    }

    private static func profile(_ all: [AnswerMeasurements]) -> LatencyProfile {
        let gaps = all.flatMap { item in zip(item.deltas_ms.dropFirst(), item.deltas_ms).map { $0 - $1 } }
        let perDelta = all.map { Double($0.outputTokens) / Double($0.deltas_ms.count) }
        let reasoning = all.map { item in
            (Double(item.outputTokens) * Double(item.reasoningDeltaCount) / Double(item.deltas_ms.count)).rounded()
        }
        let text = zip(all, reasoning).map { max(1, Double($0.outputTokens) - $1) }
        return LatencyProfile(
            timeToFirstToken_ms: empirical(all.map { $0.deltas_ms[0] }),
            gap_ms: empirical(gaps),
            // Below one token a delta the generator's own floor of one would be learnt again as more tokens.
            tokensPerDelta: empirical(perDelta.map { max(1, $0) }),
            outputTokens: empirical(text),
            reasoningTokens: reasoning.contains { $0 > 0 } ? empirical(reasoning) : nil,
            headLead_ms: empirical(all.map { $0.deltas_ms[0] - $0.head_ms }),
            tailGap_ms: empirical(all.map { max(0, $0.end_ms - ($0.deltas_ms.last ?? $0.end_ms)) / 3 })
        )
    }

    /// The sample itself, or as many quantiles of it as a file should hold; rounded to a nanosecond.
    private static func empirical(_ sample: [Double]) -> Distribution {
        let sorted = sample.map { max(0, ($0 * 1e6).rounded() / 1e6) }.sorted()
        guard let first = sorted.first, let last = sorted.last else { return .constant(0) }
        if first == last { return .constant(first) }
        guard sorted.count > maximumValueCount else { return .empirical(values: sorted) }
        let values = (0..<maximumValueCount).map { index in
            sorted[index * (sorted.count - 1) / (maximumValueCount - 1)]
        }
        return .empirical(values: values)
    }

    /// The rates of refusals and broken connections, where there were any.
    private static func faults(_ answers: [RecordedAnswer]) -> [Fault] {
        var counts: [String: Int] = [:]
        for answer in answers {
            if let name = faultName(answer) { counts[name, default: 0] += 1 }
        }
        return counts.sorted { $0.key < $1.key }.compactMap { name, count in
            Fault(name: name, trigger: .rate(Double(count) / Double(answers.count)))
        }
    }

    private static func faultName(_ answer: RecordedAnswer) -> String? {
        switch answer.ending {
        case .timeout: return "stall"
        case .failure(let code): return code == "CURLE_PARTIAL_FILE" ? "close" : "reset"
        case .complete: break
        }
        guard let status = answer.status, status != 200 else { return nil }
        let error = BedrockErrorResponse(status: status, headers: answer.headers, body: answer.body.span.bytes)
        return AWSError.modelled.contains { $0.type == error.code } ? error.code : nil
    }
}
