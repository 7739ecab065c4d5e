// Scenario files: YAML in, a `Scenario` out, and one clear line for anything that is not as expected.

/// Decodes scenario files.
package enum ScenarioDecoder {
    /// Reads the text of a scenario file; `file` is the name that errors and answers state.
    package static func decode(_ text: String, file: String) throws(ScenarioError) -> Scenario {
        let root = try YAMLReader.document(text, file: file)
        let members = try root.members(known: ["seed", "models", "faults"], "a mapping with the key models")
        guard let list = members["models"] else { throw root.error("the key models is missing") }
        let entries = try list.elements("a list of models")
        guard !entries.isEmpty else { throw list.error("expected at least one model") }
        var models: [ModelScenario] = []
        for entry in entries { models.append(try model(entry)) }
        return Scenario(
            name: file,
            seed: try members["seed"].map(seed) ?? 1,
            models: models,
            faults: try members["faults"].map(faults) ?? []
        )
    }

    private static func seed(_ reader: YAMLReader) throws(ScenarioError) -> UInt64 {
        guard let seed = UInt64(try reader.text()) else { throw reader.error("expected a whole number from 0") }
        return seed
    }

    private static func faults(_ reader: YAMLReader) throws(ScenarioError) -> [Fault] {
        var faults: [Fault] = []
        for (name, value) in try reader.pairs("a mapping of fault and rate, for example throttle: 5%") {
            // One trigger, or several in a list.
            let triggers =
                value.isScalar ? [value] : try value.elements("a rate, or a list, for example [5%, requests:1]")
            for trigger in triggers { faults.append(try fault(name, trigger)) }
        }
        return faults
    }

    private static func fault(_ name: String, _ trigger: YAMLReader) throws(ScenarioError) -> Fault {
        let text = try trigger.text()
        do {
            return try Fault(name: name, trigger: text)
        } catch {
            throw trigger.error(error.description)
        }
    }

    private static func model(_ reader: YAMLReader) throws(ScenarioError) -> ModelScenario {
        let members = try reader.members(
            known: [
                "match", "family", "profiles", "input_tokens", "padding", "tool_use", "limits", "hours_utc",
            ],
            "a mapping with the keys match and profiles"
        )
        guard let match = members["match"] else {
            throw reader.error("the key match is missing: a model id, or a pattern with * and ?")
        }
        guard let profiles = members["profiles"] else { throw reader.error("the key profiles is missing") }
        let byLatency = try profiles.members(known: ["standard", "optimized"], "a mapping with the key standard")
        guard let standard = byLatency["standard"] else { throw profiles.error("the key standard is missing") }
        return ModelScenario(
            match: Glob(try match.text()),
            family: try members["family"].map(family),
            standard: try profile(standard, isOptimized: false),
            optimized: try byLatency["optimized"].map { reader throws(ScenarioError) in
                try profile(reader, isOptimized: true)
            },
            charactersPerToken: try members["input_tokens"].map(charactersPerToken) ?? 4,
            isPadded: try members["padding"].map { reader throws(ScenarioError) in try reader.flag() } ?? true,
            toolUseShare: try members["tool_use"].map(share) ?? 0,
            limits: try members["limits"].map(limits) ?? ServiceLimits(),
            hours: try members["hours_utc"].map(hours)
        )
    }

    private static func family(_ reader: YAMLReader) throws(ScenarioError) -> ModelFamily {
        guard let family = ModelFamily(rawValue: try reader.text()) else {
            throw reader.error("expected one of: \(ModelFamily.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return family
    }

    private static func charactersPerToken(_ reader: YAMLReader) throws(ScenarioError) -> Double {
        let members = try reader.members(known: ["characters_per_token"], "a mapping with the key characters_per_token")
        guard let value = members["characters_per_token"] else {
            throw reader.error("the key characters_per_token is missing")
        }
        return try value.number(0.01...1_000, "a number from 0.01 to 1000")
    }

    private static func limits(_ reader: YAMLReader) throws(ScenarioError) -> ServiceLimits {
        let members = try reader.members(
            known: ["requests_per_minute", "tokens_per_minute", "capacity"],
            "a mapping of limits"
        )
        var limits = ServiceLimits()
        limits.requestsPerMinute = try members["requests_per_minute"].map(positive)
        limits.tokensPerMinute = try members["tokens_per_minute"].map(positive)
        if let reader = members["capacity"] {
            let number = try reader.number(1...100_000, "a whole number from 1 to 100000")
            guard let capacity = Int(exactly: number) else {
                throw reader.error("expected a whole number from 1 to 100000")
            }
            limits.capacity = capacity
        }
        return limits
    }

    private static func hours(_ reader: YAMLReader) throws(ScenarioError) -> HourlyFactors {
        var factors: [Double] = []
        for element in try reader.elements("a list of 24 factors, the first for 00:00 UTC") {
            factors.append(try element.number(0.001...1_000, "a factor from 0.001 to 1000"))
        }
        guard let hours = HourlyFactors(factors) else {
            throw reader.error("expected 24 factors, not \(factors.count)")
        }
        return hours
    }

    private static func profile(_ reader: YAMLReader, isOptimized: Bool) throws(ScenarioError) -> LatencyProfile {
        var known = [
            "ttft_ms", "gap_ms", "tokens_per_delta", "output_tokens", "reasoning_tokens", "head_lead_ms", "tail_gap_ms",
        ]
        if isOptimized { known.append("served_as_standard") }
        let members = try reader.members(known: known, "a mapping of distributions")
        func required(_ key: String) throws(ScenarioError) -> Distribution {
            guard let value = members[key] else { throw reader.error("the key \(key) is missing") }
            return try distribution(value)
        }
        return LatencyProfile(
            timeToFirstToken_ms: try required("ttft_ms"),
            gap_ms: try required("gap_ms"),
            tokensPerDelta: try required("tokens_per_delta"),
            outputTokens: try required("output_tokens"),
            reasoningTokens: try members["reasoning_tokens"].map(distribution),
            headLead_ms: try members["head_lead_ms"].map(distribution) ?? .constant(1),
            tailGap_ms: try members["tail_gap_ms"].map(distribution) ?? .constant(0.5),
            standardShare: try members["served_as_standard"].map(share) ?? 0
        )
    }

    private static func share(_ reader: YAMLReader) throws(ScenarioError) -> Double {
        guard let share = Rate.parse(try reader.text()) else {
            throw reader.error("expected a share, for example 5% or 0.05")
        }
        return share
    }

    private static let kinds = ["constant", "uniform", "lognormal", "gamma", "empirical"]

    private static func distribution(_ reader: YAMLReader) throws(ScenarioError) -> Distribution {
        // A bare number is the constant.
        if reader.isScalar { return .constant(try amount(reader)) }
        let members = try reader.members(known: kinds, "a number, or one of: \(kinds.joined(separator: ", "))")
        guard members.count == 1, let (kind, value) = members.first else {
            throw reader.error("expected exactly one of: \(kinds.joined(separator: ", "))")
        }
        switch kind {
        case "constant":
            return .constant(try amount(value))
        case "uniform":
            let (low, high) = try parameters(value, "low", "high", amount)
            guard low <= high else { throw value.error("expected low to be at most high") }
            return .uniform(low: low, high: high)
        case "lognormal":
            let (median, sigma) = try parameters(value, "median", "sigma", amount)
            guard sigma <= 10 else { throw value.error("expected sigma to be at most 10") }
            return .lognormal(median: median, sigma: sigma)
        case "gamma":
            let (shape, scale) = try parameters(value, "shape", "scale", positive)
            return .gamma(shape: shape, scale: scale)
        default:
            let members = try value.members(known: ["values"], "a mapping with the key values")
            guard let list = members["values"] else { throw value.error("the key values is missing") }
            var values: [Double] = []
            for element in try list.elements("a list of numbers") { values.append(try amount(element)) }
            guard !values.isEmpty else { throw list.error("expected at least one number") }
            return .empirical(values: values.sorted())
        }
    }

    private static func parameters(
        _ reader: YAMLReader,
        _ first: String,
        _ second: String,
        _ read: (YAMLReader) throws(ScenarioError) -> Double
    ) throws(ScenarioError) -> (Double, Double) {
        let members = try reader.members(known: [first, second], "a mapping with the keys \(first) and \(second)")
        guard let one = members[first] else { throw reader.error("the key \(first) is missing") }
        guard let two = members[second] else { throw reader.error("the key \(second) is missing") }
        return (try read(one), try read(two))
    }

    private static func amount(_ reader: YAMLReader) throws(ScenarioError) -> Double {
        try reader.number(0...1e9, "a number from 0 to 1e9")
    }

    private static func positive(_ reader: YAMLReader) throws(ScenarioError) -> Double {
        try reader.number(1e-6...1e9, "a number above 0, at most 1e9")
    }
}
