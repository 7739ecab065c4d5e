// How much is said, and where.

import ArgumentParser

struct TalkOptions: ParsableArguments {
    @Flag(help: "Say nothing but errors.")
    var quiet = false

    @Flag(help: "Say more: the plan before it begins, or every place where credentials were looked for.")
    var verbose = false

    @Option(help: ArgumentHelp("Append what happens to a file, one JSON object a line.", valueName: "file"))
    var logFile: String?
}
