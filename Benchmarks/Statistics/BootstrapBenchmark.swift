// How long the analyzer's bootstraps take on one sample, beside which Benchmarks/bootstrap/run puts scipy's on the same one.

import Analyzer
import ArgumentParser
import Core
import Glibc

struct BootstrapBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bootstrap",
        abstract: "Times each bootstrap on one lognormal sample and writes the sample."
    )

    @Option(help: "How many values.")
    var size = 10_000

    @Option(help: "How many replicates the methods that resample draw.")
    var resamples = 9_999

    @Option(help: "How often each method is timed.")
    var repeats = 7

    @Option(help: "How many threads resampling has.")
    var threads = 1

    @Option(help: "The seed of the sample and of the replicates.")
    var seed: UInt64 = 1

    @Option(help: "Where the sample goes, one value a line.")
    var values: String?

    @Flag(help: "Read the sample from standard input, one value a line, in place of drawing it.")
    var given = false

    private static let confidence = 0.95

    func run() throws {
        let sample = try given ? read() : draw()
        if let values {
            var output = try FileOutput(path: values, replacesExisting: true)
            try output.write(Array(sample.map { "\($0)\n" }.joined().utf8))
        }

        let plan = ResamplingPlan(
            replicates: resamples,
            key: RandomKey(seed: seed, label: "benchmark/bootstrap/mean"),
            threads: threads
        )
        time("mean/resampled percentile") {
            let mean = Moments.mean(sample) ?? .nan
            return BootstrapDistribution(estimate: mean, replicates: BootstrapReplicates.means(sample, plan: plan))
                .percentile(confidence: Self.confidence)
        }
        time("mean/exact percentile") { ExactMeanBootstrap(sample)?.percentile(confidence: Self.confidence) }
        time("mean/exact BCa") {
            ExactMeanBootstrap(sample)?.bca(
                acceleration: BCa.accelerationOfMean(sample),
                confidence: Self.confidence
            ).interval
        }
        for (name, p) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)] {
            time("\(name)/exact percentile") {
                ExactQuantileBootstrap(sorted: Sample(sample).sorted, p: p)?
                    .percentile(confidence: Self.confidence)
            }
            time("\(name)/exact BCa") {
                ExactQuantileBootstrap(sorted: Sample(sample).sorted, p: p)?
                    .bca(confidence: Self.confidence).interval
            }
        }
    }

    private func draw() -> [Double] {
        var stream = NormalStream(RandomKey(seed: seed, label: "benchmark/bootstrap/\(size)"), replicate: 0)
        return (0..<size).map { _ in stream.lognormal(sigma: 1) }
    }

    private func read() throws -> [Double] {
        var sample: [Double] = []
        while let line = readLine() {
            guard let value = Double(line) else { throw ValidationError("'\(line)' is no number") }
            sample.append(value)
        }
        return sample
    }

    /// Prints one line of JSON: the processor's seconds of each repeat, and the interval.
    private func time(_ name: String, _ make: () -> Interval?) {
        var interval = make()
        func seconds(_ times: Int) -> Double {
            let start = Self.processorSeconds()
            for _ in 0..<times { interval = make() }
            return (Self.processorSeconds() - start) / Double(times)
        }
        // Where one run is too short for a clock's comfort, several are timed together.
        let together = max(1, min(1_000, Int(0.005 / max(seconds(1), 1e-9))))
        let measured = (0..<repeats).map { _ in seconds(together) }
        var json = JSONWriter()
        json.object { json in
            json.member("method", name)
            json.member("low", interval?.low)
            json.member("high", interval?.high)
            json.member("seconds") { json in json.array { json in for one in measured { json.value(one) } } }
        }
        print(json.text)
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
