// The root command of bedrock-recorder.

package import ArgumentParser
import Core

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// `bedrock-recorder`.
package struct RecorderCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "bedrock-recorder",
        abstract: "Records what Amazon Bedrock's streaming operations send: raw bytes with nanosecond stamps.",
        discussion: """
            Exit status: 0 done, 1 doctor found something to fix, 2 wrong arguments or dataset, 3 the work could not \
            be finished, 130 interrupted; whatever was recorded is readable.
            """,
        version: BedrockTrace.version,
        subcommands: [RecordCommand.self, DoctorCommand.self]
    )

    /// Makes the command; the parser fills it.
    package init() {}

    /// Parses the process's arguments and runs; whatever is wrong is one line, with the status that the manual promises.
    package static func main() {
        do {
            let given = Array(CommandLine.arguments.dropFirst())
            var command = try parseAsRoot(try PlanFile.expand(given) { DatasetFiles.contents(of: $0) })
            try command.run()
        } catch let failure as CommandFailure {
            Console.fail(failure.description, status: failure.status)
        } catch {
            let code = exitCode(for: error)
            guard code == .validationFailure else { exit(withError: error) }
            Console.fail(message(for: error), status: 2)
        }
    }
}

/// Why a command ends, and with which status.
struct CommandFailure: Error, CustomStringConvertible {
    var description: String
    var status: Int32

    /// Wrong arguments or input.
    static func usage(_ description: String) -> CommandFailure { CommandFailure(description: description, status: 2) }

    /// The work can't be finished.
    static func unfinished(_ description: String) -> CommandFailure {
        CommandFailure(description: description, status: 3)
    }
}
