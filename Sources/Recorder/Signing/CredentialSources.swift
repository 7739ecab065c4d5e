// Where credentials are looked for, in botocore's order; each source is a value, so that another is one more entry.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One place that may hold credentials.
package struct CredentialSource: Sendable {
    /// What to call it in an error.
    package var name: String
    /// Looks there; `nil` where it holds none, an error where what it holds is broken.
    package var find: @Sendable (CredentialContext) throws(CredentialError) -> Credentials?
}

/// What sources may look at; given from outside, so that tests need no real environment.
package struct CredentialContext: Sendable {
    package var environment: [String: String]
    /// The profile that the user named; a named profile leaves the environment's keys aside, as in botocore.
    package var profile: String?
    package var bearerTokenFile: String?
    package var readFile: @Sendable (String) -> String?

    /// Makes a context.
    package init(
        environment: [String: String],
        profile: String? = nil,
        bearerTokenFile: String? = nil,
        readFile: @escaping @Sendable (String) -> String?
    ) {
        self.environment = environment
        self.profile = profile
        self.bearerTokenFile = bearerTokenFile
        self.readFile = readFile
    }

    var profileName: String { profile ?? environment["AWS_PROFILE"] ?? "default" }

    func path(_ variable: String, default name: String) -> String {
        environment[variable] ?? (environment["HOME"] ?? "") + "/.aws/" + name
    }
}

/// Why there are no credentials, in one line that names what was tried.
package struct CredentialError: Error, CustomStringConvertible {
    package var description: String
}

/// The chain of sources.
package enum CredentialChain {
    package static let standard: [CredentialSource] = [
        CredentialSource(name: "--bearer-token-file") { context throws(CredentialError) in
            guard let path = context.bearerTokenFile else { return nil }
            guard let text = context.readFile(path) else {
                throw CredentialError(description: "--bearer-token-file \(path): cannot be read")
            }
            let token = text.filter { !$0.isWhitespace }
            guard !token.isEmpty else {
                throw CredentialError(description: "--bearer-token-file \(path): expected a token, found nothing")
            }
            return .bearer(token: token)
        },
        CredentialSource(name: "AWS_BEARER_TOKEN_BEDROCK") { context in
            context.environment["AWS_BEARER_TOKEN_BEDROCK"].flatMap { $0.isEmpty ? nil : .bearer(token: $0) }
        },
        CredentialSource(name: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY") { context throws(CredentialError) in
            guard context.profile == nil, let identifier = context.environment["AWS_ACCESS_KEY_ID"], !identifier.isEmpty
            else { return nil }
            guard let secret = context.environment["AWS_SECRET_ACCESS_KEY"], !secret.isEmpty else {
                throw CredentialError(description: "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")
            }
            let token = context.environment["AWS_SESSION_TOKEN"] ?? context.environment["AWS_SECURITY_TOKEN"]
            return .accessKey(AccessKey(identifier: identifier, secret: secret, sessionToken: token))
        },
        CredentialSource(name: "shared credentials file") { context throws(CredentialError) in
            try key(in: context.path("AWS_SHARED_CREDENTIALS_FILE", default: "credentials"), isConfig: false, context)
        },
        CredentialSource(name: "shared config file") { context throws(CredentialError) in
            try key(in: context.path("AWS_CONFIG_FILE", default: "config"), isConfig: true, context)
        },
    ]

    /// The first credentials that a source holds.
    package static func find(
        in context: CredentialContext,
        sources: [CredentialSource] = standard
    ) throws(CredentialError) -> Credentials {
        for source in sources {
            if let found = try source.find(context) { return found }
        }
        let tried = sources.map(\.name).joined(separator: ", ")
        throw CredentialError(
            description: "no credentials for profile '\(context.profileName)'; tried \(tried)"
        )
    }

    private static func key(
        in path: String,
        isConfig: Bool,
        _ context: CredentialContext
    ) throws(CredentialError) -> Credentials? {
        guard let text = context.readFile(path) else { return nil }
        let section = ConfigFile(text).section(profile: context.profileName, isConfig: isConfig)
        guard let identifier = section?["aws_access_key_id"] else { return nil }
        guard let secret = section?["aws_secret_access_key"] else {
            throw CredentialError(
                description: "\(path): profile '\(context.profileName)' has no aws_secret_access_key"
            )
        }
        return .accessKey(
            AccessKey(identifier: identifier, secret: secret, sessionToken: section?["aws_session_token"])
        )
    }
}
