// YAML files of the command line, read strictly: an error names the file, the line and the key.

import Yams

/// A file's fault in one line.
struct YAMLFault: Error, Hashable, CustomStringConvertible {
    var description: String

    init(_ file: String, line: Int?, key: String = "", _ problem: String) {
        let place = line.map { "\(file):\($0)" } ?? file
        description = key.isEmpty ? "\(place): \(problem)" : "\(place): key '\(key)': \(problem)"
    }
}

enum YAMLFile {
    /// The file's one mapping, in its order.
    static func mapping(_ text: String, file: String) throws(YAMLFault) -> [(key: String, line: Int?, value: Node)] {
        let node: Node?
        do {
            node = try compose(yaml: text)
        } catch let error as YamlError {
            throw fault(error, file)
        } catch {
            throw YAMLFault(file, line: nil, "not YAML: \(error)")
        }
        guard let mapping = node?.mapping else {
            throw YAMLFault(file, line: node?.mark?.line, "expected keys and values, one a line")
        }
        return try members(mapping, file)
    }

    /// A mapping's members, whose keys must be plain text.
    static func members(
        _ mapping: Node.Mapping,
        _ file: String
    ) throws(YAMLFault) -> [(key: String, line: Int?, value: Node)] {
        var members: [(key: String, line: Int?, value: Node)] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                throw YAMLFault(file, line: key.mark?.line, "expected keys that are plain text")
            }
            members.append((name, key.mark?.line, value))
        }
        return members
    }

    private static func fault(_ error: YamlError, _ file: String) -> YAMLFault {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            YAMLFault(file, line: mark.line, "not YAML at column \(mark.column): \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            YAMLFault(file, line: context.mark.line, key: duplicates.joined(separator: ", "), "is given more than once")
        case .reader(let problem, _, _, _): YAMLFault(file, line: nil, "not YAML: \(problem)")
        default: YAMLFault(file, line: nil, "not YAML")
        }
    }
}
