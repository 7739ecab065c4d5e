// Checks who a request says it is from: AWS Signature Version 4 in the Authorization header, or a bearer token.

/// The keys that a verifier accepts.
package struct TestKeys: Hashable, Sendable {
    package var accessKeyID: String
    package var secretAccessKey: String
    /// The session token that must come with the keys; `nil` where none must.
    package var sessionToken: String?

    /// Makes keys.
    package init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }
}

/// Verifies requests against one set of keys, one bearer token, or both.
package struct SignatureVerifier: Sendable {
    /// How far a request's clock may be off, in seconds: the service's own window.
    static let clockTolerance: Int64 = 300

    let keys: TestKeys?
    let bearerToken: String?

    /// Makes a verifier.
    package init(keys: TestKeys?, bearerToken: String? = nil) {
        self.keys = keys
        self.bearerToken = bearerToken
    }

    /// What is wrong with a request's proof; `nil` where nothing is.
    ///
    /// - Parameters:
    ///   - request: The request as it came.
    ///   - now: The wall clock, in seconds since the Unix epoch.
    /// - Returns: The error that the service would answer with.
    package func problem(with request: SignedRequest, now: Int64) -> AWSError? {
        guard let authorization = request.headers["authorization"] else {
            return Self.refusal("MissingAuthenticationTokenException", "Missing Authentication Token")
        }
        if authorization.hasPrefix("Bearer ") {
            guard let bearerToken, Digests.areEqual(String(authorization.dropFirst(7)), bearerToken) else {
                return Self.refusal(
                    "AccessDeniedException",
                    "Authentication failed: Please make sure your API Key is valid."
                )
            }
            return nil
        }
        guard let proof = AuthorizationHeader(authorization) else {
            return AWSError(
                type: "IncompleteSignatureException",
                status: 403,
                message: "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters."
            )
        }
        return problem(with: request, proof, now: now)
    }

    private func problem(with request: SignedRequest, _ proof: AuthorizationHeader, now: Int64) -> AWSError? {
        guard let keys, proof.accessKeyID == keys.accessKeyID,
            keys.sessionToken == nil || request.headers["x-amz-security-token"] == keys.sessionToken
        else {
            return Self.refusal("UnrecognizedClientException", "The security token included in the request is invalid.")
        }
        guard proof.service == "bedrock" else {
            return Self.mismatch("Credential should be scoped to correct service: 'bedrock'. ")
        }
        guard let stamp = request.headers["x-amz-date"], let signed = Self.seconds(of: stamp) else {
            return Self.refusal("IncompleteSignatureException", "Authorization header requires an 'X-Amz-Date' header.")
        }
        guard stamp.prefix(8) == proof.date else {
            return Self.mismatch(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP"
            )
        }
        let window = (now - Self.clockTolerance)...(now + Self.clockTolerance)
        guard window.contains(signed) else {
            let word = signed < now ? "expired" : "not yet current"
            let bound = Self.stamp(signed < now ? window.lowerBound : window.upperBound)
            let order = signed < now ? "earlier" : "later"
            let sign = signed < now ? "-" : "+"
            return Self.mismatch(
                "Signature \(word): \(stamp) is now \(order) than \(bound) (\(Self.stamp(now)) \(sign) 5 min.)"
            )
        }
        guard proof.signedHeaders.contains("host"),
            let canonical = request.canonical(signedHeaders: proof.signedHeaders)
        else {
            return Self.mismatch(Self.mismatchText)
        }
        let expected = Self.signature(of: canonical, stamp: stamp, proof, secret: keys.secretAccessKey)
        return Digests.areEqual(expected, proof.signature) ? nil : Self.mismatch(Self.mismatchText)
    }

    private static let mismatchText =
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        + "Key and signing method. Consult the service documentation for details."

    private static func mismatch(_ message: String) -> AWSError { refusal("InvalidSignatureException", message) }

    private static func refusal(_ type: String, _ message: String) -> AWSError {
        AWSError(type: type, status: 403, message: message)
    }

    /// The signature ("Calculate the signature").
    static func signature(of canonical: String, stamp: String, _ proof: AuthorizationHeader, secret: String) -> String {
        let scope = "\(proof.date)/\(proof.region)/\(proof.service)/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(stamp)\n\(scope)\n\(Digests.sha256Hex(Array(canonical.utf8)))"
        var key = Digests.hmac(key: Array("AWS4\(secret)".utf8), proof.date)
        for part in [proof.region, proof.service, "aws4_request"] { key = Digests.hmac(key: key, part) }
        return Digests.hex(Digests.hmac(key: key, text))
    }

    /// The instant of `YYYYMMDDTHHMMSSZ`, in seconds since the Unix epoch.
    static func seconds(of stamp: String) -> Int64? {
        let bytes = Array(stamp.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            guard bytes[range].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
            return Int(String(decoding: bytes[range], as: UTF8.self))
        }
        guard let year = number(0..<4), let month = number(4..<6), let day = number(6..<8), let hour = number(9..<11),
            let minute = number(11..<13), let second = number(13..<15), (1...12).contains(month),
            (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        let days = CivilDate.dayNumber(year: year, month: month, day: day)
        return Int64(days * 86_400 + hour * 3_600 + minute * 60 + second)
    }

    /// An instant as `YYYYMMDDTHHMMSSZ`.
    static func stamp(_ seconds: Int64) -> String {
        let date = CivilDate(dayNumber: Int(seconds / 86_400))
        let second = Int(seconds % 86_400)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return
            "\(date.year)\(two(date.month))\(two(date.day))T\(two(second / 3_600))\(two(second / 60 % 60))\(two(second % 60))Z"
    }
}

/// An Authorization header of Signature Version 4, taken apart.
struct AuthorizationHeader: Hashable, Sendable {
    var accessKeyID: String
    var date: String
    var region: String
    var service: String
    var signedHeaders: [String]
    var signature: String

    /// Reads a header; `nil` where a part is missing.
    init?(_ text: String) {
        let scheme = "AWS4-HMAC-SHA256 "
        guard text.hasPrefix(scheme) else { return nil }
        var fields: [Substring: Substring] = [:]
        for field in text.dropFirst(scheme.count).split(separator: ",") {
            let trimmed = field.drop { $0 == " " }
            guard let equals = trimmed.firstIndex(of: "=") else { return nil }
            fields[trimmed[..<equals]] = trimmed[trimmed.index(after: equals)...]
        }
        guard let credential = fields["Credential"], let headers = fields["SignedHeaders"],
            let signature = fields["Signature"]
        else { return nil }
        let scope = credential.split(separator: "/", omittingEmptySubsequences: false)
        guard scope.count == 5, scope[4] == "aws4_request" else { return nil }
        accessKeyID = String(scope[0])
        date = String(scope[1])
        region = String(scope[2])
        service = String(scope[3])
        signedHeaders = headers.split(separator: ";").map(String.init)
        self.signature = String(signature)
    }
}
