// What is wrong with a scenario file, and where.

/// A fault in a scenario file; one line for a person.
package struct ScenarioError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's name.
    package var file: String
    /// The line, from 1; `nil` where the fault is the file as a whole.
    package var line: Int?
    /// The key path, for example `models[0].profiles.standard.ttft_ms`; empty for the file as a whole.
    package var key: String
    /// What is wrong and what was expected.
    package var problem: String

    package var description: String {
        var text = file
        if let line { text += ":\(line)" }
        if !key.isEmpty { text += ": \(key)" }
        return text + ": " + problem
    }
}
