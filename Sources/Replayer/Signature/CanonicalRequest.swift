// The canonical form of a request (AWS Signature Version 4, "Create a canonical request").

/// What of a request is signed, as it came over the wire.
package struct SignedRequest: Hashable, Sendable {
    package var method: String
    /// The request target: path and query as sent.
    package var target: String
    /// The header fields, names in lower case, repeated fields joined by commas.
    package var headers: [String: String]
    package var body: [UInt8]

    /// Makes a request.
    package init(method: String, target: String, headers: [String: String], body: [UInt8]) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The canonical request over the named headers; `nil` where one of them is missing.
    func canonical(signedHeaders: [String]) -> String? {
        var lines = ""
        for name in signedHeaders {
            guard let value = headers[name] else { return nil }
            lines += "\(name):\(Self.folded(value))\n"
        }
        let hash = headers["x-amz-content-sha256"].flatMap { $0 == "UNSIGNED-PAYLOAD" ? $0 : nil }
        return [
            method, canonicalPath, canonicalQuery, lines, signedHeaders.joined(separator: ";"),
            hash ?? Digests.sha256Hex(body),
        ].joined(separator: "\n")
    }

    /// The path without dot segments, each segment encoded once more: every service but S3 does so.
    private var canonicalPath: String {
        let path = target.prefix { $0 != "?" }
        var segments: [Substring] = []
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for part in parts {
            switch part {
            case ".", "": continue
            case "..": _ = segments.popLast()
            default: segments.append(part)
            }
        }
        let slash = path.hasSuffix("/") && !segments.isEmpty ? "/" : ""
        return "/" + segments.map { PercentEncoding.encode($0) }.joined(separator: "/") + slash
    }

    private var canonicalQuery: String {
        guard let mark = target.firstIndex(of: "?") else { return "" }
        let pairs = target[target.index(after: mark)...].split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let fields = (0..<2).map { index -> String in
                guard index < parts.count else { return "" }
                return PercentEncoding.encode(PercentEncoding.decode(String(parts[index])) ?? String(parts[index]))
            }
            return (fields[0], fields[1])
        }
        return pairs.sorted { $0 < $1 }.map { "\($0)=\($1)" }.joined(separator: "&")
    }

    /// A value without white space around it, and with single spaces within.
    private static func folded(_ value: String) -> String {
        value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }
}

extension PercentEncoding {
    /// Encodes every byte but `A-Z a-z 0-9 - . _ ~`, in upper-case hexadecimal.
    static func encode(_ text: some StringProtocol) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.append(byte)
            default:
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
