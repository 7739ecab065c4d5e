// The JSON in which programs, containers and instances give credentials (AWS SDKs and Tools Reference Guide).

enum CredentialAnswer {
    /// Reads an answer.
    ///
    /// - Parameters:
    ///   - bytes: The JSON.
    ///   - tokenName: What the source calls the session token.
    ///   - origin: What an error names.
    /// - Returns: The credentials, and when they expire.
    /// - Throws: `CredentialError` for anything that is not the answer of a credential source.
    static func read(
        _ bytes: [UInt8],
        tokenName: String,
        origin: String
    ) throws(CredentialError) -> FoundCredentials {
        func wrong(_ text: String) -> CredentialError { CredentialError(description: "\(origin): \(text)") }
        let tree: JSONTree
        do {
            tree = try JSONTree(bytes)
        } catch {
            throw wrong("expected JSON with AccessKeyId and SecretAccessKey, found none")
        }
        guard let identifier = tree["AccessKeyId"]?.string, let secret = tree["SecretAccessKey"]?.string else {
            let reason = (tree["message"] ?? tree["Message"] ?? tree["Code"])?.string
            throw wrong(reason ?? "expected AccessKeyId and SecretAccessKey")
        }
        var expiration: Int?
        if let text = tree["Expiration"]?.string {
            guard let seconds = DateText.iso8601(text) else { throw wrong("Expiration '\(text)' is no time") }
            expiration = seconds
        }
        let key = AccessKey(identifier: identifier, secret: secret, sessionToken: tree[tokenName]?.string)
        return FoundCredentials(.accessKey(key), expiration: expiration)
    }
}
