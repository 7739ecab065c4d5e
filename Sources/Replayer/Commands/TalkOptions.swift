// What every program lets its user say about its talk: quiet, verbose, a log file.

import ArgumentParser

/// The flags that every program has for what it says.
struct TalkOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Say nothing on standard error but errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say a line on standard error for every answer.")
    var verbose = false

    @Option(help: ArgumentHelp("Append a JSON line for every answer.", valueName: "file"))
    var logFile: String?

    func validate() throws {
        guard !(quiet && verbose) else { throw ValidationError("--quiet and --verbose contradict each other") }
    }

    /// The log that the flags ask for; `nil` where they ask for none.
    func requestLog() throws(ServerError) -> RequestLog? {
        guard verbose || logFile != nil else { return nil }
        return try RequestLog(isVerbose: verbose, path: logFile)
    }
}
