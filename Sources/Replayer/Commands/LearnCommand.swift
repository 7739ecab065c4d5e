// `bedrock-replayer learn`: traces in, the scenario that they suggest out.

package import ArgumentParser
import Core

/// Learns a scenario.
package struct LearnCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "learn",
        abstract: "Describe recorded traces as a scenario, on standard output.",
        discussion: """
            Every model and latency profile of the traces becomes an entry with the recorded distributions of time to \
            first token, gaps, tokens per delta and lengths; refusals and broken connections become fault rates. \
            Warm-up requests are left out.

            bedrock-replayer learn run.mcap > scenario.yaml
            bedrock-replayer serve --scenario scenario.yaml
            """
    )

    @Argument(help: ArgumentHelp("Trace files, or folders of them.", valueName: "trace"))
    var traces: [String]

    /// Makes the command; the parser fills it.
    package init() {}

    package func run() throws {
        let loaded: LoadedTraces
        do {
            loaded = try TraceFiles.load(traces)
        } catch {
            Console.talk("error: \(error)")
            throw ExitCode(2)
        }
        guard let scenario = ScenarioLearner.scenario(from: loaded.answers, name: loaded.name) else {
            Console.talk("error: \(loaded.name): holds no whole stream to learn from")
            throw ExitCode(2)
        }
        let count = loaded.answers.filter { !$0.isWarmup }.count
        let comment = "Learnt from \(count) recorded answers of \(loaded.name)."
        Console.write(ScenarioWriter.text(scenario, comment: comment))
    }
}
