// Where requests go, with whose credentials, and how long that may take.

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

    @Option(help: "The HTTP version: 1.1 or 2.")
    var http = CaptureConfiguration.HTTPVersion.http1_1

    @Option(help: ArgumentHelp("The longest time for connecting.", valueName: "seconds"))
    var connectTimeout = 10.0

    @Option(help: ArgumentHelp("The longest time without a byte.", valueName: "seconds"))
    var idleTimeout = 120.0

    @Option(help: ArgumentHelp("The longest time of a whole request; without, no limit.", valueName: "seconds"))
    var totalTimeout: Double?

    func validate() throws {
        for (name, value) in [
            ("--connect-timeout", connectTimeout), ("--idle-timeout", idleTimeout),
            ("--total-timeout", totalTimeout ?? 1),
        ] {
            guard value > 0, value <= 86_400 else { throw ValidationError("\(name): expected 0 to 86400 seconds") }
        }
    }
}

extension EndpointOptions {
    /// How to connect and wait.
    func configuration(maxInFlight: Int, environment: [String: String]) -> CaptureConfiguration {
        var configuration = CaptureConfiguration(maxInFlight: maxInFlight)
        configuration.caBundle = caBundle ?? environment["AWS_CA_BUNDLE"]
        configuration.httpVersion = http
        configuration.connectTimeout = Nanoseconds(seconds: connectTimeout)
        configuration.idleTimeout = Nanoseconds(seconds: idleTimeout)
        configuration.totalTimeout = totalTimeout.flatMap { Nanoseconds(seconds: $0) }
        return configuration
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
