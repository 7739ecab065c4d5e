// The trace file in the world: other tools' rewriting, the documentation's reader, a killed recorder, a full disk.

import Foundation
import TestSupport
import Testing

@Suite("Trace files", .timeLimit(.minutes(20)))
struct TraceFileTests {
    static let sample = SharedData.packageRoot.appendingPathComponent("traces/three-models.mcap")

    static let rewritings = ["lz4", "zstd", "none"].flatMap { compression in
        ["indexed", "unindexed", "loose"].map { (compression: compression, shape: $0) }
    }

    @Test(
        "a trace that PyPI mcap wrote anew gives the same requests, to the last digit",
        .enabled(if: Program.pythonHas("mcap"), "mcap is not installed for this Python"),
        arguments: rewritings
    )
    func rewritten(compression: String, shape: String) async throws {
        let bench = try Workbench()
        let script = Workbench.peers.appendingPathComponent("rewrite_trace.py").path
        let target = bench.scratch.url("three-models.mcap").path
        let peer = try await Program.python.run([script, Self.sample.path, target, compression, shape])
        try #require(peer.status == 0, "\(peer.errors)")
        for command in ["requests", "events"] {
            let ours = try await Workbench.analyzer.run([command, Self.sample.path])
            let theirs = try await Workbench.analyzer.run([command, target])
            try #require(ours.status == 0 && theirs.status == 0, "\(theirs.errors)")
            let isSame = ours.output == theirs.output
            #expect(isSame, "\(command)")
        }
    }

