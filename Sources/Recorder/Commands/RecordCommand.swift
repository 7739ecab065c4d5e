// `bedrock-recorder record`.

import ArgumentParser
import Core

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Sends a dataset's prompts and keeps what comes back in a trace file.",
        discussion: """
            The dataset is JSON Lines in the columns of AWS's LLM Latency Benchmarking Framework: text_prompt, \
            expected_output_tokens, task_type, model_id, region, inference_profile; and, if wanted, id, system, \
            temperature, top_p, stop_sequences, tier, labels. A row's own field wins over a flag.

            Credentials come from --bearer-token-file, AWS_BEARER_TOKEN_BEDROCK, AWS_ACCESS_KEY_ID and \
            AWS_SECRET_ACCESS_KEY, or a profile of the shared files. None of them reaches the trace.

            Ctrl-C starts nothing more and waits for the requests in flight; a second one cancels them.
            """
    )

    @OptionGroup(title: "Dataset and trace") var files: FileOptions
    @OptionGroup(title: "Load") var load: LoadOptions
    @OptionGroup(title: "Requests") var request: RequestOptions
    @OptionGroup(title: "Endpoint") var endpoint: EndpointOptions
    @OptionGroup(title: "Talk") var talk: TalkOptions

    func run() throws {
        let environment = Environment.current
        let job = try RecordJob(command: self, environment: environment)
        if load.dryRun {
            Console.talk(job.plan.description)
            return
        }
        try job.run(quiet: talk.quiet, verbose: talk.verbose)
    }
}

struct FileOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A .jsonl file, or a folder of them.", valueName: "path"))
    var dataset: String

    @Option(help: ArgumentHelp("The trace file to write.", valueName: "path"))
    var output: String

    @Flag(help: "Overwrite the trace file if it is there already.")
    var force = false
}

struct LoadOptions: ParsableArguments {
    @Option(help: "How many requests are in flight at once.")
    var concurrency = 1

    @Option(help: "How often each row is asked in a round.")
    var invocations = 1

    @Option(help: "How many rounds; without, one, or as many as --duration holds.")
    var rounds: Int?

    @Option(help: ArgumentHelp("The pause of a worker after each answer.", valueName: "seconds"))
    var sleep = 0.0

    @Option(help: ArgumentHelp("Start nothing after this time, for example 90s, 30m or 24h.", valueName: "time"))
    var duration: String?

    @Option(help: "At most this many requests, warm-ups aside.")
    var maxRequests: Int?

    @Option(help: "interleaved, shuffled or sequential.")
    var order = LoadOrder.interleaved

    @Option(help: "The seed of the order.")
    var seed: UInt64 = 1

    @Option(help: "Requests before the plan that are marked as warm-up and left out of statistics.")
    var warmup = 0

    @Flag(help: "Check everything, print the plan, send nothing.")
    var dryRun = false

    func validate() throws {
        guard (1...4096).contains(concurrency) else { throw ValidationError("--concurrency: expected 1 to 4096") }
        guard invocations >= 1 else { throw ValidationError("--invocations: expected at least 1") }
        guard rounds.map({ $0 >= 1 }) ?? true else { throw ValidationError("--rounds: expected at least 1") }
        guard sleep >= 0, sleep <= 86_400 else { throw ValidationError("--sleep: expected 0 to 86400 seconds") }
        guard maxRequests.map({ $0 >= 1 }) ?? true else { throw ValidationError("--max-requests: expected at least 1") }
        guard warmup >= 0 else { throw ValidationError("--warmup: expected 0 or more") }
        guard duration.map({ DurationText.parse($0) != nil }) ?? true else {
            throw ValidationError("--duration: expected a time such as 90s, 30m or 24h")
        }
    }
}

extension LoadOrder: ExpressibleByArgument {}
extension DatasetRow.Latency: ExpressibleByArgument {}

struct RequestOptions: ParsableArguments {
    @Option(help: "maxTokens for rows without expected_output_tokens.")
    var maxTokens = 100

    @Option(help: "temperature, 0 to 1; without, none is sent.")
    var temperature: Double?

    @Option(help: "topP, 0 to 1; without, none is sent.")
    var topP: Double?

    @Option(help: "A system prompt for rows without one.")
    var system: String?

    @Option(help: "optimized or standard, for rows without inference_profile.")
    var latency = DatasetRow.Latency.optimized

    @Option(help: "A service tier for rows without one.")
    var tier: String?

    @Option(help: "A name for the experiment, kept with each request.")
    var experiment: String?

    @Option(help: ArgumentHelp("A label kept with each request; may be repeated.", valueName: "key=value"))
    var label: [String] = []

    func validate() throws {
        guard maxTokens >= 1 else { throw ValidationError("--max-tokens: expected at least 1") }
        for (name, value) in [("--temperature", temperature), ("--top-p", topP)] {
            guard value.map({ (0...1).contains($0) }) ?? true else {
                throw ValidationError("\(name): expected 0 to 1")
            }
        }
        for one in label where !one.contains("=") {
            throw ValidationError("--label: expected key=value, found '\(one)'")
        }
    }

    var labels: [String: String] {
        var labels: [String: String] = [:]
        for one in label {
            guard let mark = one.firstIndex(of: "=") else { continue }
            labels[String(one[..<mark])] = String(one[one.index(after: mark)...])
        }
        return labels
    }
}

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

struct TalkOptions: ParsableArguments {
    @Flag(help: "Say nothing but errors.")
    var quiet = false

    @Flag(help: "Say more: the plan, and how the capture was set up.")
    var verbose = false
}

/// Times as people write them.
enum DurationText {
    /// `90`, `90s`, `30m`, `24h` or `2d`; `nil` for anything else.
    static func parse(_ text: String) -> Nanoseconds? {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let unit = text.last.flatMap { units[$0] }
        guard let number = Double(unit == nil ? text : String(text.dropLast())), number > 0 else { return nil }
        return Nanoseconds(seconds: number * (unit ?? 1))
    }
}
