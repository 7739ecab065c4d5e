// Where credentials are looked for, in botocore's order; each source is a value, so that another is one more entry.

import Core

/// Credentials with where they came from and how long they hold.
struct FoundCredentials: Sendable {
    var credentials: Credentials
    /// In seconds since the epoch; `nil` for those that hold until they are revoked.
    var expiration: Int?
    /// How soon the source may hold others, in seconds; `nil` where only an expiration tells.
    var rereadAfter: Int?

    init(_ credentials: Credentials, expiration: Int? = nil, rereadAfter: Int? = nil) {
        self.credentials = credentials
        self.expiration = expiration
        self.rereadAfter = rereadAfter
    }
}

/// One place that may hold credentials.
struct CredentialSource: Sendable {
    /// What to call it, for people.
    var name: String
    /// Looks there; `nil` where it holds none, an error where what it holds is broken.
    var find: @Sendable (CredentialContext) throws(CredentialError) -> FoundCredentials?
}

/// What sources may look at; given from outside, so that tests need no real environment.
struct CredentialContext: Sendable {
    var environment: [String: String]
    /// The profile that the user named; a named profile leaves the environment's keys aside, as in botocore.
    var profile: String?
    var bearerTokenFile: String?
    var readFile: @Sendable (String) -> String?
    var http: HTTPCaller = { call throws(HTTPFailure) in try HTTPClient.call(call) }
    var runProgram: ProcessRunner = { arguments, environment throws(ProcessFailure) in
        try ChildProcess.run(arguments, environment)
    }
    var secondsSinceEpoch: @Sendable () -> Int = { Int(ClockReading.realtimeNanoseconds / 1_000_000_000) }

    init(
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

    var profileName: String { profile ?? variable("AWS_PROFILE") ?? "default" }

    /// Whether the user asked for one profile and no other.
    var isProfileNamed: Bool { profile != nil || variable("AWS_PROFILE") != nil }

    /// A variable that is set to something.
    func variable(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    func path(_ variable: String, default name: String) -> String {
        let path = self.variable(variable) ?? "~/.aws/" + name
        return path.hasPrefix("~/") ? (environment["HOME"] ?? "") + path.dropFirst() : path
    }

    var configPath: String { path("AWS_CONFIG_FILE", default: "config") }
    var credentialsPath: String { path("AWS_SHARED_CREDENTIALS_FILE", default: "credentials") }

    /// A profile's settings in the config file.
    var configSection: [String: String]? {
        readFile(configPath).flatMap { ConfigFile($0).section(profile: profileName, isConfig: true) }
    }

    /// A profile's settings in the credentials file.
    var credentialsSection: [String: String]? {
        readFile(credentialsPath).flatMap { ConfigFile($0).section(profile: profileName, isConfig: false) }
    }

    /// A profile's settings in both files; those of the credentials file win.
    var settings: [String: String] { (configSection ?? [:]).merging(credentialsSection ?? [:]) { $1 } }
}

/// Why there are no credentials, in one line.
struct CredentialError: Error, Hashable, CustomStringConvertible {
    var description: String
}

/// The chain of sources.
enum CredentialChain {
    static let standard: [CredentialSource] = [
        BearerTokens.file,
        BearerTokens.variable,
        EnvironmentKeys.source,
        CommandLineCredentials.assumedRole,
        CommandLineCredentials.webIdentity,
        CommandLineCredentials.singleSignOn,
        SharedKeys.credentialsFile,
        CommandLineCredentials.loginSession,
        CredentialProgram.source,
        SharedKeys.configFile,
        ContainerCredentials.source,
        InstanceCredentials.source,
    ]

    /// The first credentials that a source holds, and the source's name.
    static func find(
        in context: CredentialContext,
        sources: [CredentialSource] = standard
    ) throws(CredentialError) -> (found: FoundCredentials, source: String) {
        for source in sources {
            guard let found = try source.find(context) else { continue }
            if let expiration = found.expiration, expiration <= context.secondsSinceEpoch() {
                throw CredentialError(
                    description:
                        "\(source.name): the credentials expired at \(AmzDate.text(secondsSinceEpoch: expiration))"
                )
            }
            return (found, source.name)
        }
        let tried = sources.map(\.name).joined(separator: ", ")
        if context.isProfileNamed, context.configSection == nil, context.credentialsSection == nil {
            throw CredentialError(
                description: "no credentials: profile '\(context.profileName)' is neither in \(context.configPath) "
                    + "nor in \(context.credentialsPath); tried \(tried)"
            )
        }
        throw CredentialError(
            description: "no credentials for profile '\(context.profileName)'; tried \(tried)"
        )
    }
}
