// AWS Signature Version 4 (AWS General Reference, "Create a signed AWS API request"), with the path rule of every
// service but S3: the path as sent is encoded once more.

package import Core

/// Signs requests for one region and service; keeps the day's signing key.
package struct SigV4Signer: Sendable {
    /// The scope's region: that of the endpoint, not of a cross-region profile.
    package let region: String
    /// `bedrock`, for both the runtime and the control plane.
    package let service: String
    private let key: AccessKey
    private var cachedKey: (date: String, bytes: [UInt8])?

    /// Headers that proxies and connections change, so that signing them would break requests.
    private static let unsigned: Set<String> = [
        "connection", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id",
    ]

    /// Makes a signer.
    package init(key: AccessKey, region: String, service: String = "bedrock") {
        self.key = key
        self.region = region
        self.service = service
    }

    /// A request to be signed.
    package struct Request: Sendable {
        package var method: String
        /// The path and query as they go over the wire.
        package var target: String
        /// The `Host` header's value: the host, with the port where it isn't the scheme's own.
        package var host: String
        package var headers: [HeaderField]
        /// SHA-256 of the body, 64 hexadecimal digits.
        package var payloadHash: String

        /// Makes a request whose body's hash is known.
        package init(method: String, target: String, host: String, headers: [HeaderField], payloadHash: String) {
            self.method = method
            self.target = target
            self.host = host
            self.headers = headers
            self.payloadHash = payloadHash
        }

        /// Makes a request.
        package init(method: String, target: String, host: String, headers: [HeaderField], body: [UInt8]) {
            self.init(
                method: method,
                target: target,
                host: host,
                headers: headers,
                payloadHash: Digest.hexadecimal(Digest.sha256(body))
            )
        }
    }

    /// A signature with what went into it, for the header and for tests.
    package struct Signature: Sendable {
        package var canonicalRequest: String
        package var stringToSign: String
        package var signature: String
        package var authorization: String
        /// The headers to add to the request; they hold secrets.
        package var addedHeaders: [HeaderField]
    }

    /// Signs a request at `time`, for example `20260102T030405Z`.
    package mutating func sign(_ request: Request, time: String) -> Signature {
        var added = [HeaderField("X-Amz-Date", time)]
        if let token = key.sessionToken { added.append(HeaderField("X-Amz-Security-Token", token)) }
        let headers = canonicalHeaders(request.headers + added, host: request.host)
        let signedNames = headers.map(\.name).joined(separator: ";")
        let (path, query) = Self.split(request.target)
        let canonicalRequest = [
            request.method,
            PercentEncoding.encode(path, keepsSlash: true),
            Self.canonicalQuery(query),
            headers.map { "\($0.name):\($0.value)\n" }.joined(),
            signedNames,
            request.payloadHash,
        ].joined(separator: "\n")
        let date = String(time.prefix(8))
        let scope = "\(date)/\(region)/\(service)/aws4_request"
        let stringToSign = [
            "AWS4-HMAC-SHA256", time, scope, Digest.hexadecimal(Digest.sha256(Array(canonicalRequest.utf8))),
        ].joined(separator: "\n")
        let signature = Digest.hexadecimal(Digest.hmac(key: signingKey(date), Array(stringToSign.utf8)))
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(key.identifier)/\(scope), SignedHeaders=\(signedNames), Signature=\(signature)"
        return Signature(
            canonicalRequest: canonicalRequest,
            stringToSign: stringToSign,
            signature: signature,
            authorization: authorization,
            addedHeaders: added + [HeaderField("Authorization", authorization)]
        )
    }

    private mutating func signingKey(_ date: String) -> [UInt8] {
        if let cachedKey, cachedKey.date == date { return cachedKey.bytes }
        let bytes = [date, region, service, "aws4_request"].reduce(Array("AWS4\(key.secret)".utf8)) {
            Digest.hmac(key: $0, Array($1.utf8))
        }
        cachedKey = (date, bytes)
        return bytes
    }

    private func canonicalHeaders(_ headers: [HeaderField], host: String) -> [HeaderField] {
        var values: [String: [String]] = ["host": [host]]
        for header in headers {
            let name = header.name.lowercased()
            guard !Self.unsigned.contains(name), name != "host" else { continue }
            values[name, default: []].append(Self.folded(header.value))
        }
        return values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { HeaderField($0.key, $0.value.joined(separator: ",")) }
    }

    /// Trims white space and folds runs of it to one space.
    private static func folded(_ value: String) -> String {
        value.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
    }

    private static func split(_ target: String) -> (path: String, query: String) {
        guard let mark = target.firstIndex(of: "?") else { return (target.isEmpty ? "/" : target, "") }
        return (String(target[..<mark]), String(target[target.index(after: mark)...]))
    }

    /// Parameters sorted by name, then value, bytewise.
    private static func canonicalQuery(_ query: String) -> String {
        query.split(separator: "&")
            .map { parameter -> (name: String, value: String) in
                guard let mark = parameter.firstIndex(of: "=") else { return (String(parameter), "") }
                return (String(parameter[..<mark]), String(parameter[parameter.index(after: mark)...]))
            }
            .sorted { ($0.name, $0.value) < ($1.name, $1.value) }
            .map { "\($0.name)=\($0.value)" }
            .joined(separator: "&")
    }
}
