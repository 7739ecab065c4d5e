// The program behind the benchmarks of the analyzer's statistics; `Benchmarks/<name>/run` builds and starts it.

import ArgumentParser

@main
struct StatisticsBenchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statistics-benchmarks",
        abstract: "Coverage, speed and scale of the analyzer's statistics.",
        subcommands: [BootstrapBenchmark.self, CoverageBenchmark.self, ScaleBenchmark.self, TraceCopies.self]
    )
}
