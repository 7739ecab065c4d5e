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
            expected_output_tokens, task_type, model_id, region, inference_profile; and, if wanted, messages, system, \
            max_tokens, temperature, top_p, top_k, stop_sequences, tier, operation, cache_point, \
            additional_model_request_fields, id, labels, or a raw body. A row's own field wins over a flag.

            Credentials are looked for where the AWS tools look for them: --bearer-token-file and \
            AWS_BEARER_TOKEN_BEDROCK first, then keys of the environment, profiles, containers and instances. They \
            are renewed before they expire, and none of them reaches the trace.

            Ctrl-C starts nothing more and waits for the requests in flight; a second one cancels them. SIGHUP begins \
            a new segment.
            """
    )

    @OptionGroup(title: "Dataset and trace") var files: FileOptions
    @OptionGroup(title: "Load") var load: LoadOptions
    @OptionGroup(title: "Requests") var request: RequestOptions
    @OptionGroup(title: "Endpoint") var endpoint: EndpointOptions
    @OptionGroup(title: "Transfer") var transfer: TransferOptions
    @OptionGroup(title: "Talk") var talk: TalkOptions

    func run() throws {
        let job = try RecordJob(command: self, environment: Environment.current)
        if files.dryRun {
            try job.signOne()
            Console.talk(job.plan.description)
            Console.talk(TextTable.pair("credentials", job.keeper.source))
            return
        }
        if talk.verbose {
            Console.talk(job.plan.description)
            Console.talk(TextTable.pair("credentials", job.keeper.source))
        }
        guard !job.isDone else {
            if !talk.quiet { Console.talk("Nothing is left to record.") }
            return
        }
        var run = try RecordRun(job: job, talk: talk)
        try run.run()
    }
}
