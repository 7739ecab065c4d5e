// The bodies of both operations. Expected bodies are written by hand after the Bedrock runtime API (ConverseStream) and
// the Amazon Bedrock User Guide, "Inference request parameters and response fields for foundation models".

import Core
import Testing

@testable import Recorder

@Suite("Request bodies")
struct RequestBodyTests {
    func row(
        _ fields: String,
        defaults: RowDefaults = RowDefaults(),
        files: [String: [UInt8]] = [:]
    ) throws -> DatasetRow {
        let rows = try DatasetReader.rows(
            of: Array("{\(fields)}".utf8),
            file: "folder/d.jsonl",
            defaults: defaults,
            readFile: { files[$0] }
        )
        return try #require(rows.first)
    }

    func body(_ fields: String, defaults: RowDefaults = RowDefaults(), files: [String: [UInt8]] = [:]) throws -> String
    {
        String(decoding: try row(fields, defaults: defaults, files: files).body, as: UTF8.self)
    }

    static let all = """
        "region":"r","max_tokens":7,"system":"S","temperature":0.5,"top_p":1,"stop_sequences":["x"]
        """

    @Test("a Converse body says what the row says, and nothing else")
    func converse() throws {
        #expect(
            try body(
                #""model_id":"m","text_prompt":"A\nB","tier":"flex","inference_profile":"standard",\#(Self.all)"#
            )
                == #"{"messages":[{"role":"user","content":[{"text":"A\nB"}]}],"system":[{"text":"S"}],"#
                + #""inferenceConfig":{"maxTokens":7,"temperature":0.5,"topP":1,"stopSequences":["x"]},"#
                + #""performanceConfig":{"latency":"standard"},"serviceTier":{"type":"flex"}}"#
        )
        #expect(
            try body(#""model_id":"m","text_prompt":"A","region":"r""#)
                == #"{"messages":[{"role":"user","content":[{"text":"A"}]}],"inferenceConfig":{"maxTokens":100},"#
                + #""performanceConfig":{"latency":"optimized"}}"#
        )
    }

    @Test(
        "top-k goes where each family's models look for it",
        arguments: [
            ("us.anthropic.claude-3-5-haiku-20241022-v1:0", #"{"top_k":250}"#),
            ("us.amazon.nova-pro-v1:0", #"{"inferenceConfig":{"topK":250}}"#),
            ("cohere.command-r-v1:0", #"{"k":250}"#),
            ("some.other", #"{"top_k":250}"#),
        ]
    )
    func topK(model: String, fields: String) throws {
        let text = try body(#""model_id":"\#(model)","text_prompt":"A","region":"r","top_k":250"#)
        #expect(text.contains(#""additionalModelRequestFields":\#(fields)"#))
    }

    @Test("a flag's top-k is left out for models that take none, and additional fields are merged in")
    func topKDefault() throws {
        var defaults = RowDefaults()
        defaults.topK = 250
        let llama = try body(
            #""model_id":"us.meta.llama3-1-70b-instruct-v1:0","text_prompt":"A","region":"r""#,
            defaults: defaults
        )
        #expect(!llama.contains("250"))
        let nova = try body(
            #""model_id":"amazon.nova-lite-v1:0","text_prompt":"A","region":"r","#
                + #""additional_model_request_fields":{"inferenceConfig":{"x":1.50},"y":null}"#,
            defaults: defaults
        )
        #expect(nova.contains(#""additionalModelRequestFields":{"inferenceConfig":{"topK":250,"x":1.50},"y":null}"#))
    }

    @Test("cache points stand behind what is to be cached")
    func cachePoints() throws {
        let fields = #""model_id":"m","text_prompt":"A","region":"r","system":"S","#
        let both = try body(fields + #""cache_point":["system","messages"]"#)
        #expect(both.contains(#""content":[{"text":"A"},{"cachePoint":{"type":"default"}}]"#))
        #expect(both.contains(#""system":[{"text":"S"},{"cachePoint":{"type":"default"}}]"#))
        let timed = try body(fields + #""cache_point":{"at":"system","ttl":"1h"}"#)
        #expect(timed.contains(#""system":[{"text":"S"},{"cachePoint":{"type":"default","ttl":"1h"}}]"#))
        #expect(timed.contains(#""content":[{"text":"A"}]"#))
    }

    @Test("whole conversations are sent as they are, with files in the place of their paths")
    func messages() throws {
        let text = try body(
            #""model_id":"m","region":"r","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Yes?"},"#
                + #"{"role":"user","content":[{"image":{"source":{"path":"pictures/a.JPG"}}},"#
                + #"{"document":{"source":{"path":"/etc/Q3 report_1.pdf"}}},{"text":"And?"}]}]"#,
            files: ["folder/pictures/a.JPG": Array("foo".utf8), "/etc/Q3 report_1.pdf": Array("fooba".utf8)]
        )
        // "foo" is Zm9v and "fooba" is Zm9vYmE= (RFC 4648, section 10).
        #expect(
            text.hasPrefix(
                #"{"messages":[{"role":"user","content":[{"text":"Hi"}]},{"role":"assistant","content":[{"text":"Yes?"}]},"#
                    + #"{"role":"user","content":[{"image":{"format":"jpeg","source":{"bytes":"Zm9v"}}},"#
                    + #"{"document":{"format":"pdf","name":"Q3-report-1","source":{"bytes":"Zm9vYmE="}}},{"text":"And?"}]}],"#
            )
        )
    }

    @Test("a raw body goes over the wire byte for byte, and the row knows what it asks for")
    func rawBody() throws {
        let raw =
            #"{ "messages": [], "inferenceConfig": {"maxTokens": 33}, "performanceConfig": {"latency":"standard"}, "n": 1.00 }"#
        let row = try row(#""model_id":"m","region":"r","body": \#(raw) "#)
        #expect(String(decoding: row.body, as: UTF8.self) == raw)
        #expect(row.maxTokens == 33)
        #expect(row.latency == "standard")
        #expect(row.tier == nil)
        let invoke = try self.row(
            #""model_id":"m","region":"r","operation":"invoke-model-with-response-stream","inference_profile":"standard","tier":"flex","body":{"max_gen_len":5}"#
        )
        #expect(invoke.maxTokens == 5)
        #expect(
            invoke.headers == [
                HeaderField("X-Amzn-Bedrock-PerformanceConfig-Latency", "standard"),
                HeaderField("X-Amzn-Bedrock-Service-Tier", "flex"),
            ]
        )
    }

    static let settings = #""temperature":0.5,"top_p":1"#

    @Test(
        "InvokeModel bodies are each family's own",
        arguments: [
            (
                "us.anthropic.claude-3-5-haiku-20241022-v1:0", #","top_k":9,"stop_sequences":["x"],"system":"S""#,
                #"{"anthropic_version":"bedrock-2023-05-31","max_tokens":7,"system":"S","#
                    + #""messages":[{"role":"user","content":[{"type":"text","text":"A"}]}],"#
                    + #""temperature":0.5,"top_p":1,"top_k":9,"stop_sequences":["x"]}"#
            ),
            (
                "us.amazon.nova-pro-v1:0", #","top_k":9,"stop_sequences":["x"],"system":"S""#,
                #"{"schemaVersion":"messages-v1","system":[{"text":"S"}],"#
                    + #""messages":[{"role":"user","content":[{"text":"A"}]}],"#
                    + #""inferenceConfig":{"maxTokens":7,"temperature":0.5,"topP":1,"topK":9,"stopSequences":["x"]}}"#
            ),
            (
                "us.meta.llama3-1-70b-instruct-v1:0", #","system":"S""#,
                #"{"prompt":"<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|>"#
                    + #"<|start_header_id|>user<|end_header_id|>\n\nA<|eot_id|>"#
                    + #"<|start_header_id|>assistant<|end_header_id|>\n\n","max_gen_len":7,"temperature":0.5,"top_p":1}"#
            ),
            (
                "us.meta.llama4-scout-17b-instruct-v1:0", "",
                #"{"prompt":"<|begin_of_text|><|header_start|>user<|header_end|>\n\nA<|eot|>"#
                    + #"<|header_start|>assistant<|header_end|>\n\n","max_gen_len":7,"temperature":0.5,"top_p":1}"#
            ),
            (
                "mistral.mistral-7b-instruct-v0:2", #","top_k":9,"stop_sequences":["x"],"system":"S""#,
                #"{"prompt":"<s>[INST] S\n\nA [/INST]","max_tokens":7,"temperature":0.5,"top_p":1,"top_k":9,"stop":["x"]}"#
            ),
            (
                "mistral.mistral-large-2407-v1:0", #","system":"S""#,
                #"{"messages":[{"role":"system","content":"S"},{"role":"user","content":"A"}],"#
                    + #""max_tokens":7,"temperature":0.5,"top_p":1}"#
            ),
            (
                "cohere.command-r-plus-v1:0", #","top_k":9,"stop_sequences":["x"],"system":"S""#,
                #"{"message":"A","preamble":"S","max_tokens":7,"temperature":0.5,"p":1,"k":9,"stop_sequences":["x"]}"#
            ),
            (
                "cohere.command-text-v14", "",
                #"{"prompt":"A","stream":true,"max_tokens":7,"temperature":0.5,"p":1}"#
            ),
            (
                "us.deepseek.r1-v1:0", #","stop_sequences":["x"]"#,
                #"{"prompt":"<｜begin▁of▁sentence｜><｜User｜>A<｜Assistant｜><think>\n","#
                    + #""max_tokens":7,"temperature":0.5,"top_p":1,"stop":["x"]}"#
            ),
        ]
    )
    func invoke(model: String, extra: String, expected: String) throws {
        let text = try body(
            #""model_id":"\#(model)","text_prompt":"A","region":"r","operation":"invoke-model-with-response-stream","#
                + #""max_tokens":7,\#(Self.settings)\#(extra)"#
        )
        #expect(text == expected)
    }

    @Test("a conversation of turns is written in each family's way")
    func turns() throws {
        func invoke(_ model: String) throws -> String {
            try body(
                #""model_id":"\#(model)","region":"r","operation":"invoke-model-with-response-stream","messages":["#
                    + #"{"role":"user","content":"A"},{"role":"assistant","content":"B"},{"role":"user","content":"C"}]"#
            )
        }
        #expect(
            try invoke("mistral.mixtral-8x7b-instruct-v0:1").contains(
                #""<s>[INST] A [/INST] B</s><s>[INST] C [/INST]""#
            )
        )
        #expect(
            try invoke("cohere.command-r-v1:0").hasPrefix(
                #"{"message":"C","chat_history":[{"role":"USER","message":"A"},{"role":"CHATBOT","message":"B"}],"#
            )
        )
        #expect(try invoke("us.deepseek.r1-v1:0").contains("A<｜Assistant｜>B<｜end▁of▁sentence｜><｜User｜>C"))
    }

    @Test("images reach Claude in its own words, and are refused where a family takes text alone")
    func images() throws {
        func invoke(_ model: String) throws -> String {
            try body(
                #""model_id":"\#(model)","region":"r","operation":"invoke-model-with-response-stream","cache_point":"messages","#
                    + #""messages":[{"role":"user","content":[{"text":"A"},{"image":{"source":{"path":"a.png"}}}]}]"#,
                files: ["folder/a.png": Array("foo".utf8)]
            )
        }
        #expect(
            try invoke("anthropic.claude-3-haiku-20240307-v1:0").contains(
                #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"Zm9v"},"cache_control":{"type":"ephemeral"}}"#
            )
        )
        let error = #expect(throws: DatasetError.self) {
            try body(
                #""model_id":"us.meta.llama3-2-11b-instruct-v1:0","region":"r","operation":"invoke-model-with-response-stream","#
                    + #""messages":[{"role":"user","content":[{"image":{"source":{"path":"a.png"}}}]}]"#,
                files: ["folder/a.png": Array("foo".utf8)]
            )
        }
        #expect(error?.field == "messages")
    }
}
