// Writes a scenario as the YAML that its decoder reads.

enum ScenarioWriter {
    /// The text of a scenario file.
    static func text(_ scenario: Scenario, comment: String) -> String {
        var lines = ["# \(comment)", "seed: \(scenario.seed)", "models:"]
        for model in scenario.models { lines += self.lines(model) }
        if !scenario.faults.isEmpty {
            lines.append("faults:")
            // A key of YAML may stand once only: what meets the same fault goes into one list.
            var triggers: [(name: String, texts: [String])] = []
            for fault in scenario.faults {
                let text = quoted(fault.trigger.description)
                if let index = triggers.firstIndex(where: { $0.name == fault.name }) {
                    triggers[index].texts.append(text)
                } else {
                    triggers.append((fault.name, [text]))
                }
            }
            lines += triggers.map { "  \($0.name): [\($0.texts.joined(separator: ", "))]" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ model: ModelScenario) -> [String] {
        var lines = ["  - match: \(quoted(model.match.pattern))"]
        if let family = model.family { lines.append("    family: \(family.rawValue)") }
        lines.append("    input_tokens: {characters_per_token: \(number(model.charactersPerToken))}")
        if !model.isPadded { lines.append("    padding: false") }
        if model.toolUseShare > 0 { lines.append("    tool_use: \(model.toolUseShare)") }
        lines += self.lines(model.limits)
        if let hours = model.hours { lines.append("    hours_utc: \(list(hours.factors))") }
        lines.append("    profiles:")
        lines.append("      standard:")
        lines += self.lines(model.standard)
        if let optimized = model.optimized {
            lines.append("      optimized:")
            lines += self.lines(optimized)
            if optimized.standardShare > 0 { lines.append("        served_as_standard: \(optimized.standardShare)") }
        }
        return lines
    }

    private static func lines(_ limits: ServiceLimits) -> [String] {
        var members: [String] = []
        if let rate = limits.requestsPerMinute { members.append("requests_per_minute: \(number(rate))") }
        if let rate = limits.tokensPerMinute { members.append("tokens_per_minute: \(number(rate))") }
        if let capacity = limits.capacity { members.append("capacity: \(capacity)") }
        return members.isEmpty ? [] : ["    limits: {\(members.joined(separator: ", "))}"]
    }

    private static func lines(_ profile: LatencyProfile) -> [String] {
        var members: [(String, Distribution)] = [
            ("ttft_ms", profile.timeToFirstToken_ms), ("gap_ms", profile.gap_ms),
            ("tokens_per_delta", profile.tokensPerDelta), ("output_tokens", profile.outputTokens),
        ]
        if let reasoning = profile.reasoningTokens { members.append(("reasoning_tokens", reasoning)) }
        members += [("head_lead_ms", profile.headLead_ms), ("tail_gap_ms", profile.tailGap_ms)]
        return members.map { "        \($0): \(text($1))" }
    }

    private static func text(_ distribution: Distribution) -> String {
        switch distribution {
        case .constant(let value): "{constant: \(number(value))}"
        case .uniform(let low, let high): "{uniform: {low: \(number(low)), high: \(number(high))}}"
        case .lognormal(let median, let sigma): "{lognormal: {median: \(number(median)), sigma: \(number(sigma))}}"
        case .gamma(let shape, let scale): "{gamma: {shape: \(number(shape)), scale: \(number(scale))}}"
        case .empirical(let values): "{empirical: {values: \(list(values))}}"
        }
    }

    private static func list(_ values: [Double]) -> String {
        "[\(values.map(number).joined(separator: ", "))]"
    }

    /// The shortest text that reads back as the same number.
    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : value.description
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
        return "\"\(escaped)\""
    }
}
