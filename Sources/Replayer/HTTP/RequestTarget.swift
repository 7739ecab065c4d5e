// The paths of the Bedrock runtime: `/model/{modelId}/{operation}`, the id percent-encoded or raw.

/// What a request's method and target ask for.
package enum RequestTarget: Hashable, Sendable {
    case operation(RuntimeOperation, model: String)
    /// No path of the runtime; the reason is for the client.
    case unknown(AWSError)

    /// Reads a method and a request target (RFC 9112, section 3.2).
    ///
    /// Both spellings of an id occur in the wild: `:` and `/` encoded once, and raw. So the label is what stands between
    /// `/model/` and the last component, decoded once.
    package init(method: String, target: String) {
        var path = target[...]
        // The absolute form, as proxies send it.
        if !path.hasPrefix("/"), let scheme = path.range(ofScheme: "://") {
            path = path[scheme...]
            path = path.firstIndex(of: "/").map { path[$0...] } ?? "/"
        }
        path = path.prefix { $0 != "?" && $0 != "#" }
        let components = path.split(separator: "/", omittingEmptySubsequences: false)
        guard components.count >= 4, components[0].isEmpty, components[1] == "model",
            let operation = RuntimeOperation(pathComponent: String(components[components.count - 1]))
        else {
            self = .unknown(.unknownOperation("No operation of the Bedrock runtime is at \(Self.printable(path))."))
            return
        }
        guard method == "POST" else {
            self = .unknown(.unknownOperation("The operation at \(Self.printable(path)) is asked for with POST."))
            return
        }
        let label = components[2..<(components.count - 1)].joined(separator: "/")
        guard let model = PercentEncoding.decode(label), (1...2_048).contains(model.utf8.count) else {
            self = .unknown(.validation("The provided model identifier is invalid."))
            return
        }
        self = .operation(operation, model: model)
    }

    private static func printable(_ path: Substring) -> String { String(path.prefix(200)) }
}

extension Substring {
    /// The index behind `separator`, where it occurs before the first `/` of a path.
    fileprivate func range(ofScheme separator: String) -> Index? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(separator) { return self.index(index, offsetBy: separator.count) }
            index = self.index(after: index)
        }
        return nil
    }
}

extension RuntimeOperation {
    /// The operation with the given last path component.
    init?(pathComponent: String) {
        guard let operation = Self.allCases.first(where: { $0.pathComponent == pathComponent }) else { return nil }
        self = operation
    }
}

enum PercentEncoding {
    /// Decodes `%XX` once (RFC 3986, section 2.1); `nil` at a bad escape or bytes that are not UTF-8.
    static func decode(_ text: String) -> String? {
        var decoded: [UInt8] = []
        var bytes = text.utf8.makeIterator()
        while let byte = bytes.next() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = bytes.next().flatMap(digit), let low = bytes.next().flatMap(digit) else { return nil }
            decoded.append(high << 4 | low)
        }
        return String(validating: decoded, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
