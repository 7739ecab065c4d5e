// The notebook's CSV files, by hand and against its formulas.

import Core
import Testing

@testable import Analyzer

@Suite("The notebook's columns")
struct NotebookTests {
    static func invocations(_ requests: [HandmadeRequest]) -> [NotebookInvocation] {
        NotebookInvocation.all(
            requests.map { request in
                let timeline = request.timeline
                let row = RequestRow(timeline, file: "f", lens: .awsSamples)
                return (row, RequestParameters(body: timeline.request.body), timeline.errorMessage)
            }
        )
    }

    static func lines(_ requests: [HandmadeRequest]) throws -> [String] {
        let schema = RowSchema<NotebookInvocation>.awsSamples
        let names = schema.columns.map(\.name)
        let csv = try #require(RowFormat.all.first { $0.name == "csv" })
        return invocations(requests).map { one in csv.row(names, schema.columns.map { $0.read(one) }) }
    }

    @Test("the nineteen columns have the notebook's names in its order")
    func names() {
        let names = """
            time_to_first_byte time_to_last_byte job_timestamp_iso configured_output_tokens_for_request \
            model_input_tokens model_output_tokens model region invocation_id api_call_status full_error_message \
            TEMPERATURE TOP_P TOP_K EXPERIMENT_NAME task_type inference_profile timestamp run_count
            """
        #expect(RowSchema<NotebookInvocation>.awsSamples.columns.map(\.name).joined(separator: " ") == names)
    }

    @Test("a success and a failure are rows; the second time a prompt is asked in a round has the next number")
    func rows() throws {
        var first = LensTests.request
        first.latency = "optimized"
        var second = first
        second.id.request = 2
        second.start = 100
        var failed = GroupTests.failed(3)
        failed.start = 200
        var warmup = first
        warmup.isWarmup = true
        var nextRound = first
        nextRound.round = 1
        nextRound.start = 1000
        let lines = try Self.lines([warmup, first, second, failed, nextRound])
        // 12 ms and 64 ms, rounded to 10 ms; the round's last request ends at 209 ms; the body asks for 64 tokens at 0.5.
        let end = "2026-09-21 14:13:20.209000,1\n"
        let throttled = "ThrottlingException,{}"
        let expected: [String] = [
            "0.01,0.06,2026-09-21T14:13:20Z,64,7,9,m,us-east-1,0,Success,Success,0.5,,,,,optimized,\(end)",
            "0.01,0.06,2026-09-21T14:13:20Z,64,7,9,m,us-east-1,1,Success,Success,0.5,,,,,optimized,\(end)",
            ",,2026-09-21T14:13:20Z,64,,,m,us-east-1,0,\(throttled),0.5,,,,,standard,\(end)",
            "0.01,0.06,2026-09-21T14:13:21Z,64,7,9,m,us-east-1,0,Success,Success,0.5,,,,,optimized,"
                + "2026-09-21 14:13:21.064000,2\n",
        ]
        #expect(lines == expected)
    }

    @Test(
        "parameters are those of the wire, wherever the model wants them",
        arguments: [
            (
                #"{"messages":[{"role":"user","content":[{"text":"temperature"}]}],"inferenceConfig":{"maxTokens":10,"temperature":0,"topP":1},"additionalModelRequestFields":{"top_k":250}}"#,
                [10, 0, 1, 250]
            ),
            (
                #"{"anthropic_version":"bedrock-2023-05-31","max_tokens":5,"temperature":0.25,"top_k":3}"#,
                [5, 0.25, nil, 3]
            ),
            (#"{"prompt":"a","max_gen_len":7,"top_p":0.5}"#, [7, nil, 0.5, nil]),
            (#"{"inputText":"a","textGenerationConfig":{"maxTokenCount":9}}"#, [9, nil, nil, nil]),
            (#"{"max_tokens":"many","temperature":null}"#, [nil, nil, nil, nil]), ("no JSON", [nil, nil, nil, nil]),
            ("", [nil, nil, nil, nil]), ("[1]", [nil, nil, nil, nil]),
        ] as [(String, [Double?])]
    )
    func parameters(body: String, expected: [Double?]) {
        let found = RequestParameters(body: body)
        #expect([found.maximumOutputTokens.map(Double.init), found.temperature, found.topP, found.topK] == expected)
    }

    @Test("the summary is pandas' arithmetic on the rounded seconds of the successes")
    func summary() {
        // First bytes at .02, .04, .1 s, last bytes at .06, .08, .14 s, 6 tokens each.
        let rows = [20.0, 40, 100].enumerated().map { index, ttft in
            RequestRow(GroupTests.request(UInt64(index), ttft: ttft).timeline, file: "f", lens: .awsSamples)
        }
        let text = NotebookSummary.render(rows + [GroupTests.failed(9).row])
        // numpy: mean .05333, p50 .04, p90 .088, std(ddof=1) .04163; 100, 75, 42.857: mean 72.619, std .02864e3.
        let names = """
            model,region,inference_profile,sample_size,TTFT_mean,TTFT_p50,TTFT_p90,TTFT_std,avg_input_tokens,\
            avg_output_tokens,total_time_mean,total_time_p50,total_time_p90,OTPS_mean,OTPS_p50,OTPS_p90,OTPS_std
            """
        let numbers = "0.053,0.04,0.088,0.042,7.0,6.0,0.093,0.08,0.128,72.619,75.0,95.0,28.646"
        #expect(text == "\(names)\nm,us-east-1,standard,3,\(numbers)\n")
        #expect(NotebookSummary.render([]).split(separator: "\n").count == 1)
    }
}
