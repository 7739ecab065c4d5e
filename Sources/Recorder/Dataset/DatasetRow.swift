// One row of a dataset: who is asked, and the request for the wire.

package import Core

/// A row as the load plan needs it.
package struct DatasetRow: Hashable, Sendable {
    /// The performance profiles that a row may ask for.
    package enum Latency: String, Sendable, CaseIterable {
        case optimized
        case standard
    }

    /// The prompt's identity: the row's own `id`, or the first digits of a hash of what it asks.
    package var promptID: String
    package var modelID: String
    package var region: String
    package var operation: BedrockOperation
    package var taskType: String?
    package var labels: [String: String]
    /// The most output tokens the request allows; `nil` where a raw body doesn't tell.
    package var maxTokens: Int?
    /// The performance profile that the request asks for.
    package var latency: String?
    /// The service tier that the request asks for.
    package var tier: String?
    /// The header fields beside those that every request has.
    package var headers: [HeaderField]
    package var body: [UInt8]
}

/// What the command line sets for rows that don't.
package struct RowDefaults: Hashable, Sendable {
    package var operation = BedrockOperation.converseStream
    package var maxTokens = 100
    package var latency: DatasetRow.Latency? = .optimized
    package var region: String?
    package var system: String?
    package var temperature: Double?
    package var topP: Double?
    /// For the models that take one.
    package var topK: Int?
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

/// A field of a row that can't be used.
struct FieldFault: Error, Hashable {
    /// `nil` where the whole row is meant.
    var field: String?
    var expected: String

    init(_ field: String?, _ expected: String) {
        self.field = field
        self.expected = expected
    }
}
