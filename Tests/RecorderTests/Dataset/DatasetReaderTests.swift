// Datasets in the columns of AWS's benchmarking notebook.

import Core
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
        #expect(String(decoding: rows[0].body, as: UTF8.self).contains(#"{"text":"What is \"x\"?"}"#))
        #expect(rows[0].maxTokens == 50)
        #expect(rows[0].latency == "optimized")
        #expect(rows[0].operation == .converseStream)
        #expect(rows[1].maxTokens == 100)
        #expect(rows[1].latency == "optimized")
        #expect(rows[1].taskType == nil)
        #expect(rows[0].promptID != rows[1].promptID)
    }

    @Test("a row's own field wins over the flag, and the flag over the default")
    func precedence() throws {
        var defaults = RowDefaults()
        defaults.maxTokens = 9
        defaults.region = "eu-central-1"
        defaults.latency = .standard
        defaults.labels = ["a": "flag", "b": "flag"]
        let rows = try rows(
            #"{"text_prompt":"A","model_id":"m","labels":{"a":"row"}}"# + "\n"
                + #"{"text_prompt":"A","model_id":"m","region":"r","expected_output_tokens":3,"inference_profile":"optimized"}"#,
            defaults
        )
        #expect(rows[0].region == "eu-central-1")
        #expect(rows[0].maxTokens == 9)
        #expect(rows[0].latency == "standard")
        #expect(rows[0].labels == ["a": "row", "b": "flag"])
        #expect(rows[1].region == "r")
        #expect(rows[1].maxTokens == 3)
        #expect(rows[1].latency == "optimized")
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
            (#"{"text_prompt":"A","text_prompt":"B","model_id":"m","region":"r"}"#, "text_prompt", "twice"),
            (#"{"model_id":"m","region":"r"}"#, "text_prompt", "missing"),
            (#"{"text_prompt":"A","messages":[],"model_id":"m","region":"r"}"#, "text_prompt", "choose"),
            (#"{"messages":[],"model_id":"m","region":"r"}"#, "messages", "at least one"),
            (
                #"{"messages":[{"role":"system","content":"x"}],"model_id":"m","region":"r"}"#, "messages",
                "'user' or 'assistant'"
            ),
            (
                #"{"messages":[{"role":"user","content":[{"image":{"source":{"path":"no.png"}}}]}],"model_id":"m","region":"r"}"#,
                "messages", "no.png: cannot be read"
            ),
            (
                #"{"text_prompt":"A","max_tokens":3,"expected_output_tokens":4,"model_id":"m","region":"r"}"#,
                "max_tokens", "3"
            ),
            (#"{"text_prompt":"A","top_k":5,"model_id":"meta.llama3-1","region":"r"}"#, "top_k", "takes none"),
            (#"{"text_prompt":"A","cache_point":"here","model_id":"m","region":"r"}"#, "cache_point", "system"),
            (
                #"{"text_prompt":"A","operation":"converse","model_id":"m","region":"r"}"#, "operation",
                "converse-stream"
            ),
            (#"{"body":"text","model_id":"m","region":"r"}"#, "body", "object"),
            (#"{"body":{},"text_prompt":"A","model_id":"m","region":"r"}"#, "text_prompt", "body"),
            (#"{"body":{},"inference_profile":"standard","model_id":"m","region":"r"}"#, "inference_profile", "body"),
            (
                #"{"text_prompt":"A","additional_model_request_fields":{"top_k":1},"top_k":2,"model_id":"m","region":"r"}"#,
                "additional_model_request_fields", "another field"
            ),
            (
                #"{"text_prompt":"A","operation":"invoke-model-with-response-stream","model_id":"arn:x","region":"r"}"#,
                "model_id", "raw 'body'"
            ),
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
