// How each request is made: the defaults of the dataset's rows.

import ArgumentParser
import Core

extension DatasetRow.Latency: ExpressibleByArgument {}

struct RequestOptions: ParsableArguments {
    @Option(
        help: "converse-stream or invoke-model-with-response-stream, for rows without operation.",
        transform: { text in
            guard let operation = BedrockOperation(rawValue: text) else {
                let names = BedrockOperation.allCases.map(\.rawValue).joined(separator: " or ")
                throw ValidationError("expected \(names)")
            }
            return operation
        }
    )
    var operation = BedrockOperation.converseStream

    @Option(help: "The limit of output tokens for rows without expected_output_tokens.")
    var maxTokens = 100

    @Option(help: "temperature, 0 to 1; without, none is sent.")
    var temperature: Double?

    @Option(help: "topP, 0 to 1; without, none is sent.")
    var topP: Double?

    @Option(help: "top-k, for the models that take one; without, none is sent.")
    var topK: Int?

    @Option(help: "A system prompt for rows without one.")
    var system: String?

    @Option(help: "optimized or standard, for rows without inference_profile.")
    var latency = DatasetRow.Latency.optimized

    @Option(help: "A service tier for rows without one.")
    var tier: String?

    @Option(help: "A name for the experiment, kept with each request.")
    var experiment: String?

    @Option(help: ArgumentHelp("A label kept with each request; may be repeated.", valueName: "key=value"))
    var label: [String] = []

    func validate() throws {
        guard maxTokens >= 1 else { throw ValidationError("--max-tokens: expected at least 1") }
        for (name, value) in [("--temperature", temperature), ("--top-p", topP)] {
            guard value.map({ (0...1).contains($0) }) ?? true else {
                throw ValidationError("\(name): expected 0 to 1")
            }
        }
        guard topK.map({ $0 >= 0 }) ?? true else { throw ValidationError("--top-k: expected 0 or more") }
        for one in label where !one.contains("=") {
            throw ValidationError("--label: expected key=value, found '\(one)'")
        }
    }

    var labels: [String: String] {
        var labels: [String: String] = [:]
        for one in label {
            guard let mark = one.firstIndex(of: "=") else { continue }
            labels[String(one[..<mark])] = String(one[one.index(after: mark)...])
        }
        return labels
    }
}