    @Test(
        "the documentation's reader has forty lines at most and sees what we see",
        .enabled(if: Program.pythonHas("mcap"), "mcap is not installed for this Python")
    )
    func documentedReader() async throws {
        struct Answer: Decodable {
            var request_id: UInt64
            var model: String
            var bytes: Int
            var stamps_ns: [UInt64]
        }
        struct End: Decodable {
            struct Message: Decodable {
                var request_id: UInt64
                var chunks: Int
                var bytes: Int
                var completed_ns: UInt64
            }
            var message: Message
        }
        let script = SharedData.packageRoot.appendingPathComponent("docs/read_trace.py")
        #expect(try String(contentsOf: script, encoding: .utf8).split(separator: "\n").count <= 40)
        let peer = try await Program.python.run([script.path, Self.sample.path])
        try #require(peer.status == 0, "\(peer.errors)")
        let answers = try peer.text.split(separator: "\n").map {
            try JSONDecoder().decode(Answer.self, from: Data($0.utf8))
        }
        let records = try await Workbench.analyzer.run(["cat", Self.sample.path])
        let ends = try records.text.split(separator: "\n").filter { $0.contains("\"topic\":\"/end\"") }.map {
            try JSONDecoder().decode(End.self, from: Data($0.utf8)).message
        }
        #expect(answers.count > 100)
        #expect(answers.count == ends.count)
        for end in ends {
            let answer = try #require(answers.first { $0.request_id == end.request_id })
            #expect(answer.stamps_ns.count == end.chunks)
            #expect(answer.bytes == end.bytes)
            #expect(answer.stamps_ns == answer.stamps_ns.sorted())
            if let last = answer.stamps_ns.last { #expect(last <= end.completed_ns) }
        }
    }

    // MARK: A killed recorder

    /// Answers of 16 messages within some 50 ms.
    static let steadyScenario = """
        seed: 3
        models:
          - match: "*"
            profiles:
              standard: &steady
                ttft_ms: {constant: 20}
                gap_ms: {constant: 2}
                tokens_per_delta: {constant: 2}
                output_tokens: {constant: 24}
              optimized: *steady
        """

    /// How often the recorder is killed; `BEDROCK_TRACE_KILLS=200` for the long run.
    static let killCount = ProcessInfo.processInfo.environment["BEDROCK_TRACE_KILLS"].flatMap(Int.init) ?? 5

    // One after the other: two hundred recorders at once would measure the host.
    @Test("a killed recorder loses nothing that was complete a second before", .serialized, arguments: 0..<killCount)
    func killed(index: Int) async throws {
        let bench = try Workbench()
        let scenario = try bench.scratch.write(Self.steadyScenario, to: "steady.yaml")
        let dataset = try bench.scratch.write(MainJobTests.dataset(prompts: 4), to: "prompts.jsonl")
        let truth = bench.scratch.url("truth.csv")
        let (replayer, endpoint) = try await bench.serve([
            "--scenario", scenario.path, "--ground-truth", truth.path,
        ])
        let trace = bench.scratch.url("killed.mcap")
        let recorder = try Workbench.recorder.start(
            [
                "record", "--dataset", dataset.path, "--output", trace.path, "--endpoint-url", endpoint,
                "--concurrency", "8", "--duration", "60s", "--quiet",
            ],
            environment: Workbench.exampleKeys
        )
        // The instant of the kill is what varies; nothing waits on it. A linear congruence spreads the instants.
        try await Task.sleep(for: .milliseconds(1_500 + (index * 7_919 + 131) % 2_000))
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let killedNanoseconds = UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
        recorder.signal(SIGKILL)
        #expect(await recorder.waitForEnd() == 128 + SIGKILL)
        await replayer.stop()

        let events = try Self.eventInstants(truth)
        let most = events.values.map(\.count).max() ?? 0
        let due = events.filter { _, instants in
            instants.count == most && (instants.max() ?? .max) + 1_000_000_000 < killedNanoseconds
        }
        #expect(due.count >= 8)

        let saved = bench.scratch.url("saved.mcap")
        let recovery = try await Workbench.analyzer.run(["recover", trace.path, "-o", saved.path])
        #expect(recovery.status == 0, "\(recovery.errors)")
        let verification = try await Workbench.analyzer.run(["verify", saved.path])
        #expect(verification.status == 0, "\(verification.text)")
        let outcomes = try await Self.outcomesByServiceID(saved)
        let missing = due.keys.filter { outcomes[$0] != "ok" }
        #expect(missing.isEmpty, "of \(due.count), killed after \(events.count) requests")
    }

    /// When each event left the replayer, on the monotonic clock in nanoseconds, by the answer's request id.
    static func eventInstants(_ file: URL) throws -> [String: [UInt64]] {
        var instants: [String: [UInt64]] = [:]
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst() {
            let fields = line.split(separator: ",")
            guard fields.count >= 3, let instant = UInt64(fields[2]) else { continue }
            instants[String(fields[0]), default: []].append(instant)
        }
        return instants
    }

    /// How each request ended, by the id that the service gave it.
    static func outcomesByServiceID(_ trace: URL) async throws -> [String: String] {
        struct Line: Decodable {
            struct Message: Decodable {
                var request_id: UInt64?
                var headers: [[String]]?
                var outcome: String?
            }
            var topic: String
            var message: Message
        }
        let records = try await Workbench.analyzer.run(["cat", trace.path])
        var serviceIDs: [UInt64: String] = [:]
        var outcomes: [String: String] = [:]
        for text in records.text.split(separator: "\n") {
            guard text.contains("\"/response\"") || text.contains("\"/end\"") else { continue }
            let line = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
            guard let request = line.message.request_id else { continue }
            if line.topic == "/response" {
                serviceIDs[request] = line.message.headers?.first { $0[0].lowercased() == "x-amzn-requestid" }?[1]
            } else if line.topic == "/end", let id = serviceIDs[request] {
                outcomes[id] = line.message.outcome
            }
        }
        return outcomes
    }

    // MARK: A full disk

    @Test("a disk that fills ends the run with status 3 and a closed, verified trace")
    func fullDisk() async throws {
        let bench = try Workbench()
        let disk = bench.scratch.url("disk")
        try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
        // Without the right to mount, Core's own tests of a full disk stand alone.
        guard mount("tmpfs", disk.path, "tmpfs", 0, "size=9m") == 0 else { return }
        defer { umount2(disk.path, Int32(MNT_DETACH)) }
        let scenario = try bench.scratch.write(Self.steadyScenario, to: "steady.yaml")
        let dataset = try bench.scratch.write(MainJobTests.dataset(prompts: 4), to: "prompts.jsonl")
        let (replayer, endpoint) = try await bench.serve(["--scenario", scenario.path])
        let trace = disk.appendingPathComponent("full.mcap")
        // The reserve takes 8 of the 9 MiB, so that the disk is full after some seconds.
        let recorded = try await Workbench.recorder.run(
            [
                "record", "--dataset", dataset.path, "--output", trace.path, "--endpoint-url", endpoint,
                "--concurrency", "64", "--duration", "60s", "--quiet",
            ],
            environment: Workbench.exampleKeys
        )
        await replayer.stop()
        #expect(recorded.status == 3, "\(recorded.errors)")
        #expect(recorded.errors.contains("the disk is full"))
        let verification = try await Workbench.analyzer.run(["verify", trace.path])
        #expect(verification.status == 0, "\(verification.text)")
        let info = try await Workbench.analyzer.run(["info", trace.path])
        #expect(info.text.contains("disk_full"))
    }
}
