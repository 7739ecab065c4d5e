// The three programs of this package, run for real against each other on loopback.

import Foundation
import TestSupport
import Testing

/// A scratch folder and the programs, with the little ceremony that each test needs.
struct Workbench {
    static let recorder = Program.product("bedrock-recorder")
    static let analyzer = Program.product("bedrock-analyzer")
    static let replayer = Program.product("bedrock-replayer")
    static let peers = SharedData.packageRoot.appendingPathComponent("Tests/EndToEndTests/Peers")

    /// AWS's documented example keys: they sign, and they open nothing.
    static let exampleKeys = [
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    ]

    let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
    }

    /// Starts a replayer and gives its endpoint.
    func serve(_ arguments: [String]) async throws -> (program: RunningProgram, endpoint: String) {
        let program = try Self.replayer.start(["serve"] + arguments + ["--port", "0"])
        let line = try #require(
            await program.line(containing: "http://127.0.0.1:"),
            "no endpoint; stderr: \(program.errors)"
        )
        let start = try #require(line.range(of: "http://"))
        return (program, String(line[start.lowerBound...].prefix { !$0.isWhitespace }))
    }

    /// Starts a replayer over TLS and gives its endpoint and the file that clients must trust.
    func serveTLS(_ arguments: [String]) async throws -> (program: RunningProgram, endpoint: String, bundle: String) {
        let program = try Self.replayer.start(["serve", "--tls"] + arguments + ["--port", "0"])
        let line = try #require(await program.line(containing: "https://127.0.0.1:"), "\(program.errors)")
        let bundle = try #require(await program.errorLine(after: "export AWS_CA_BUNDLE="), "\(program.errors)")
        return (program, String(try #require(line.split(separator: " ").last)), bundle)
    }

    /// Records a dataset against an endpoint into `trace`.
    func record(
        dataset: URL,
        endpoint: String,
        trace: String,
        _ arguments: [String] = [],
        environment: [String: String] = exampleKeys
    ) async throws -> ProgramResult {
        try await Self.recorder.run(
            [
                "record", "--dataset", dataset.path, "--output", scratch.url(trace).path,
                "--endpoint-url", endpoint,
            ] + arguments,
            environment: environment
        )
    }

    /// The answer of `bedrock-analyzer summary --format json`.
    func summary(_ trace: String, _ arguments: [String] = []) async throws -> Summary {
        let result = try await Self.analyzer.run(
            ["summary", scratch.url(trace).path, "--format", "json"] + arguments
        )
        try #require(result.status == 0, "summary failed: \(result.errors)")
        return try JSONDecoder().decode(Summary.self, from: result.output)
    }

    /// The rows of a `--format jsonl` command.
    func rows<Row: Decodable>(_ command: String, _ trace: String, as type: Row.Type) async throws -> [Row] {
        let result = try await Self.analyzer.run([command, scratch.url(trace).path, "--format", "jsonl"])
        try #require(result.status == 0, "\(command) failed: \(result.errors)")
        return try result.text.split(separator: "\n").map { try JSONDecoder().decode(Row.self, from: Data($0.utf8)) }
    }
}

/// The parts of the summary's JSON that others build on.
struct Summary: Decodable {
    struct Requests: Decodable {
        var total: Int
        var ok: Int
        var outcomes: [String: Int]
    }

    struct Estimate: Decodable {
        var value: Double?
        var low: Double?
        var high: Double?
    }

    struct Metric: Decodable {
        var n: Int
        var mean: Estimate
        var p50: Estimate
        var p90: Estimate
        var p99: Estimate
    }

    struct Group: Decodable {
        var key: [String: String?]
        var requests: Requests
        var metrics: [String: Metric]
    }

    var schema: String
    var groups: [Group]
}

/// The columns of a `requests` row that these tests read.
struct RequestRow: Decodable {
    var request_id: UInt64
    var model: String
    var latency: String?
    var prompt_id: String
    var outcome: String
    var error_code: String?
    var http_status: Int?
    var ttft_ms: Double?
    var otps: Double?
    var input_tokens: Int?
    var output_tokens: Int?
    var stop_reason: String?
}

/// The columns of an `events` row that these tests read.
struct EventRow: Decodable {
    var request_id: UInt64
    var index: Int
    var event_type: String?
    var offset: Int
    var length: Int
    var stamp_ns: Int64
    var stamp_source: String
}
