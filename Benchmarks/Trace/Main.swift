// The program behind the studies of the trace file: `swift run -c release trace-benchmarks size`.

import ArgumentParser

@main
struct TraceBenchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace-benchmarks",
        abstract: "Size, damage and scale of trace files, on synthetic streams from a seed.",
        subcommands: [SizeBenchmark.self, DamageStudy.self, LargeTrace.self]
    )
}
