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
        if files.dryRun {
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

    @Flag(help: "Check everything, print the plan, send nothing.")
    var dryRun = false
}

struct TalkOptions: ParsableArguments {
    @Flag(help: "Say nothing but errors.")
    var quiet = false

    @Flag(help: "Say more: the plan, and how the capture was set up.")
    var verbose = false
}
