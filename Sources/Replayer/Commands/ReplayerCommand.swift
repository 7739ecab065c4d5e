// The root command of bedrock-replayer.

package import ArgumentParser
import Core

/// `bedrock-replayer`.
package struct ReplayerCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "bedrock-replayer",
        abstract: "Stands in for the Amazon Bedrock runtime on this machine.",
        discussion: """
            It serves recorded traces, or answers drawn from a scenario, to any client of Bedrock. Point a client at it \
            with AWS_ENDPOINT_URL_BEDROCK_RUNTIME=http://127.0.0.1:PORT; any credentials will do.
            """,
        version: BedrockTrace.version,
        subcommands: [ServeCommand.self, LearnCommand.self]
    )

    /// Makes the command; the parser fills it.
    package init() {}

    /// Parses the process's arguments and runs; ends with status 2 where they are wrong.
    package static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            let code = exitCode(for: error)
            guard code == .validationFailure else { exit(withError: error) }
            Console.talk(fullMessage(for: error))
            exit(withError: ExitCode(2))
        }
    }
}
