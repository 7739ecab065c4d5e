// Record → trace → analyze on real bytes, held against boto3 and PyPI mcap.

import Foundation
import TestSupport
import Testing

@Suite("The main job")
struct MainJobTests {
    /// Quick answers of known shape, so that a run takes seconds.
    static let scenario = """
        seed: 7
        models:
          - match: "*"
            profiles:
              standard:
                ttft_ms: {constant: 40}
                gap_ms: {constant: 4}
                tokens_per_delta: {constant: 2}
                output_tokens: {constant: 24}
              optimized:
                ttft_ms: {constant: 20}
                gap_ms: {constant: 2}
                tokens_per_delta: {constant: 2}
                output_tokens: {constant: 24}
        """

    static func dataset(prompts: Int) -> String {
        var lines = ""
        for prompt in 0..<prompts {
            for profile in ["optimized", "standard"] {
                lines += """
                    {"text_prompt":"Say hello number \(prompt).","expected_output_tokens":50,\
                    "task_type":"Text-Generation","model_id":"us.amazon.nova-pro-v1:0","region":"us-east-1",\
                    "inference_profile":"\(profile)"}

                    """
            }
        }
        return lines
    }

    @Test("a scenario is recorded, analyzed by group, and opened by PyPI mcap with every checksum on")
    func recordAndAnalyze() async throws {
        let bench = try Workbench()
        let scenario = try bench.scratch.write(Self.scenario, to: "quick.yaml")
        let dataset = try bench.scratch.write(Self.dataset(prompts: 5), to: "prompts.jsonl")
        let (replayer, endpoint) = try await bench.serve(["--scenario", scenario.path])
        let recorded = try await bench.record(
            dataset: dataset,
            endpoint: endpoint,
            trace: "run.mcap",
            ["--concurrency", "4", "--invocations", "2"]
        )
        #expect(recorded.status == 0, "\(recorded.errors)")
        await replayer.stop()

        let summary = try await bench.summary("run.mcap")
        #expect(summary.schema == "bedrock-trace/summary/1")
        #expect(summary.groups.count == 2)
        for group in summary.groups {
            #expect(group.requests.total == 10)
            #expect(group.requests.ok == 10)
            let ttft = try #require(group.metrics["ttft_ms"])
            #expect(ttft.n == 10)
            // The server waits this long before the first delta; the rest is loopback.
            let floor = group.key["latency"] == "optimized" ? 20.0 : 40.0
            let median = try #require(ttft.p50.value)
            #expect(median >= floor)
            #expect(try #require(ttft.mean.low) <= #require(ttft.mean.value))
            #expect(try #require(ttft.mean.high) >= #require(ttft.mean.value))
            #expect(group.metrics["otps"]?.n == 10)
        }

        let rows = try await bench.rows("requests", "run.mcap", as: RequestRow.self)
        #expect(rows.count == 20)
        #expect(rows.allSatisfy { $0.outcome == "ok" && $0.output_tokens == 24 && $0.stop_reason == "end_turn" })

        guard Program.pythonHas("mcap", "lz4", "zstandard") else { return }
        struct Counts: Decodable {
            var indexed: [String: Int]
            var streamed: [String: Int]
            var stated: [String: Int]
        }
        let script = Workbench.peers.appendingPathComponent("count_messages.py").path
        let peer = try await Program.python.run([script, bench.scratch.url("run.mcap").path])
        try #require(peer.status == 0, "\(peer.errors)")
        let counts = try JSONDecoder().decode(Counts.self, from: peer.output)
        #expect(counts.indexed == counts.streamed)
        #expect(counts.indexed == counts.stated)
        #expect(counts.indexed["/request"] == 20)
        #expect(counts.indexed["/response"] == 20)
        #expect(counts.indexed["/end"] == 20)
    }

    @Test(
        "boto3 reads whole answers of both operations from the replayer",
        .enabled(if: Program.pythonHas("boto3"), "boto3 is not installed for this Python")
    )
    func boto3ReadsAnswers() async throws {
        struct Answers: Decodable {
            struct Converse: Decodable {
                var text: String
                var events: Int
                var stop: String
                var usage: [String: Int]
            }
            struct Invoke: Decodable {
                var chunks: Int
                var metrics: [String: Int]
            }
            var converse: Converse
            var invoke: Invoke
        }
        let bench = try Workbench()
        let scenario = try bench.scratch.write(Self.scenario, to: "quick.yaml")
        let (replayer, endpoint) = try await bench.serve(["--scenario", scenario.path])
        let script = Workbench.peers.appendingPathComponent("read_answers.py").path
        let peer = try await Program.python.run(
            [script, endpoint, "us.anthropic.claude-3-5-haiku-20241022-v1:0"])
        await replayer.stop()
        try #require(peer.status == 0, "\(peer.errors)")
        let answers = try JSONDecoder().decode(Answers.self, from: peer.output)
        // 24 tokens were asked for, and the request allows 20.
        #expect(answers.converse.usage["outputTokens"] == 20)
        #expect(answers.converse.stop == "max_tokens")
        #expect(!answers.converse.text.isEmpty)
        #expect(answers.invoke.metrics["outputTokenCount"] == 20)
        #expect(answers.invoke.chunks > 10)
    }

