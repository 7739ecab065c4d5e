// A plan file: the flags of `record` as YAML. It is turned into arguments that stand before those of the command line,
// so that a flag wins over the plan, and the plan over the default.

import ArgumentParser
import Yams

enum PlanFile {
    /// How a flag is written as a key.
    enum Kind {
        /// One value.
        case value
        /// A list, or one value.
        case list
        /// `key: value` pairs, or a list of `key=value`.
        case pairs
        /// `true` or `false`.
        case flag
    }

    /// Every flag that a plan may hold.
    static let keys: [(name: String, kind: Kind)] = [
        ("dataset", .value), ("output", .value), ("rotate", .value), ("force", .flag), ("resume", .value),
        ("prices", .value),
        ("concurrency", .value), ("rate", .value), ("arrival", .value), ("max-in-flight", .value),
        ("invocations", .value), ("rounds", .value), ("sleep", .value), ("duration", .value),
        ("max-requests", .value), ("window", .list), ("time-zone", .value), ("order", .value), ("seed", .value),
        ("warmup", .value), ("ramp", .value), ("operation", .value), ("max-tokens", .value), ("temperature", .value),
        ("top-p", .value), ("top-k", .value), ("system", .value), ("latency", .value), ("tier", .value),
        ("experiment", .value), ("label", .pairs), ("endpoint-url", .value), ("region", .value), ("profile", .value),
        ("bearer-token-file", .value), ("ca-bundle", .value), ("http", .value), ("connect-timeout", .value),
        ("idle-timeout", .value), ("total-timeout", .value), ("log-file", .value), ("quiet", .flag),
        ("verbose", .flag),
    ]

    /// What belongs to the one kind of loop gives way where the command line asks for the other.
    private static let rivals = [
        "rate": ["concurrency", "sleep"], "concurrency": ["rate", "arrival", "max-in-flight"],
        "sleep": ["rate", "arrival", "max-in-flight"], "window": ["window"],
    ]

    /// The arguments with those of the plan file that they name put in front.
    static func expand(
        _ arguments: [String],
        readFile: (String) -> [UInt8]?
    ) throws(CommandFailure) -> [String] {
        guard arguments.first == "record", let path = value(of: "plan", in: arguments) else { return arguments }
        guard let bytes = readFile(path) else { throw .usage("--plan \(path): cannot be read") }
        do {
            let text = String(decoding: bytes, as: UTF8.self)
            let own = try self.arguments(of: text, file: path, besides: arguments)
            try check(own, file: path)
            return ["record"] + own + arguments.dropFirst()
        } catch {
            throw .usage(error.description)
        }
    }

    /// A plan's keys as arguments, but for those that `others` rule out.
    static func arguments(
        of text: String,
        file: String,
        besides others: [String] = []
    ) throws(YAMLFault) -> [String] {
        let given = Set(
            others.compactMap { $0.hasPrefix("--") ? $0.dropFirst(2).prefix { $0 != "=" } : nil }.map(String.init)
        )
        let ruledOut = Set(given.flatMap { rivals[$0] ?? [] })
        var arguments: [String] = []
        for (key, line, node) in try YAMLFile.mapping(text, file: file) {
            let name = String(key.map { $0 == "_" ? "-" : $0 })
            guard let kind = keys.first(where: { $0.name == name })?.kind else {
                throw YAMLFault(
                    file,
                    line: line,
                    key: key,
                    "is unknown; expected one of: \(keys.map(\.name).joined(separator: ", "))"
                )
            }
            let values = try texts(node, kind, key, line, file)
            guard !ruledOut.contains(name) else { continue }
            arguments += kind == .flag ? values.map { _ in "--\(name)" } : values.map { "--\(name)=\($0)" }
        }
        return arguments
    }

    private static func texts(
        _ node: Node,
        _ kind: Kind,
        _ key: String,
        _ line: Int?,
        _ file: String
    ) throws(YAMLFault) -> [String] {
        if kind == .flag {
            guard let text = node.scalar?.string, ["true", "false"].contains(text) else {
                throw YAMLFault(file, line: line, key: key, "expected true or false")
            }
            return text == "true" ? [""] : []
        }
        if let scalar = node.scalar {
            guard !scalar.string.isEmpty else { throw YAMLFault(file, line: line, key: key, "expected a value") }
            return [scalar.string]
        }
        if kind != .value, let sequence = node.sequence {
            let texts = sequence.map { $0.scalar?.string }
            guard !texts.contains(nil) else { throw YAMLFault(file, line: line, key: key, "expected a list of texts") }
            return texts.compactMap { $0 }
        }
        if kind == .pairs, let mapping = node.mapping {
            var pairs: [String] = []
            for (name, line, value) in try YAMLFile.members(mapping, file) {
                guard let text = value.scalar?.string else {
                    throw YAMLFault(file, line: line, key: "\(key).\(name)", "expected text")
                }
                pairs.append("\(name)=\(text)")
            }
            return pairs
        }
        throw YAMLFault(file, line: line, key: key, kind == .value ? "expected one value" : "expected a list")
    }

    /// Parses the plan's arguments by themselves, so that an error names the plan and not the command line.
    private static func check(_ arguments: [String], file: String) throws(YAMLFault) {
        var whole = arguments
        for name in ["dataset", "output"] where value(of: name, in: arguments) == nil { whole.append("--\(name)=-") }
        do {
            _ = try RecordCommand.parse(whole)
        } catch {
            throw YAMLFault(file, line: nil, RecordCommand.message(for: error))
        }
    }

    /// The flags of `record`, from its own help.
    static var flags: [String] {
        RecordCommand.helpMessage(columns: 400).split(whereSeparator: \.isWhitespace)
            .filter { $0.hasPrefix("--") }
            .map { String($0.dropFirst(2).prefix { $0.isLetter || $0.isNumber || $0 == "-" }) }
    }

    /// The command that `expand` and the parser make of arguments.
    static func command(
        _ arguments: [String],
        readFile: (String) -> [UInt8]?
    ) throws -> RecordCommand {
        try RecordCommand.parse(Array(try expand(arguments, readFile: readFile).dropFirst()))
    }

    private static func value(of name: String, in arguments: [String]) -> String? {
        var value: String?
        for (index, argument) in arguments.enumerated() {
            if argument.hasPrefix("--\(name)=") { value = String(argument.dropFirst(name.count + 3)) }
            if argument == "--\(name)", index + 1 < arguments.count { value = arguments[index + 1] }
        }
        return value
    }
}
