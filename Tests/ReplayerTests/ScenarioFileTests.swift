// Scenario files: what a good one means, and the one line that a bad one gives.

import Foundation
import TestSupport
import Testing

@testable import Replayer

@Suite("Scenario files")
struct ScenarioFileTests {
    @Test("every key of a file ends up where it belongs")
    func decodesEverything() throws {
        let scenario = try ScenarioDecoder.decode(
            """
            seed: 18446744073709551615
            models:
              - match: "us.anthropic.*"
                family: anthropic
                input_tokens: {characters_per_token: 3.5}
                padding: false
                profiles:
                  standard:
                    ttft_ms: {lognormal: {median: 600, sigma: 0.4}}
                    gap_ms: {gamma: {shape: 2, scale: 9}}
                    tokens_per_delta: {uniform: {low: 1, high: 6}}
                    output_tokens: {empirical: {values: [30, 10, 20]}}
                    reasoning_tokens: 5
                    head_lead_ms: 2
                    tail_gap_ms: {constant: 3}
                  optimized:
                    ttft_ms: 200
                    gap_ms: 5
                    tokens_per_delta: 1
                    output_tokens: 100
                    served_as_standard: 25%
            faults:
              throttle: 5%
              reset: 0.01
              stall: [requests:3, "prompt:wait, please"]
            """,
            file: "all.yaml"
        )
        let model = try #require(scenario.models.first)
        #expect(scenario.seed == .max)
        #expect(model.match == Glob("us.anthropic.*"))
        #expect(model.family == .anthropic)
        #expect(model.charactersPerToken == 3.5)
        #expect(!model.isPadded)
        #expect(model.standard.timeToFirstToken_ms == .lognormal(median: 600, sigma: 0.4))
        #expect(model.standard.gap_ms == .gamma(shape: 2, scale: 9))
        #expect(model.standard.tokensPerDelta == .uniform(low: 1, high: 6))
        #expect(model.standard.outputTokens == .empirical(values: [10, 20, 30]))
        #expect(model.standard.reasoningTokens == .constant(5))
        #expect(model.standard.headLead_ms == .constant(2))
        #expect(model.standard.tailGap_ms == .constant(3))
        #expect(model.optimized?.timeToFirstToken_ms == .constant(200))
        #expect(model.optimized?.standardShare == 0.25)
        #expect(
            scenario.faults == [
                Fault(name: "throttle", trigger: .rate(0.05)), Fault(name: "reset", trigger: .rate(0.01)),
                Fault(name: "stall", trigger: .requests([3...3])),
                Fault(name: "stall", trigger: .prompt("wait, please")),
            ]
        )
    }

    @Test("the documentation's examples are taken")
    func documentation() throws {
        let page = try String(
            contentsOf: SharedData.packageRoot.appendingPathComponent("docs/scenarios.md"),
            encoding: .utf8
        )
        let blocks = page.components(separatedBy: "```yaml\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
        #expect(blocks.count >= 2)
        for block in blocks {
            let whole =
                block.contains("models:")
                ? block : "models: [{match: a, profiles: {standard: \(Self.profile)}}]\n" + block
            #expect(throws: Never.self) { try ScenarioDecoder.decode(whole, file: "scenarios.md") }
        }
    }

    static let profile = "{ttft_ms: 1, gap_ms: 1, tokens_per_delta: 1, output_tokens: 1}"

    @Test(
        "a bad file is one line with file, line, key and what was expected",
        arguments: [
            ("", "bad.yaml: is empty; expected a mapping"),
            ("models: [", "bad.yaml:2: not YAML at column"),
            ("a: 1\na: 2", "bad.yaml:1: a: is given more than once"),
            ("- 1", "bad.yaml:1: expected a mapping with the key models"),
            ("seed: 1", "bad.yaml:1: the key models is missing"),
            ("modles: []", "bad.yaml:1: modles: is unknown; expected one of: seed, models, faults"),
            ("models: []", "bad.yaml:1: models: expected at least one model"),
            (
                "seed: -1\nmodels: [{match: a, profiles: {standard: \(profile)}}]",
                "bad.yaml:1: seed: expected a whole number"
            ),
            ("models:\n  - profiles: {standard: \(profile)}", "bad.yaml:2: models[0]: the key match is missing"),
            ("models:\n  - match: a", "bad.yaml:2: models[0]: the key profiles is missing"),
            ("models:\n  - match: a\n    profiles: {fast: 1}", "bad.yaml:3: models[0].profiles.fast: is unknown"),
            (
                "models:\n  - match: a\n    profiles:\n      standard: {ttft_ms: 1}",
                "bad.yaml:4: models[0].profiles.standard: the key gap_ms is missing"
            ),
            (
                "models:\n  - match: a\n    profiles:\n      standard:\n        ttft_ms: {lognormal: {mean: 1, sigma: 1}}",
                "bad.yaml:5: models[0].profiles.standard.ttft_ms.lognormal.mean: is unknown; expected one of: median, sigma"
            ),
            (
                "models:\n  - match: a\n    profiles:\n      standard:\n        ttft_ms: fast",
                "bad.yaml:5: models[0].profiles.standard.ttft_ms: expected a number from 0"
            ),
            (
                "models:\n  - match: a\n    profiles:\n      standard:\n        ttft_ms: {uniform: {low: 3, high: 2}}",
                "bad.yaml:5: models[0].profiles.standard.ttft_ms.uniform: expected low to be at most high"
            ),
            (
                "models:\n  - match: a\n    profiles:\n      standard:\n        ttft_ms: {constant: 1, gamma: {shape: 1, scale: 1}}",
                "bad.yaml:5: models[0].profiles.standard.ttft_ms: expected exactly one of"
            ),
            (
                "models: [{match: a, profiles: {standard: \(profile)}}]\nfaults: {throttel: 5%}",
                "bad.yaml:2: faults.throttel: 'throttel' is no fault; expected one of: burst, close"
            ),
            (
                "models: [{match: a, profiles: {standard: \(profile)}}]\nfaults: {throttle: 5}",
                "bad.yaml:2: faults.throttle: '5' says not which requests it meets; expected for example 5%"
            ),
            (
                "models: [{match: a, family: gpt, profiles: {standard: \(profile)}}]",
                "bad.yaml:1: models[0].family: expected one of: anthropic, nova, llama, mistral, titan"
            ),
        ]
    )
    func badFiles(text: String, expected: String) {
        let error = #expect(throws: ScenarioError.self) { try ScenarioDecoder.decode(text, file: "bad.yaml") }
        let line = error?.description ?? ""
        #expect(line.hasPrefix(expected), "\(line)")
        #expect(!line.contains("\n"))
    }

    @Test(
        "a pattern matches whole ids only",
        arguments: [
            ("*", "anything", true), ("*", "", true), ("a*c", "abc", true), ("a*c", "ac", true), ("a*c", "abcd", false),
            ("a?c", "abc", true), ("a?c", "ac", false), ("us.*.claude-*", "us.anthropic.claude-3", true),
            ("us.*.claude-*", "eu.anthropic.claude-3", false), ("*aab", "aaaab", true),
            ("amazon.nova", "amazon.nova-pro", false),
        ]
    )
    func globs(pattern: String, text: String, isMatch: Bool) {
        #expect(Glob(pattern).matches(text) == isMatch)
    }

    @Test(
        "a fault is a name, and a share, numbers or a text of the requests it meets",
        arguments: [
            "throttle", "throttle=", "throttle=101%", "throttle=-1%", "=5%", "x=1%", "throttle=requests:",
            "throttle=requests:0", "throttle=requests:3-1", "throttle=requests:1-2-3", "throttle=requests:1,,2",
            "throttle=requests:-1", "throttle=requests:x", "throttle=prompt:",
        ]
    )
    func badFaults(text: String) {
        #expect(throws: FaultSyntaxError.self) { try Fault(text) }
    }
}
