// One row of a dataset: a prompt, and how it is to be asked.

/// A prompt with its settings, as a line of the dataset gives them.
package struct DatasetRow: Hashable, Sendable {
    /// The performance profiles that a row may ask for.
    package enum Latency: String, Sendable, CaseIterable {
        case optimized
        case standard
    }

    /// The prompt's identity: the row's own `id`, or the first digits of a hash of its text.
    package var promptID: String
    package var textPrompt: String
    package var modelID: String
    /// `nil` where the row leaves it to the command line.
    package var region: String?
    /// `maxTokens` of the request.
    package var expectedOutputTokens: Int
    package var taskType: String?
    package var latency: Latency?
    package var system: String?
    package var temperature: Double?
    package var topP: Double?
    package var stopSequences: [String]
    package var tier: String?
    package var labels: [String: String]
}

/// What the command line sets for rows that don't.
package struct RowDefaults: Hashable, Sendable {
    package var expectedOutputTokens = 100
    package var latency: DatasetRow.Latency? = .optimized
    package var region: String?
    package var system: String?
    package var temperature: Double?
    package var topP: Double?
    package var tier: String?
    package var labels: [String: String] = [:]

    /// The notebook's own defaults.
    package init() {}
}

/// A line of a dataset that can't be used.
package struct DatasetError: Error, Hashable, CustomStringConvertible {
    package var file: String
    /// From 1; `nil` where the whole file is meant.
    package var line: Int?
    package var field: String?
    package var expected: String

    package var description: String {
        var text = file
        if let line { text += ":\(line)" }
        if let field { text += ": field '\(field)'" }
        return text + ": " + expected
    }
}
