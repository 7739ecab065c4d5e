// Draws a synthetic answer: from scenario, request and occurrence number alone, never from the order of arrival.

import Core

/// Draws answers for one scenario entry.
struct AnswerGenerator {
    /// The most tokens of one answer, so that no file of distributions can fill the memory.
    static let maximumTokens = 100_000

    let model: ModelScenario
    /// The seed of this very answer.
    let seed: UInt64
    /// Divides every time; infinite for answers without any wait.
    let speed: Double
    /// How often the same request was seen before: what was written to a cache then is read from it now.
    let occurrence: UInt64

    /// Draws the answer to `request`.
    func answer(to request: RuntimeRequest, _ body: RequestBody) throws(AWSError) -> GeneratedAnswer {
        var lengths = generator(.length)
        let (profile, servedLatency) = try profile(for: body, &lengths)
        let (reasoning, text, isCut) = tokenCounts(profile, limit: body.maximumTokens, &lengths)
        let callsTool = body.tool != nil && (body.mustUseTool || lengths.unitInterval() < model.toolUseShare)

        var timing = generator(.timing)
        let first = span(profile.timeToFirstToken_ms, &timing)
        let lead = span(profile.headLead_ms, &timing)
        let tail = (0..<3).map { _ in span(profile.tailGap_ms, &timing) }

        var words = WordSource(generator(.text))
        var identifiers = generator(.identifiers)
        var clock = DeltaClock(next: first, gap: profile.gap_ms, speed: speed, generator: timing)
        var blocks: [GeneratedBlock] = []
        if reasoning > 0 {
            blocks.append(
                GeneratedBlock(
                    kind: .reasoning,
                    deltas: deltas(reasoning, profile.tokensPerDelta, &clock, &lengths, &words)
                )
            )
        }
        if text > 0 {
            words.startText()
            blocks.append(
                GeneratedBlock(kind: .text, deltas: deltas(text, profile.tokensPerDelta, &clock, &lengths, &words))
            )
        }
        let identifier = String(identifiers.next(), radix: 36)
        var toolTokens = 0
        if callsTool, !isCut, let tool = body.tool {
            let call = toolCall(tool, id: "tooluse_\(identifier)", &clock, &words)
            toolTokens = call.deltas.reduce(0) { $0 + $1.tokenCount }
            // A call that the limit would cut in two is left out: its JSON would not parse.
            if reasoning + text + toolTokens <= body.maximumTokens ?? Self.maximumTokens {
                blocks.append(call)
            } else {
                toolTokens = 0
            }
        }
        let cached = min(inputTokens(body) - 1, tokens(body.cachedCharacterCount))
        return GeneratedAnswer(
            model: request.model,
            identifier: identifier,
            start: max(.zero, first - lead),
            blocks: blocks,
            stopReason: isCut ? .maximumTokens : toolTokens > 0 ? .toolUse : .endTurn,
            inputTokens: inputTokens(body) - cached,
            cacheReadTokens: occurrence > 0 ? cached : 0,
            cacheWriteTokens: occurrence == 0 ? cached : 0,
            outputTokens: reasoning + text + toolTokens,
            tailGaps: tail,
            servedLatency: servedLatency,
            servedTier: body.tier
        )
    }

    /// The input tokens of a request, cached ones included.
    func inputTokens(_ body: RequestBody) -> Int { max(1, tokens(body.characterCount)) }

    private func tokens(_ characters: Int) -> Int {
        Int((Double(characters) / model.charactersPerToken).rounded(.up))
    }

    /// A tool's call: its JSON in pieces of a few characters, one token each.
    private func toolCall(
        _ tool: OfferedTool,
        id: String,
        _ clock: inout DeltaClock,
        _ words: inout WordSource
    ) -> GeneratedBlock {
        let input = Array(tool.input(&words))
        let deltas = stride(from: 0, to: input.count, by: 4).map { start in
            GeneratedDelta(
                offset: clock.tick(),
                text: String(input[start..<min(start + 4, input.count)]),
                tokenCount: 1
            )
        }
        return GeneratedBlock(kind: .toolUse(id: id, name: tool.name), deltas: deltas)
    }

    func generator(_ purpose: DrawPurpose) -> SeededGenerator {
        SeededGenerator(seed: mix(seed ^ mix(purpose.rawValue)))
    }

    /// The profile that serves the request, and what the answer says of it.
    private func profile(
        for body: RequestBody,
        _ generator: inout SeededGenerator
    ) throws(AWSError) -> (profile: LatencyProfile, served: String?) {
        guard body.latency == "optimized" else { return (model.standard, body.latency) }
        guard let optimized = model.optimized else {
            throw .validation(
                "Latency performance configuration is not supported for this model. (The scenario has no optimized profile for it.)"
            )
        }
        let isStandard = generator.unitInterval() < optimized.standardShare
        return isStandard ? (model.standard, "standard") : (optimized, "optimized")
    }

    /// Tokens of reasoning and of text within the request's limit, and whether the limit cut the answer.
    private func tokenCounts(
        _ profile: LatencyProfile,
        limit: Int?,
        _ generator: inout SeededGenerator
    ) -> (reasoning: Int, text: Int, isCut: Bool) {
        let text = profile.outputTokens.sampleCount(atLeast: 1, &generator)
        let reasoning = profile.reasoningTokens?.sampleCount(atLeast: 0, &generator) ?? 0
        let limit = min(limit ?? Self.maximumTokens, Self.maximumTokens)
        let thought = min(reasoning, limit)
        return (thought, min(text, limit - thought), reasoning + text > limit)
    }

    private func deltas(
        _ tokens: Int,
        _ perDelta: Distribution,
        _ clock: inout DeltaClock,
        _ lengths: inout SeededGenerator,
        _ words: inout WordSource
    ) -> [GeneratedDelta] {
        var deltas: [GeneratedDelta] = []
        var left = tokens
        while left > 0 {
            let count = min(left, perDelta.sampleCount(atLeast: 1, &lengths))
            left -= count
            deltas.append(GeneratedDelta(offset: clock.tick(), text: words.text(of: count), tokenCount: count))
        }
        return deltas
    }

    private func span(_ distribution: Distribution, _ generator: inout SeededGenerator) -> Nanoseconds {
        DeltaClock.span(milliseconds: distribution.sample(&generator), speed: speed)
    }
}

/// Gives the instants of successive deltas.
struct DeltaClock {
    var next: Nanoseconds
    let gap: Distribution
    let speed: Double
    var generator: SeededGenerator

    /// No answer lasts longer, whatever a file asks for: longer than any client waits, and sums stay within 63 bits.
    static let latest = Nanoseconds.seconds(7 * 86_400)

    /// The next delta's instant.
    mutating func tick() -> Nanoseconds {
        let instant = next
        next = min(Self.latest, next + Self.span(milliseconds: gap.sample(&generator), speed: speed))
        return instant
    }

    /// A time of a scenario at a speed.
    static func span(milliseconds: Double, speed: Double) -> Nanoseconds {
        Nanoseconds(seconds: min(milliseconds / speed / 1e3, latest.seconds)) ?? .zero
    }
}
