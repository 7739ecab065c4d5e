// What a recording of a day meets, in seconds: faults at random, segments, signals, a crash, a server that falls behind.

import Foundation
import TestSupport
import Testing

@Suite("Long runs")
struct LongRunTests {
    @Test("a soak: whatever the replayer served is in the trace once, with its outcome and its bytes")
    func soak() async throws {
        let script = SharedData.packageRoot.appendingPathComponent("scripts/soak").path
        let programs = Workbench.recorder.executable.deletingLastPathComponent().path
        let result = try await Program.python.run(
            [
                script, "--programs", programs, "--seconds", "60", "--streams", "64", "--fault", "1%", "--idle-timeout",
                "3",
            ],
            timeLimit: .seconds(240)
        )
        #expect(result.status == 0, "\(result.text)\(result.errors)")
        #expect(result.text.contains("every check holds"))
    }

    /// Answers of about a tenth of a second.
    static let scenario = """
        models:
          - match: "*"
            profiles:
              standard: {ttft_ms: 60, gap_ms: 4, tokens_per_delta: 2, output_tokens: 24}
        """

    static func dataset(_ count: Int) -> String {
        (0..<count).map {
            #"{"id":"p\#($0)","text_prompt":"Hello \#($0)","model_id":"us.amazon.nova-pro-v1:0","#
                + #""region":"us-east-1","inference_profile":"standard"}"#
        }.joined(separator: "\n")
    }

    /// The lines of a file that another process writes.
    static func lineCount(_ file: URL) -> Int {
        (try? Data(contentsOf: file))?.count { $0 == 0x0A } ?? 0
    }

    static func traces(_ folder: URL) -> [URL] {
        let all = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (all ?? []).filter { $0.pathExtension == "mcap" }.sorted { $0.path < $1.path }
    }

    @Test("SIGHUP begins a segment, a crash loses nothing that ended, and a resumed run asks for the rest and no more")
    func segmentsAndResume() async throws {
        let bench = try Workbench()
        let scenario = try bench.scratch.write(Self.scenario, to: "s.yaml")
        let dataset = try bench.scratch.write(Self.dataset(60), to: "prompts.jsonl")
        let log = bench.scratch.url("server.jsonl")
        let folder = bench.scratch.url("trace")
        let (replayer, endpoint) = try await bench.serve(["--scenario", scenario.path, "--log-file", log.path])
        let common = ["record", "--dataset", dataset.path, "--endpoint-url", endpoint, "--concurrency", "2"]
        let first = try Workbench.recorder.start(
            common + ["--output", folder.path, "--rotate", "1h"],
            environment: Workbench.exampleKeys
        )
        func wait(_ condition: () -> Bool) async throws {
            let deadline = ContinuousClock.now + .seconds(60)
            while !condition() {
                try #require(ContinuousClock.now < deadline, "\(first.errors)")
                await Task.yield()
            }
        }
        try await wait { Self.lineCount(log) >= 8 }
        first.signal(SIGHUP)
        try await wait { Self.traces(folder).count == 2 }
        // The second segment's first chunk is on disk within a second; by then some twenty more have been answered.
        try await wait { Self.lineCount(log) >= 40 }
        first.signal(SIGKILL)
        #expect(await first.waitForEnd() == 137)

        let second = try await Workbench.recorder.run(
            common + ["--resume", folder.path],
            environment: Workbench.exampleKeys
        )
        #expect(second.status == 0, "\(second.errors)")
        #expect(second.errors.contains("Resuming: "))
        await replayer.stop()

        // Of what both recordings say together, each prompt has one request that ended, and the others were cut off.
        let merged = bench.scratch.url("merged.mcap").path
        let merge = try await Workbench.analyzer.run(["merge", folder.path, "-o", merged])
        #expect(merge.status == 0, "\(merge.errors)")
        let rows = try await bench.rows("requests", "merged.mcap", as: RequestRow.self)
        let whole = rows.filter { $0.outcome == "ok" }
        #expect(Set(whole.map(\.prompt_id)).count == 60)
        #expect(whole.count == 60)
        #expect(rows.filter { $0.outcome != "ok" }.allSatisfy { $0.outcome == "cancelled" })
        #expect(rows.count - whole.count <= 2, "at most the two in flight were cut off")

        let third = try await Workbench.recorder.run(
            common + ["--resume", folder.path],
            environment: Workbench.exampleKeys
        )
        #expect(third.status == 0)
        #expect(third.errors.contains("Nothing is left to record."))
    }