    @Test("no secret reaches the trace, nor what the programs print")
    func noSecretIsRecorded() async throws {
        let marks = ["AKIDMARKEDEXAMPLE", "MARKEDsecretEXAMPLEKEY", "MARKEDsessionEXAMPLETOKEN"]
        let bench = try Workbench()
        let scenario = try bench.scratch.write(Self.scenario, to: "quick.yaml")
        let dataset = try bench.scratch.write(Self.dataset(prompts: 1), to: "prompts.jsonl")
        let (replayer, endpoint) = try await bench.serve(["--scenario", scenario.path])
        let recorded = try await bench.record(
            dataset: dataset,
            endpoint: endpoint,
            trace: "run.mcap",
            ["--verbose"],
            environment: [
                "AWS_ACCESS_KEY_ID": marks[0], "AWS_SECRET_ACCESS_KEY": marks[1], "AWS_SESSION_TOKEN": marks[2],
            ]
        )
        #expect(recorded.status == 0, "\(recorded.errors)")
        await replayer.stop()
        let cat = try await Workbench.analyzer.run(["cat", bench.scratch.url("run.mcap").path])
        #expect(cat.status == 0, "\(cat.errors)")
        #expect(cat.text.contains("Say hello number 0."), "the search below must see what the trace holds")
        for hidden in marks + ["Authorization", "authorization", "X-Amz-Security-Token", "x-amz-security-token"] {
            #expect(!cat.text.contains(hidden))
            #expect(!recorded.errors.contains(hidden))
            #expect(!recorded.text.contains(hidden))
        }
    }

    @Test("replaying a trace at speed 1 and recording it again gives the same bytes, counts, usage and medians")
    func roundTrip() async throws {
        let bench = try Workbench()
        let scenario = try bench.scratch.write(Self.scenario, to: "quick.yaml")
        let dataset = try bench.scratch.write(Self.dataset(prompts: 25), to: "prompts.jsonl")
        let (first, firstEndpoint) = try await bench.serve(["--scenario", scenario.path])
        let one = try await bench.record(
            dataset: dataset,
            endpoint: firstEndpoint,
            trace: "first.mcap",
            ["--concurrency", "2"]
        )
        #expect(one.status == 0, "\(one.errors)")
        await first.stop()
        let (second, secondEndpoint) = try await bench.serve([bench.scratch.url("first.mcap").path, "--speed", "1"])
        let two = try await bench.record(
            dataset: dataset,
            endpoint: secondEndpoint,
            trace: "second.mcap",
            ["--concurrency", "2"]
        )
        #expect(two.status == 0, "\(two.errors)")
        await second.stop()

        let before = try await bench.rows("requests", "first.mcap", as: RequestRow.self)
        let after = try await bench.rows("requests", "second.mcap", as: RequestRow.self)
        #expect(before.count == 50)
        #expect(before.map(\.identity).sorted() == after.map(\.identity).sorted())

        func shapes(_ trace: String) async throws -> [String] {
            let rows = try await bench.rows("events", trace, as: EventRow.self)
            return Dictionary(grouping: rows, by: \.request_id).values.map { events in
                events.sorted { $0.index < $1.index }.map { "\($0.event_type ?? "-")@\($0.offset)+\($0.length)" }
                    .joined(separator: " ")
            }.sorted()
        }
        #expect(try await shapes("first.mcap") == shapes("second.mcap"))

        let summaries = (try await bench.summary("first.mcap"), try await bench.summary("second.mcap"))
        for (left, right) in zip(summaries.0.groups, summaries.1.groups) {
            #expect(left.key == right.key)
            for metric in ["ttft_ms", "itl_ms"] {
                let medians = (left.metrics[metric]?.p50.value, right.metrics[metric]?.p50.value)
                let distance = abs(try #require(medians.0) - #require(medians.1))
                #expect(distance < 2, "\(metric): \(medians)")
            }
        }
    }
}

extension RequestRow {
    /// What a replay must give back exactly.
    fileprivate var identity: String {
        "\(prompt_id) \(latency ?? "-") \(outcome) \(input_tokens ?? -1) \(output_tokens ?? -1) \(stop_reason ?? "-")"
    }
}
