// Datasets in the columns of AWS's benchmarking notebook.

import Testing

@testable import Recorder

@Suite("Datasets")
struct DatasetReaderTests {
    static let notebook = #"""
        {"text_prompt":"What is \"x\"?","expected_output_tokens":50,"task_type":"Text-Generation","model_id":"us.meta.llama3-1-70b-instruct-v1:0","region":"us-east-2","inference_profile":"optimized"}

        {"text_prompt":"B","model_id":"m","region":"us-west-2"}
        """#

    func rows(_ text: String, _ defaults: RowDefaults = RowDefaults()) throws(DatasetError) -> [DatasetRow] {
        try DatasetReader.rows(of: Array(text.utf8), file: "d.jsonl", defaults: defaults)
    }

    @Test("the notebook's rows are read as they stand, with its defaults")
    func notebookRows() throws {
        let rows = try rows("\u{FEFF}" + Self.notebook + "\r\n")
        #expect(rows.count == 2)
        #expect(rows[0].textPrompt == "What is \"x\"?")
        #expect(rows[0].expectedOutputTokens == 50)
        #expect(rows[0].latency == .optimized)
        #expect(rows[1].expectedOutputTokens == 100)
        #expect(rows[1].latency == .optimized)
        #expect(rows[1].taskType == nil)
        #expect(rows[0].promptID != rows[1].promptID)
    }

    @Test("the request says what the row says, and nothing else")
    func body() throws {
        let rows = try rows(
            #"{"text_prompt":"A\nB","model_id":"m","region":"r","expected_output_tokens":7,"system":"S","temperature":0.5,"#
                + #""top_p":1,"stop_sequences":["x"],"tier":"flex","inference_profile":"standard"}"#
        )
        // By hand, after protocol.md 3.3.
        let expected =
            #"{"messages":[{"role":"user","content":[{"text":"A\nB"}]}],"system":[{"text":"S"}],"#
            + #""inferenceConfig":{"maxTokens":7,"temperature":0.5,"topP":1,"stopSequences":["x"]},"#
            + #""performanceConfig":{"latency":"standard"},"serviceTier":{"type":"flex"}}"#
        #expect(String(decoding: ConverseRequest.body(rows[0]), as: UTF8.self) == expected)
        let plain = try self.rows(#"{"text_prompt":"A","model_id":"m","region":"r"}"#)
        #expect(
            String(decoding: ConverseRequest.body(plain[0]), as: UTF8.self)
                == #"{"messages":[{"role":"user","content":[{"text":"A"}]}],"inferenceConfig":{"maxTokens":100},"#
                + #""performanceConfig":{"latency":"optimized"}}"#
        )
    }

    @Test("a row's own field wins over the flag, and the flag over the default")
    func precedence() throws {
        var defaults = RowDefaults()
        defaults.expectedOutputTokens = 9
        defaults.region = "eu-central-1"
        defaults.latency = .standard
        defaults.labels = ["a": "flag", "b": "flag"]
        let rows = try rows(
            #"{"text_prompt":"A","model_id":"m","labels":{"a":"row"}}"# + "\n"
                + #"{"text_prompt":"A","model_id":"m","region":"r","expected_output_tokens":3,"inference_profile":"optimized"}"#,
            defaults
        )
        #expect(rows[0].region == "eu-central-1")
        #expect(rows[0].expectedOutputTokens == 9)
        #expect(rows[0].latency == .standard)
        #expect(rows[0].labels == ["a": "row", "b": "flag"])
        #expect(rows[1].region == "r")
        #expect(rows[1].expectedOutputTokens == 3)
        #expect(rows[1].latency == .optimized)
        #expect(rows[0].promptID == rows[1].promptID)
    }

    @Test(
        "a line that can't be used is named with its field",
        arguments: [
            ("not json", nil, "column 1"),
            ("[]", nil, "object"),
            (#"{"text_prompt":"A","model_id":"m"}"#, "region", "missing"),
            (#"{"text_prompt":"","model_id":"m","region":"r"}"#, "text_prompt", "empty"),
            (
                #"{"text_prompt":"A","model_id":"m","region":"r","expected_output_tokens":0}"#,
                "expected_output_tokens", "from 1"
            ),
            (
                #"{"text_prompt":"A","model_id":"m","region":"r","expected_output_tokens":"9"}"#,
                "expected_output_tokens", "whole"
            ),
            (
                #"{"text_prompt":"A","model_id":"m","region":"r","expected_output_tokens":1.5}"#,
                "expected_output_tokens", "whole"
            ),
            (
                #"{"text_prompt":"A","model_id":"m","region":"r","inference_profile":"fast"}"#, "inference_profile",
                "optimized"
            ),
            (#"{"text_prompt":"A","model_id":"m","region":"r","temperature":2}"#, "temperature", "0 to 1"),
            (#"{"text_prompt":"A","model_id":"m","region":"r","max_token":2}"#, "max_token", "not known"),
            (#"{"text_prompt":"A","model_id":"m","region":"r"} x"#, nil, "end"),
        ] as [(String, String?, String)]
    )
    func badLines(line: String, field: String?, expected: String) {
        let good = #"{"text_prompt":"A","model_id":"m","region":"r"}"#
        let error = #expect(throws: DatasetError.self) { try rows("\(good)\n\n\(line)\n") }
        #expect(error?.line == 3)
        #expect(error?.field == field)
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("d.jsonl:3") == true)
    }

    @Test("an empty file is no dataset")
    func empty() {
        #expect(throws: DatasetError.self) { try rows("\n \r\n") }
    }
}