    @Test("the first signal lets what is in flight end, the second cancels it; both leave a whole trace")
    func signals() async throws {
        let bench = try Workbench()
        let dataset = try bench.scratch.write(Self.dataset(1), to: "prompts.jsonl")
        for (trace, wait, signals, outcome) in [
            ("one.mcap", 1_500, [SIGTERM], "ok"), ("two.mcap", 30_000, [SIGINT, SIGTERM], "cancelled"),
        ] {
            let slow = Self.scenario.replacingOccurrences(of: "ttft_ms: 60", with: "ttft_ms: \(wait)")
            let scenario = try bench.scratch.write(slow, to: "s.yaml")
            let (replayer, endpoint) = try await bench.serve(["--scenario", scenario.path])
            let log = bench.scratch.url(trace + ".jsonl")
            let run = try Workbench.recorder.start(
                [
                    "record", "--dataset", dataset.path, "--endpoint-url", endpoint, "--concurrency", "3",
                    "--duration", "60s", "--output", bench.scratch.url(trace).path, "--log-file", log.path,
                ],
                environment: Workbench.exampleKeys
            )
            // The log's second line tells the first progress: the requests are on their way.
            while Self.lineCount(log) < 2 { await Task.yield() }
            for (index, signal) in signals.enumerated() {
                run.signal(signal)
                while Self.lineCount(log) < 3 + index { await Task.yield() }
            }
            #expect(await run.waitForEnd() == 130)
            let verified = try await Workbench.analyzer.run(["verify", bench.scratch.url(trace).path])
            #expect(verified.status == 0, "\(verified.errors)")
            let rows = try await bench.rows("requests", trace, as: RequestRow.self)
            // On a slow host the signal may come after the first three.
            #expect(rows.count >= 3)
            #expect(rows.allSatisfy { $0.outcome == outcome })
            await replayer.stop()
        }
    }

    struct LoadRow: Decodable {
        var outcome: String
        var connection: String
        var scheduled_ns: Int64
        var dispatched_ns: Int64
        var ttft_ms: Double
        var ttft_scheduled_ms: Double
    }

    @Test("on a server that falls behind every request keeps its scheduled instant, and the wait shows there alone")
    func openLoop() async throws {
        let bench = try Workbench()
        let scenario = try bench.scratch.write(
            Self.scenario.replacingOccurrences(of: "ttft_ms: 60", with: "ttft_ms: 500"),
            to: "s.yaml"
        )
        let dataset = try bench.scratch.write(Self.dataset(1), to: "prompts.jsonl")
        let (replayer, endpoint) = try await bench.serve(["--scenario", scenario.path])
        let recorded = try await bench.record(
            dataset: dataset,
            endpoint: endpoint,
            trace: "open.mcap",
            ["--rate", "50", "--arrival", "constant", "--max-in-flight", "10", "--duration", "2s"]
        )
        await replayer.stop()
        #expect(recorded.status == 0, "\(recorded.errors)")
        let rows = try await bench.rows("requests", "open.mcap", as: LoadRow.self)
        // 50 a second for 2 s, whatever the server does; ten at a time take half a second.
        #expect(rows.count == 100)
        let scheduled = rows.map(\.scheduled_ns)
        #expect(zip(scheduled, scheduled.dropFirst()).allSatisfy { $1 - $0 == 20_000_000 })
        #expect(rows.allSatisfy { $0.outcome == "ok" && $0.dispatched_ns >= $0.scheduled_ns })
        for row in rows where row.connection == "reused" {
            let wait = Double(row.dispatched_ns - row.scheduled_ns) / 1e6
            #expect(abs(row.ttft_scheduled_ms - row.ttft_ms - wait) < 0.001)
        }
        // The last of ten rounds begins after 9 × 0.5 s at the earliest, and was scheduled at 1.98 s.
        let last = try #require(rows.last)
        #expect(last.dispatched_ns - last.scheduled_ns >= 2_500_000_000)
        #expect(recorded.errors.contains("waited for a free place"))
    }
}
