// The root command of bedrock-analyzer.

package import ArgumentParser
import Core

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// `bedrock-analyzer`.
package struct AnalyzerCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "bedrock-analyzer",
        abstract: "Derives latency numbers from recorded traces, without calling Bedrock.",
        discussion: """
            Every TRACE is a file, a folder of .mcap files, or - for standard input. Data goes to standard output, talk \
            to standard error. Exit status: 0 done, 1 a check fell short, 2 wrong arguments or input.
            """,
        version: BedrockTrace.version,
        subcommands: [
            SummaryCommand.self, CompareCommand.self, DriftCommand.self, SampleSizeCommand.self, ReportCommand.self,
            RequestsCommand.self, EventsCommand.self, InfoCommand.self,
            CatCommand.self, VerifyCommand.self, RecoverCommand.self, MergeCommand.self, FilterCommand.self,
            RedactCommand.self, CompactCommand.self, FidelityCommand.self,
        ]
    )

    /// Makes the command; the parser fills it.
    package init() {}

    /// Parses the process's arguments and runs; whatever is wrong is one line, with the status that the manual promises.
    package static func main() {
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let error as TraceError {
            Console.fail("\(error)", status: 2)
        } catch let error as UsageError {
            Console.fail(error.description, status: 2)
        } catch let error as RewritingError {
            Console.fail("\(error)", status: 3)
        } catch let error as Interruption {
            Console.fail("interrupted; nothing was written", status: error.status)
        } catch {
            let code = exitCode(for: error)
            guard code == .validationFailure else { exit(withError: error) }
            Console.fail(fullMessage(for: error), status: 2)
        }
    }
}

/// A wrong argument, in one line that says what is right.
struct UsageError: Error, CustomStringConvertible {
    var description: String

    /// A value of an option that is none of those it takes.
    static func unknown(_ option: String, _ value: String, _ known: [String]) -> UsageError {
        UsageError(description: "\(option): '\(value)' is none of \(known.joined(separator: ", "))")
    }
}

/// The traces that every command reads.
struct TraceArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("Trace files, folders of them, or - for standard input.", valueName: "trace"))
    var traces: [String]

    /// The files, in the order given; a folder's by name.
    func files() throws -> [String] {
        try TracePaths.expand(traces)
    }
}

/// Whose arithmetic a command uses.
struct LensOptions: ParsableArguments {
    @Option(
        name: .customLong("lens"),
        help: ArgumentHelp(
            "Derive the metrics as another tool does: \(Lens.all.map(\.name).joined(separator: ", ")).",
            valueName: "name"
        )
    )
    var name = Lens.standard.name

    func lens() throws -> Lens {
        guard let lens = Lens.named(name) else {
            throw UsageError(
                description: "--lens: '\(name)' is none of \(Lens.all.map(\.name).joined(separator: ", "))"
            )
        }
        return lens
    }
}

/// Which requests a command takes into account.
struct FilterOptions: ParsableArguments {
    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "Only requests for which this holds, for example 'model == \"m\" && ttft_ms < 500'; any column of requests.",
            valueName: "expression"
        )
    )
    var expression: String?

    /// The filter that the option describes; without one, every request is kept.
    func filter(_ lens: Lens) throws -> RowFilter<RequestRow> {
        guard let expression else { return RowFilter() }
        do throws(FilterError) {
            return try RowFilter(expression, .requests(lens))
        } catch {
            throw UsageError(description: "--where: \(error)")
        }
    }
}

/// What a command groups by.
struct GroupOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What to group by, comma-separated: \(GroupKey.names.joined(separator: ", ")).",
            valueName: "keys"
        )
    )
    var groupBy = "model,region,latency"

    /// The keys that the option names.
    func keys() throws -> [GroupKey] {
        let keys = try groupBy.split(separator: ",").map { name in
            guard let key = GroupKey(String(name)) else {
                throw UsageError.unknown("--group-by", String(name), GroupKey.names)
            }
            return key
        }
        guard !keys.isEmpty else { throw UsageError(description: "--group-by: expected at least one key") }
        return keys
    }
}

/// What statistics are made with.
struct StatisticsOptions: ParsableArguments {
    @OptionGroup var groups: GroupOptions
    @OptionGroup var sampling: SamplingOptions

    /// The plan that the options describe.
    func plan() throws -> SummaryPlan {
        var plan = SummaryPlan()
        plan.groupBy = try groups.keys()
        plan.confidence = sampling.confidence
        plan.resamples = sampling.resamples
        plan.seed = sampling.seed
        plan.threads = sampling.threads
        return plan
    }
}

/// How sure to be.
struct ConfidenceOptions: ParsableArguments {
    @Option(help: "The level of the confidence intervals; tests reject at what it leaves.")
    var confidence = 0.95

    func validate() throws {
        guard confidence > 0.5, confidence < 1 else {
            throw ValidationError("--confidence: expected 0.5 to 1, as 0.95")
        }
    }
}

/// How much of the machine to use.
struct ThreadOptions: ParsableArguments {
    @Option(
        name: .customLong("threads"),
        help: ArgumentHelp(
            "How many threads compute, all processors unless stated; the output is the same with any number.",
            valueName: "number"
        )
    )
    var statedThreads: Int?

    /// How many threads compute.
    var threads: Int {
        statedThreads ?? max(1, min(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 256))
    }

    func validate() throws {
        guard (1...256).contains(threads) else { throw ValidationError("--threads: expected 1 to 256") }
    }
}

/// How intervals are made.
struct SamplingOptions: ParsableArguments {
    @OptionGroup var level: ConfidenceOptions
    @OptionGroup var work: ThreadOptions

    @Option(help: "How many bootstrap replicates.")
    var resamples = 9_999

    @Option(help: "The seed of every random draw; equal seeds give equal output.")
    var seed: UInt64 = 1

    var confidence: Double { level.confidence }
    var threads: Int { work.threads }

    func validate() throws {
        guard (100...1_000_000).contains(resamples) else {
            throw ValidationError("--resamples: expected 100 to 1000000")
        }
    }
}

extension Lens {
    /// The columns of these names, comma-separated (`--metrics`).
    func columns(named names: String) throws -> [MetricColumn] {
        let known = columns
        let found = try names.split(separator: ",").map { part in
            let name = part.filter { $0 != " " }
            guard let column = known.first(where: { $0.name == name }) else {
                throw UsageError.unknown("--metrics", name, known.map(\.name))
            }
            return column
        }
        guard !found.isEmpty else { throw UsageError(description: "--metrics: expected at least one") }
        return found
    }
}
