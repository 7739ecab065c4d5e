// Where requests go, with whose credentials, and how long all of that may take.

import ArgumentParser
import Core

extension CaptureConfiguration.HTTPVersion: ExpressibleByArgument {}

struct EndpointOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Another endpoint, for example a replayer's.", valueName: "url"))
    var endpointUrl: String?

    @Option(help: "The region for rows without one.")
    var region: String?

    @Option(help: "A profile of the shared files.")
    var profile: String?

    @Option(help: ArgumentHelp("A file with a Bedrock API key.", valueName: "file"))
    var bearerTokenFile: String?

    @Option(help: ArgumentHelp("Certificates to trust, PEM.", valueName: "file"))
    var caBundle: String?

    @Option(help: ArgumentHelp("The longest time for connecting.", valueName: "seconds"))
    var connectTimeout = 10.0

    func validate() throws {
        try TimeLimit.check("--connect-timeout", connectTimeout)
    }
}

/// How a request is carried, once there is a connection.
struct TransferOptions: ParsableArguments {
    @Option(help: "The HTTP version: 1.1 or 2.")
    var http = CaptureConfiguration.HTTPVersion.http1_1

    @Option(help: ArgumentHelp("The longest time without a byte.", valueName: "seconds"))
    var idleTimeout = 120.0

    @Option(help: ArgumentHelp("The longest time of a whole request; without, no limit.", valueName: "seconds"))
    var totalTimeout: Double?

    func validate() throws {
        try TimeLimit.check("--idle-timeout", idleTimeout)
        if let totalTimeout { try TimeLimit.check("--total-timeout", totalTimeout) }
    }
}

private enum TimeLimit {
    static func check(_ name: String, _ seconds: Double) throws {
        guard seconds > 0, seconds <= 86_400 else { throw ValidationError("\(name): expected 0 to 86400 seconds") }
    }
}

extension EndpointOptions {
    /// How to connect and wait.
    func configuration(
        maxInFlight: Int,
        transfer: TransferOptions,
        environment: [String: String]
    ) -> CaptureConfiguration {
        var configuration = CaptureConfiguration(maxInFlight: maxInFlight)
        configuration.caBundle = trustedCertificates(environment: environment)
        configuration.httpVersion = transfer.http
        configuration.connectTimeout = Nanoseconds(seconds: connectTimeout)
        configuration.idleTimeout = Nanoseconds(seconds: transfer.idleTimeout)
        configuration.totalTimeout = transfer.totalTimeout.flatMap { Nanoseconds(seconds: $0) }
        return configuration
    }

    /// The file of trusted certificates that the user named; `nil` for the host's own.
    func trustedCertificates(environment: [String: String]) -> String? { caBundle ?? environment["AWS_CA_BUNDLE"] }

    /// The region where nothing else names one: the flag's, the environment's, the profile's.
    func region(environment: [String: String]) -> String? {
        region ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]
            ?? credentialContext(environment: environment).settings["region"]
    }

    /// Where to look for credentials.
    func credentialContext(environment: [String: String]) -> CredentialContext {
        CredentialContext(
            environment: environment,
            profile: profile,
            bearerTokenFile: bearerTokenFile,
            readFile: { DatasetFiles.contents(of: $0).map { String(decoding: $0, as: UTF8.self) } }
        )
    }
}
