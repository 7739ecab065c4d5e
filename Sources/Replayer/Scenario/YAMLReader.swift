// Reads YAML nodes strictly: every key must be known, every value of the expected kind, every error names file, line and key.

import Yams

/// A YAML node with the path that leads to it.
struct YAMLReader {
    let file: String
    let path: String
    let node: Node

    /// Reads the one document of `text`.
    static func document(_ text: String, file: String) throws(ScenarioError) -> YAMLReader {
        do {
            guard let node = try compose(yaml: text) else {
                throw ScenarioError(file: file, line: nil, key: "", problem: "is empty; expected a mapping")
            }
            return YAMLReader(file: file, path: "", node: node)
        } catch let error as ScenarioError {
            throw error
        } catch let error as YamlError {
            throw syntaxError(error, file: file)
        } catch {
            throw ScenarioError(file: file, line: nil, key: "", problem: "\(error)")
        }
    }

    private static func syntaxError(_ error: YamlError, file: String) -> ScenarioError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ScenarioError(
                file: file,
                line: mark.line,
                key: "",
                problem: "not YAML at column \(mark.column): \(problem)"
            )
        case .duplicatedKeysInMapping(let duplicates, let context):
            ScenarioError(
                file: file,
                line: context.mark.line,
                key: duplicates.joined(separator: ", "),
                problem: "is given more than once"
            )
        case .reader(let problem, _, _, _):
            ScenarioError(file: file, line: nil, key: "", problem: "not YAML: \(problem)")
        default:
            ScenarioError(file: file, line: nil, key: "", problem: "not YAML")
        }
    }

    /// An error at this node.
    func error(_ problem: String) -> ScenarioError {
        ScenarioError(file: file, line: node.mark?.line, key: path, problem: problem)
    }

    /// The members of a mapping, whose keys must all be among `known`.
    func members(known: [String], _ what: String) throws(ScenarioError) -> [String: YAMLReader] {
        guard let mapping = node.mapping else { throw error("expected \(what)") }
        var members: [String: YAMLReader] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string else { throw error("expected keys that are plain text") }
            let reader = YAMLReader(file: file, path: path.isEmpty ? name : "\(path).\(name)", node: value)
            guard known.contains(name) else {
                throw ScenarioError(
                    file: file,
                    line: key.mark?.line,
                    key: reader.path,
                    problem: "is unknown; expected one of: \(known.joined(separator: ", "))"
                )
            }
            members[name] = reader
        }
        return members
    }

    /// The members of a mapping with free keys, in the file's order.
    func pairs(_ what: String) throws(ScenarioError) -> [(key: String, value: YAMLReader)] {
        guard let mapping = node.mapping else { throw error("expected \(what)") }
        var pairs: [(key: String, value: YAMLReader)] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else { throw error("expected keys that are plain text") }
            pairs.append((name, YAMLReader(file: file, path: path.isEmpty ? name : "\(path).\(name)", node: value)))
        }
        return pairs
    }

    /// The elements of a list.
    func elements(_ what: String) throws(ScenarioError) -> [YAMLReader] {
        guard let sequence = node.sequence else { throw error("expected \(what)") }
        return sequence.enumerated().map { YAMLReader(file: file, path: "\(path)[\($0)]", node: $1) }
    }

    /// A text.
    func text() throws(ScenarioError) -> String {
        guard let scalar = node.scalar, !scalar.string.isEmpty else { throw error("expected text") }
        return scalar.string
    }

    /// A finite number within `range`.
    func number(_ range: ClosedRange<Double>, _ what: String) throws(ScenarioError) -> Double {
        guard let number = node.scalar.flatMap({ Double($0.string) }), number.isFinite, range.contains(number) else {
            throw error("expected \(what)")
        }
        return number
    }

    /// `true` or `false`.
    func flag() throws(ScenarioError) -> Bool {
        switch node.scalar?.string {
        case "true": true
        case "false": false
        default: throw error("expected true or false")
        }
    }

    /// Whether the node is a single value, not a mapping or a list.
    var isScalar: Bool { node.scalar != nil }
}
