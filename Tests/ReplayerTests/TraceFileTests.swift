// Trace files through the whole program: written by the library, served, read by raw sockets and by boto3, learnt from.

import Core
import Foundation
import TestSupport
import Testing

@testable import Replayer

@Suite("Trace files")
struct TraceFileTests {
    static func write(_ recording: Recording, to file: URL) throws {
        var writer = try TraceWriter(FileOutput(path: file.path), run: RunMetadata(runID: "test"))
        for record in recording.records { try writer.append(record) }
        try writer.close()
    }

    /// Starts the program and gives its port.
    static func serve(_ arguments: [String]) async throws -> (program: RunningProgram, port: Int) {
        let program = try Program.product("bedrock-replayer").start(["serve"] + arguments)
        let line = try #require(await program.line(containing: "listening on http://"), "\(program.errors)")
        return (program, try #require(line.split(separator: ":").last.flatMap { Int($0) }))
    }

    @Test("every recorded body comes back byte for byte, from a file and from a folder")
    func bytes() async throws {
        let scratch = try ScratchFolder()
        let recording = LearningTests.recording(ScenarioSource(Answers.scenario()), count: 10)
        try Self.write(recording, to: scratch.url("run.mcap"))
        for argument in [scratch.url("run.mcap").path, scratch.folder.path] {
            let (program, port) = try await Self.serve([argument, "--speed", "max"])
            for (index, answer) in recording.answers.enumerated() {
                let body = String(decoding: Answers.converse("hello \(index)").body, as: UTF8.self)
                let client = try SocketClient(port: port)
                client.send(TestServer.request(body, target: "/model/\(Answers.model)/converse-stream"))
                let response = try #require(RawResponse(client.readToEnd().bytes))
                #expect(response.isWhole)
                #expect(response.body == answer.body)
                #expect(response.chunks.count == answer.chunks.count)
                #expect(response.header("x-bedrock-replayer") == "run.mcap; seed=1")
            }
            #expect(await program.stop() == 0)
            #expect(program.errors.contains("10 recorded answers"))
        }
    }

    @Test(
        "boto3 reads recorded answers of both operations",
        .enabled(if: Program.pythonHas("boto3"), "boto3 is not installed for this Python")
    )
    func boto3() async throws {
        let scratch = try ScratchFolder()
        var recording = Recording()
        let source = ScenarioSource(Answers.scenario(TestServer.quick))
        let invoke = RuntimeRequest(
            operation: .invokeModelWithResponseStream,
            model: Answers.model,
            body: Array(#"{"max_tokens":10,"messages":[]}"#.utf8)
        )
        for request in [Answers.converse(), invoke] {
            let script = source.answer(to: request)
            let chunks = script.chunks.map { ($0.offset.milliseconds, $0.bytes) }
            recording.add(request, chunks: chunks, headers: script.head?.headers ?? [])
        }
        try Self.write(recording, to: scratch.url("run.mcap"))
        let (program, port) = try await Self.serve([scratch.url("run.mcap").path, "--match", "model"])
        let results = try await Boto3Tests.call(
            """
            [{"operation":"converse-stream","model":"\(Answers.model)"},
             {"operation":"invoke-stream","model":"\(Answers.model)"},
             {"operation":"converse-stream","model":"other"}]
            """,
            endpoint: "http://127.0.0.1:\(port)"
        )
        await program.stop()
        #expect(results.map(\.code) == [nil, nil, "ValidationException"])
        #expect(results.map(\.output_tokens) == [24, 10, nil])
    }

    @Test("learn writes a scenario that serve takes")
    func learn() async throws {
        let scratch = try ScratchFolder()
        let recording = LearningTests.recording(ScenarioSource(Answers.scenario()), count: 20)
        try Self.write(recording, to: scratch.url("run.mcap"))
        let learnt = try await Program.product("bedrock-replayer").run(["learn", scratch.url("run.mcap").path])
        #expect(learnt.status == 0, "\(learnt.errors)")
        #expect(learnt.text.hasPrefix("# Learnt from 20 recorded answers of run.mcap.\n"))
        let file = try scratch.write(learnt.text, to: "learnt.yaml")
        let (program, port) = try await Self.serve(["--scenario", file.path, "--speed", "max"])
        let client = try SocketClient(port: port)
        client.send(TestServer.request(target: "/model/\(Answers.model)/converse-stream"))
        #expect(RawResponse(client.readToEnd().bytes)?.isWhole == true)
        await program.stop()
    }

    @Test("files that cannot be served are status 2 and one line")
    func badFiles() async throws {
        let scratch = try ScratchFolder()
        let noTrace = try scratch.write("this is no trace", to: "no.mcap")
        try Self.write(Recording(), to: scratch.url("empty.mcap"))
        let cases: [([String], String)] = [
            ([noTrace.path], "no.mcap: not a trace"),
            ([scratch.url("absent.mcap").path], "absent.mcap: cannot be opened"),
            ([scratch.url("empty.mcap").path], "empty.mcap: holds no whole recorded answer to serve"),
            ([], "expected traces, --scenario FILE, or both"),
            ([noTrace.path, "--scenario", "x.yaml"], "x.yaml: cannot be read"),
            (["--scenario", "x.yaml", "--match", "model"], "--match is for traces"),
        ]
        for (arguments, problem) in cases {
            let result = try await Program.product("bedrock-replayer").run(["serve"] + arguments)
            #expect(result.status == 2)
            #expect(result.errors.contains(problem), "\(result.errors)")
            #expect(result.text.isEmpty)
        }
    }
}
