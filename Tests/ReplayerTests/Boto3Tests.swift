// The real boto3, unmodified, against the real program: what it reads, and which of its errors it raises.

import Foundation
import TestSupport
import Testing

@testable import Replayer

@Suite("boto3", .enabled(if: Program.pythonHas("boto3"), "boto3 is not installed for this Python"))
struct Boto3Tests {
    struct Result: Decodable {
        var events: [String]
        var text: String
        var stop: String?
        var output_tokens: Int?
        var latency: String?
        var error: String?
        var code: String?
        var status: Int?
        var request_id: String?
    }

    static let scenario = """
        seed: 7
        models:
          - match: "*"
            profiles:
              standard: {ttft_ms: 20, gap_ms: 2, tokens_per_delta: 2, output_tokens: 24}
              optimized: {ttft_ms: 10, gap_ms: 1, tokens_per_delta: 2, output_tokens: 24}
        """
    static let model = "us.anthropic.claude-3-5-haiku-20241022-v1:0"
    static let arn =
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-5-haiku-20241022-v1:0"
    /// AWS's documented example keys.
    static let keys = [
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    ]

    /// Starts the program with a scenario, makes the calls, and ends it.
    static func call(_ calls: String, faults: [String] = []) async throws -> [Result] {
        let scratch = try ScratchFolder()
        let file = try scratch.write(scenario, to: "quick.yaml")
        let program = try Program.product("bedrock-replayer")
            .start(["serve", "--scenario", file.path, "--port", "0"] + faults.flatMap { ["--fault", $0] })
        let line = try #require(await program.line(containing: "listening on http://"), "\(program.errors)")
        let results = try await call(calls, endpoint: String(line.dropFirst("listening on ".count)))
        #expect(await program.stop() == 0)
        return results
    }

    static func call(
        _ calls: String,
        endpoint: String,
        environment: [String: String] = [:]
    ) async throws -> [Result] {
        let script = SharedData.packageRoot.appendingPathComponent("Tests/ReplayerTests/Peers/call_bedrock.py").path
        let peer = try await Program.python.run(
            [script, endpoint, calls],
            environment: keys.merging(environment) { $1 }
        )
        try #require(peer.status == 0, "\(peer.errors)")
        return try JSONDecoder().decode([Result].self, from: peer.output)
    }

    @Test("both operations are read to their end, with ids and ARNs")
    func wholeAnswers() async throws {
        let results = try await Self.call(
            """
            [{"operation":"converse-stream","model":"\(Self.model)"},
             {"operation":"converse-stream","model":"\(Self.arn)","max_tokens":7,"latency":"optimized"},
             {"operation":"invoke-stream","model":"\(Self.model)"},
             {"operation":"invoke-stream","model":"\(Self.arn)","max_tokens":7}]
            """
        )
        #expect(results.map(\.error) == [nil, nil, nil, nil])
        #expect(results.map(\.output_tokens) == [24, 7, 24, 7])
        #expect(results.map { $0.text.split(separator: " ").count } == [24, 7, 24, 7])
        #expect(results.map(\.stop) == ["end_turn", "max_tokens", "end_turn", "max_tokens"])
        #expect(results[1].latency == "optimized")
        #expect(Set(results.compactMap(\.request_id)).count == 4)
        #expect(results[0].events.first == "messageStart")
        #expect(results[0].events.last == "metadata")
        #expect(Set(results[2].events) == ["chunk"])
    }

    @Test("operations that do not stream are read as well")
    func wholeJSON() async throws {
        let results = try await Self.call(
            """
            [{"operation":"converse","model":"\(Self.model)"},
             {"operation":"invoke","model":"\(Self.arn)","max_tokens":7},
             {"operation":"count-tokens","model":"\(Self.model)","prompt":"12345678"}]
            """
        )
        #expect(results.map(\.error) == [nil, nil, nil])
        #expect(results.map(\.output_tokens) == [24, 7, 2])
        #expect(results.map(\.stop) == ["end_turn", "max_tokens", nil])
        #expect(results.map { $0.text.split(separator: " ").count } == [24, 7, 0])
    }

    @Test(
        "every fault is the error that boto3 raises for it",
        arguments: [
            // What boto3 does with each is in the protocol notes, section 1.
            ("throttle", "ClientError", "ThrottlingException"),
            ("ServiceUnavailableException", "ClientError", "ServiceUnavailableException"),
            ("ModelErrorException", "ClientError", "ModelErrorException"),
            ("AccessDeniedException", "ClientError", "AccessDeniedException"),
            ("exception", "EventStreamError", "modelStreamErrorException"),
            ("throttlingException", "EventStreamError", "throttlingException"),
            ("corrupt", "ChecksumMismatch", nil),
            ("truncate", nil, nil),
            ("close", "ProtocolError", nil),
            ("reset", "ProtocolError", nil),
            ("stall", "ReadTimeoutError", nil),
            ("burst", nil, nil), ("one-byte", nil, nil), ("slow-headers", nil, nil),
        ] as [(String, String?, String?)]
    )
    func faults(name: String, error: String?, code: String?) async throws {
        let results = try await Self.call(
            """
            [{"operation":"converse-stream","model":"\(Self.model)"},{"operation":"invoke-stream","model":"\(Self.model)"}]
            """,
            faults: ["\(name)=100%"]
        )
        for result in results {
            #expect(result.error == error)
            #expect(result.code == code)
            // A truncated stream ends without an error and without its last event.
            #expect((result.output_tokens == nil) == (error != nil || name == "truncate"))
        }
    }

    @Test("a model that no entry matches is a ValidationException that names the file")
    func unknownModel() async throws {
        let scratch = try ScratchFolder()
        let file = try scratch.write(Self.scenario.replacingOccurrences(of: "\"*\"", with: "known"), to: "one.yaml")
        let program = try Program.product("bedrock-replayer").start(["serve", "--scenario", file.path])
        let line = try #require(await program.line(containing: "listening on http://"), "\(program.errors)")
        let results = try await Self.call(
            #"[{"operation":"converse-stream","model":"unknown"},{"operation":"converse-stream","model":"known"}]"#,
            endpoint: String(line.dropFirst("listening on ".count))
        )
        await program.stop()
        #expect(results.map(\.code) == ["ValidationException", nil])
        #expect(results.map(\.status) == [400, nil])
    }
}
