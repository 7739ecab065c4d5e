// Whatever a server does, it is one recorded outcome, and the run goes on.

import Foundation
import TestSupport
import Testing

@Suite("Outcomes")
struct OutcomeTests {
    static let expected: [String: (outcome: String, code: String?)] = [
        "good": ("ok", nil),
        "error-403": ("http_error", "AccessDeniedException"),
        "error-429": ("http_error", "ThrottlingException"),
        "error-500": ("http_error", "InternalServerException"),
        "stream-exception": ("stream_exception", "throttlingException"),
        "closes-in-mid-stream": ("transport_error", "CURLE_RECV_ERROR"),
        "ends-in-a-frame": ("truncated", nil),
        "broken-crc": ("stream_exception", nil),
        "never-answers": ("timeout", "CURLE_OPERATION_TIMEDOUT"),
    ]

    @Test("every way in which a server fails is one outcome, and the good requests are untouched")
    func failuresAreOutcomes() async throws {
        let bench = try Workbench()
        let script = Workbench.peers.appendingPathComponent("fault_server.py").path
        let server = try Program.python.start([script])
        let line = try #require(await server.line(containing: "port "), "\(server.errors)")
        let endpoint = "http://127.0.0.1:" + line.dropFirst("port ".count)

        let models = ["good"] + Self.expected.keys.filter { $0 != "good" }.sorted() + ["good"]
        let lines = models.enumerated().map { index, model in
            """
            {"text_prompt":"Say hello \(index).","expected_output_tokens":20,"task_type":"Text-Generation",\
            "model_id":"\(model)","region":"us-east-1","inference_profile":"standard"}
            """
        }
        let dataset = try bench.scratch.write(lines.joined(separator: "\n") + "\n", to: "faults.jsonl")
        let recorded = try await bench.record(
            dataset: dataset,
            endpoint: endpoint,
            trace: "faults.mcap",
            ["--concurrency", "4", "--idle-timeout", "2", "--total-timeout", "10"]
        )
        #expect(recorded.status == 0, "\(recorded.errors)")
        await server.stop()

        let rows = try await bench.rows("requests", "faults.mcap", as: RequestRow.self)
        #expect(rows.map(\.request_id) == Array(1...UInt64(models.count)))
        #expect(rows.map(\.model).sorted() == models.sorted())
        for row in rows {
            let wanted = try #require(Self.expected[row.model])
            #expect(row.outcome == wanted.outcome, "\(row.model)")
            if let code = wanted.code { #expect(row.error_code == code, "\(row.model)") }
            if row.model == "good" {
                #expect(row.input_tokens == 7)
                #expect(row.output_tokens == 2)
                #expect(row.stop_reason == "end_turn")
            }
        }
        let verified = try await Workbench.analyzer.run(["info", bench.scratch.url("faults.mcap").path])
        #expect(verified.status == 0)
    }
}

@Suite("Bad datasets")
struct BadDatasetTests {
    static let good = """
        {"text_prompt":"Say hello.","expected_output_tokens":20,"task_type":"Text-Generation","model_id":"m",\
        "region":"us-east-1","inference_profile":"standard"}
        """

    @Test(
        "a bad line is named by file, line and field, and no trace is left",
        arguments: [
            ("this is no JSON", "JSON"),
            (#"{"text_prompt":"a","region":"us-east-1"}"#, "model_id"),
            (#"{"model_id":"m","region":"us-east-1"}"#, "text_prompt"),
            (
                #"{"text_prompt":"a","model_id":"m","region":"us-east-1","expected_output_tokens":-5}"#,
                "expected_output_tokens"
            ),
            (#"{"text_prompt":"a","model_id":7,"region":"us-east-1"}"#, "model_id"),
        ]
    )
    func badLineIsNamed(line: String, field: String) async throws {
        let bench = try Workbench()
        let dataset = try bench.scratch.write("\(Self.good)\n\(line)\n", to: "bad.jsonl")
        let result = try await bench.record(dataset: dataset, endpoint: "http://127.0.0.1:9", trace: "none.mcap")
        #expect(result.status == 2)
        let message = result.errors.split(separator: "\n")
        #expect(message.count == 1, "\(result.errors)")
        #expect(result.errors.contains("bad.jsonl:2"))
        #expect(result.errors.contains(field))
        #expect(!FileManager.default.fileExists(atPath: bench.scratch.url("none.mcap").path))
    }
}
