// The recorder's stamps against the sender's own instants, and what the trace says of its recorder.

import Foundation
import TestSupport
import Testing

@Suite("Captured stamps")
struct CaptureTests {
    /// The parts of `fidelity --format json` that this test reads.
    private struct Fidelity: Decodable {
        struct Requests: Decodable {
            var matched: Int
            var unmatched: Int
        }

        struct Distribution: Decodable {
            var n: Int
            var p50: Double?
        }

        var requests: Requests
        var missing_events: Int
        var error_us: [String: [String: Distribution]]
    }

    /// Runs `body` beside as many processes as there are processors, each of which takes all the time it gets.
    private func besideHogs<Result>(_ body: () async throws -> Result) async throws -> Result {
        let shell = Program(executable: URL(filePath: "/bin/sh"))
        let hogs = try (0..<ProcessInfo.processInfo.activeProcessorCount).map { _ in
            try shell.start(["-c", "while :; do :; done"])
        }
        let result = try await body()
        for hog in hogs {
            // A child of the test process may inherit SIGTERM blocked.
            hog.signal(SIGKILL)
            _ = await hog.waitForEnd()
        }
        return result
    }

    @Test(
        "beside CPU hogs every event carries the kernel's stamp, close to the sender's instant, and info tells how it went"
    )
    func stamps() async throws {
        let bench = try Workbench()
        let scenario = try bench.scratch.write(MainJobTests.scenario, to: "quick.yaml")
        let dataset = try bench.scratch.write(MainJobTests.dataset(prompts: 4), to: "prompts.jsonl")
        let truth = bench.scratch.url("truth.csv")
        let (replayer, endpoint) = try await bench.serve(["--scenario", scenario.path, "--ground-truth", truth.path])
        let recorded = try await besideHogs {
            try await bench.record(
                dataset: dataset,
                endpoint: endpoint,
                trace: "run.mcap",
                ["--concurrency", "8", "--invocations", "5"]
            )
        }
        #expect(recorded.status == 0, "\(recorded.errors)")
        await replayer.stop()

        let info = try await Workbench.analyzer.run(["info", bench.scratch.url("run.mcap").path])
        #expect(info.status == 0)
        for fact in ["kernel stamps", "loop lateness", "capture thread", "ring"] {
            #expect(info.text.contains("measurement quality: \(fact)"))
        }
        // A host without kernel stamps says so, and then its callbacks are all there is.
        guard info.text.contains("stamp_source") && !info.text.contains("kernel_stamp_refusal") else { return }

        let result = try await Workbench.analyzer.run([
            "fidelity", bench.scratch.url("run.mcap").path, "--ground-truth", truth.path, "--format", "json",
        ])
        try #require(result.status == 0, "fidelity failed: \(result.errors)")
        let fidelity = try JSONDecoder().decode(Fidelity.self, from: result.output)
        #expect(fidelity.requests.matched == 40)
        #expect(fidelity.requests.unmatched == 0)
        #expect(fidelity.missing_events == 0)
        let events = try #require(fidelity.error_us["events"])
        let all = try #require(events["all"])
        #expect(events["kernel"]?.n == all.n)
        // The truth is taken just before the write: an arrival is later, by far less than one gap between deltas (2 ms).
        let median = try #require(all.p50)
        #expect(median > 0)
        #expect(median < 1_000)
    }
}
