// What a scenario file says: which models answer, and from which distributions their answers are drawn.

/// A whole scenario.
package struct Scenario: Hashable, Sendable {
    /// The file's name, which every answer states.
    package var name: String
    /// Seeds every draw.
    package var seed: UInt64
    /// The models, in the order in which they are tried.
    package var models: [ModelScenario]
    /// The faults that the scenario carries.
    package var faults: [Fault]

    /// Makes a scenario.
    package init(name: String, seed: UInt64, models: [ModelScenario], faults: [Fault] = []) {
        self.name = name
        self.seed = seed
        self.models = models
        self.faults = faults
    }

    /// The index of the first entry whose pattern matches a model id, inference-profile id or ARN.
    func modelIndex(for id: String) -> Int? {
        models.firstIndex { $0.match.matches(id) }
    }
}

/// How one model, or every model that a pattern matches, answers.
package struct ModelScenario: Hashable, Sendable {
    /// Which model ids the entry is for.
    package var match: Glob
    /// The inner JSON of `InvokeModelWithResponseStream`; `nil` where the model's id tells.
    package var family: ModelFamily?
    /// How a request without `optimized` latency is answered.
    package var standard: LatencyProfile
    /// How a request for `optimized` latency is answered; `nil` where the model has no such profile.
    package var optimized: LatencyProfile?
    /// How many characters of the request's text count as one input token.
    package var charactersPerToken: Double
    /// Whether events carry the padding field `p`, as the service's do.
    package var isPadded: Bool
    /// The share of requests that offer tools and are answered with a tool's call.
    package var toolUseShare: Double
    /// What the model can take.
    package var limits: ServiceLimits
    /// How the time of day stretches times to first token and gaps; `nil` where it doesn't.
    package var hours: HourlyFactors?

    /// Makes an entry.
    package init(
        match: Glob,
        family: ModelFamily? = nil,
        standard: LatencyProfile,
        optimized: LatencyProfile? = nil,
        charactersPerToken: Double = 4,
        isPadded: Bool = true,
        toolUseShare: Double = 0,
        limits: ServiceLimits = ServiceLimits(),
        hours: HourlyFactors? = nil
    ) {
        self.match = match
        self.family = family
        self.standard = standard
        self.optimized = optimized
        self.charactersPerToken = charactersPerToken
        self.isPadded = isPadded
        self.toolUseShare = toolUseShare
        self.limits = limits
        self.hours = hours
    }
}

/// The distributions of one latency profile.
package struct LatencyProfile: Hashable, Sendable {
    /// From the request's last byte to the first delta, in milliseconds.
    package var timeToFirstToken_ms: Distribution
    /// Between successive deltas, in milliseconds.
    package var gap_ms: Distribution
    /// Tokens that one delta carries.
    package var tokensPerDelta: Distribution
    /// Tokens of the whole answer, where the request's own limit does not cut it.
    package var outputTokens: Distribution
    /// Tokens of reasoning that precede the text; counted as output tokens on top of ``outputTokens``.
    package var reasoningTokens: Distribution?
    /// From the response's head and `messageStart` to the first delta, in milliseconds; never more than the first delta's own time.
    package var headLead_ms: Distribution
    /// Before each event that follows the last delta, in milliseconds.
    package var tailGap_ms: Distribution
    /// The share of `optimized` requests that are served as `standard`, as the service does when its quota is used up.
    package var standardShare: Double

    /// Makes a profile.
    package init(
        timeToFirstToken_ms: Distribution,
        gap_ms: Distribution,
        tokensPerDelta: Distribution,
        outputTokens: Distribution,
        reasoningTokens: Distribution? = nil,
        headLead_ms: Distribution = .constant(1),
        tailGap_ms: Distribution = .constant(0.5),
        standardShare: Double = 0
    ) {
        self.timeToFirstToken_ms = timeToFirstToken_ms
        self.gap_ms = gap_ms
        self.tokensPerDelta = tokensPerDelta
        self.outputTokens = outputTokens
        self.reasoningTokens = reasoningTokens
        self.headLead_ms = headLead_ms
        self.tailGap_ms = tailGap_ms
        self.standardShare = standardShare
    }
}

/// A pattern over model ids: `*` stands for any text, `?` for any one character.
package struct Glob: Hashable, Sendable {
    /// The pattern as written.
    package var pattern: String

    /// Makes a pattern.
    package init(_ pattern: String) {
        self.pattern = pattern
    }

    /// Whether the whole of `text` fits the pattern.
    package func matches(_ text: String) -> Bool {
        let pattern = Array(pattern.unicodeScalars)
        let text = Array(text.unicodeScalars)
        var (p, t) = (0, 0)
        var retry: (pattern: Int, text: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == "*" {
                retry = (p, t)
                p += 1
            } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
                p += 1
                t += 1
            } else if let last = retry {
                // Let the latest star take one character more.
                retry = (last.pattern, last.text + 1)
                p = last.pattern + 1
                t = last.text + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }
}
