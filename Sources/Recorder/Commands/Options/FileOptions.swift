// Which dataset, and which trace.

import ArgumentParser
import Core
import Glibc

struct FileOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A YAML file of these flags; a flag on the command line wins.", valueName: "file"))
    var plan: String?

    @Option(help: ArgumentHelp("A .jsonl file, or a folder of them.", valueName: "path"))
    var dataset: String

    @Option(help: ArgumentHelp("The trace file to write, or a folder for segments.", valueName: "path"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Write segments into the folder --output, each closed after a time or a size: 1h, 512MiB, 1h,1GiB.",
            valueName: "rule"
        )
    )
    var rotate: String?

    @Option(
        help: ArgumentHelp(
            "Go on where an earlier recording stopped: leaves out what its traces hold.",
            valueName: "path"
        )
    )
    var resume: String?

    @Flag(help: "Overwrite the trace file if it is there already.")
    var force = false

    @Flag(help: "Check everything, print the plan, send nothing.")
    var dryRun = false

    @Option(help: ArgumentHelp("Prices of models as YAML, for the plan's upper bound on cost.", valueName: "file"))
    var prices: String?

    func validate() throws {
        guard rotate.map({ TraceRotation($0) != nil }) ?? true else {
            throw ValidationError("--rotate: expected a rule such as 1h, 512MiB or 1h,1GiB")
        }
        guard output != nil || resume != nil else { throw ValidationError("--output: name the trace file to write") }
    }

    /// Where the trace goes; nothing is made yet.
    func destination() throws(CommandFailure) -> TraceDestination {
        let rotation = rotate.flatMap { TraceRotation($0) }
        // A resumed recording adds to the folder of the earlier one unless told otherwise.
        guard let path = output ?? resume else { throw .usage("--output: name the trace file to write") }
        var status = stat()
        let exists = stat(path, &status) == 0
        let isFolder = exists && status.st_mode & S_IFMT == S_IFDIR
        if isFolder || (rotation != nil && !exists) {
            let isTaken = output != nil && output != resume && (try? TracePaths.expand([path])) != nil
            guard !isFolder || !isTaken || force else {
                throw .usage("--output \(path): holds traces already; --resume goes on with them, --force adds to them")
            }
            return .folder(path: path, rotation: rotation ?? .standard)
        }
        guard rotation == nil else { throw .usage("--output \(path): expected a folder, since --rotate is given") }
        guard output != nil else { throw .usage("--resume \(path): is a file; name an --output beside it") }
        guard !exists || force else { throw .usage("--output \(path): is there already; --force overwrites it") }
        return .file(path: path, replacesExisting: force)
    }

    /// The prices that are named.
    func readPrices() throws(CommandFailure) -> Prices? {
        guard let path = prices else { return nil }
        guard let bytes = DatasetFiles.contents(of: path) else { throw .usage("--prices \(path): cannot be read") }
        do {
            return try Prices(String(decoding: bytes, as: UTF8.self), file: path)
        } catch {
            throw .usage(error.description)
        }
    }
}
