// Credentials that lie ready: Bedrock API keys, the environment's keys, and those of the shared files.

enum BearerTokens {
    /// Read again every minute: what writes the file may put a new token there during a run.
    static let file = CredentialSource(name: "--bearer-token-file") { context throws(CredentialError) in
        guard let path = context.bearerTokenFile else { return nil }
        guard let text = context.readFile(path) else {
            throw CredentialError(description: "--bearer-token-file \(path): cannot be read")
        }
        let token = text.filter { !$0.isWhitespace }
        guard !token.isEmpty else {
            throw CredentialError(description: "--bearer-token-file \(path): expected a token, found nothing")
        }
        return FoundCredentials(.bearer(token: token), rereadAfter: 60)
    }

    static let variable = CredentialSource(name: "AWS_BEARER_TOKEN_BEDROCK") { context in
        context.variable("AWS_BEARER_TOKEN_BEDROCK").map { FoundCredentials(.bearer(token: $0)) }
    }
}

enum EnvironmentKeys {
    static let source = CredentialSource(
        name: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    ) { context throws(CredentialError) in
        guard context.profile == nil, let identifier = context.variable("AWS_ACCESS_KEY_ID") else { return nil }
        guard let secret = context.variable("AWS_SECRET_ACCESS_KEY") else {
            throw CredentialError(description: "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")
        }
        let token = context.variable("AWS_SESSION_TOKEN") ?? context.variable("AWS_SECURITY_TOKEN")
        var expiration: Int?
        if let text = context.variable("AWS_CREDENTIAL_EXPIRATION") {
            guard let seconds = DateText.iso8601(text) else {
                throw CredentialError(
                    description:
                        "AWS_CREDENTIAL_EXPIRATION: expected a time such as 2026-01-02T03:04:05Z, found '\(text)'"
                )
            }
            expiration = seconds
        }
        return FoundCredentials(
            .accessKey(AccessKey(identifier: identifier, secret: secret, sessionToken: token)),
            expiration: expiration
        )
    }
}

enum SharedKeys {
    static let credentialsFile = CredentialSource(name: "shared credentials file") { context throws(CredentialError) in
        try keys(context.credentialsSection, context.credentialsPath, context)
    }

    static let configFile = CredentialSource(name: "shared config file") { context throws(CredentialError) in
        try keys(context.configSection, context.configPath, context)
    }

    private static func keys(
        _ section: [String: String]?,
        _ path: String,
        _ context: CredentialContext
    ) throws(CredentialError) -> FoundCredentials? {
        guard let section, let identifier = section["aws_access_key_id"] else { return nil }
        guard let secret = section["aws_secret_access_key"] else {
            throw CredentialError(
                description: "\(path): profile '\(context.profileName)' has no aws_secret_access_key"
            )
        }
        let key = AccessKey(identifier: identifier, secret: secret, sessionToken: section["aws_session_token"])
        // Keys with a session token are another program's: it writes new ones before they expire.
        return FoundCredentials(.accessKey(key), rereadAfter: key.sessionToken == nil ? nil : 60)
    }
}
