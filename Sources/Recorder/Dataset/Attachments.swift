// Images, documents and other files that a message names by path: read once, sent as base64 (Bedrock runtime API,
// ImageBlock, DocumentBlock, VideoBlock and AudioBlock).

import Core

/// Puts files where messages name them.
struct Attachments {
    /// Paths that don't begin at the root begin here.
    let folder: String
    let readFile: (String) -> [UInt8]?

    private static let kinds: Set<String> = ["image", "document", "video", "audio"]
    /// What the service calls a file's format where it differs from the file's extension.
    private static let formats = ["jpg": "jpeg", "htm": "html", "markdown": "md", "text": "txt", "3gp": "three_gp"]
    /// The most that a request may hold.
    private static let byteLimit = 25_000_000

    /// The value with every `{"source": {"path": …}}` replaced by the file's bytes, its format and name added where missing.
    func resolved(_ tree: JSONTree) throws(FieldFault) -> JSONTree {
        switch tree {
        case .array(let elements):
            var resolved: [JSONTree] = []
            for element in elements { resolved.append(try self.resolved(element)) }
            return .array(resolved)
        case .object(let members):
            var resolved: [JSONTree.Member] = []
            for member in members {
                var member = member
                if Self.kinds.contains(member.key), let path = member.value["source"]?["path"] {
                    member.value = try attached(member.value, path: path, isDocument: member.key == "document")
                } else {
                    member.value = try self.resolved(member.value)
                }
                resolved.append(member)
            }
            return .object(resolved)
        default:
            return tree
        }
    }

    private func attached(_ block: JSONTree, path: JSONTree, isDocument: Bool) throws(FieldFault) -> JSONTree {
        guard let path = path.string, !path.isEmpty else {
            throw FieldFault("messages", "expected a file's path as text in 'source.path'")
        }
        let location = path.hasPrefix("/") ? path : folder + path
        guard let bytes = readFile(location) else { throw FieldFault("messages", "\(location): cannot be read") }
        guard bytes.count <= Self.byteLimit else {
            throw FieldFault("messages", "\(location): \(bytes.count) bytes are more than a request may hold")
        }
        let file = path.split(separator: "/").last.map(String.init) ?? path
        let mark = file.lastIndex(of: ".")
        let ending = mark.map { String(file[file.index(after: $0)...]).lowercased() } ?? ""
        var members = (block.members ?? []).filter { $0.key != "source" }
        if block["format"] == nil {
            guard !ending.isEmpty else {
                throw FieldFault("messages", "\(location): has no extension; name its 'format' beside 'source'")
            }
            members.insert(.init(key: "format", value: .string(Self.formats[ending] ?? ending)), at: 0)
        }
        if isDocument, block["name"] == nil {
            // The service takes letters, digits, single spaces, hyphens and brackets.
            let name = mark.map { String(file[..<$0]) } ?? file
            let allowed = name.map { $0.isASCII && ($0.isLetter || $0.isNumber) || "-()[]".contains($0) ? $0 : "-" }
            members.append(.init(key: "name", value: .string(String(allowed))))
        }
        let encoded = String(decoding: Base64.encode(bytes), as: UTF8.self)
        members.append(.init(key: "source", value: .object(["bytes": .string(encoded)])))
        return .object(members)
    }
}
