// Every lens; adding one is an entry here. Sources are named where the published code decides.

import Core

extension Lens {
    /// Ours.
    package static let standard = Lens(
        name: "default",
        summary: "docs/metrics.md",
        countsEmptySpans: false
    )

    /// CloudWatch's OutputTokensPerSecond: the service's latency and first byte where it states both, else this side's.
    static let cloudWatch = Lens(
        name: "cloudwatch",
        summary: "Amazon CloudWatch: the service's own durations, or those from the sent request",
        clock: .sent,
        end: .lastToken,
        prefersService: true,
        metricNames: ["ttft_ms", "e2e_ms", "otps"]
    )

    /// The notebook of aws-samples: `time_to_first_byte`, `time_to_last_byte`, rounded by `round(…, 2)`.
    static let awsSamples = Lens(
        name: "aws-samples",
        summary: "AWS's LLM Latency Benchmarking Framework",
        clock: .dispatched,
        firstToken: .delta,
        speed: .total,
        resolution: .milliseconds(10),
        metricNames: ["ttft_ms", "e2e_ms", "otps"]
    )

    /// LLMeter 0.2, `BedrockConverseStream.process_raw_response` and `Runner._compute_time_per_output_token`.
    static let llmeter = Lens(
        name: "llmeter",
        summary: "LLMeter",
        clock: .dispatched,
        firstToken: .text,
        lastToken: .textOrBlockStop,
        percentiles: .pythonExclusive,
        metricNames: ["ttft_ms", "ttlt_ms", "tpot_ms"]
    )

    /// AIPerf, `InterTokenLatencyMetric`, `RequestLatencyMetric`, `TTSTMetric`.
    static let aiperf = Lens(
        name: "aiperf",
        summary: "NVIDIA AIPerf",
        clock: .dispatched,
        end: .lastToken,
        speed: .afterFirst,
        interToken: .afterFirst,
        metricNames: ["ttft_ms", "ttst_ms", "e2e_ms", "itl_ms", "otps"]
    )

    /// GuideLLM 0.8, `GenerativeRequestStats`: its time per output token has the last token in the numerator, not the end.
    static let guidellm = Lens(
        name: "guidellm",
        summary: "GuideLLM",
        clock: .dispatched,
        speed: .total,
        perToken: .perToken,
        interToken: .afterFirst,
        // Its percentiles are the smallest value whose cumulative share reaches p.
        percentiles: .hyndmanFan(.type1),
        metricNames: ["ttft_ms", "itl_ms", "tpot_ms", "e2e_ms", "otps"]
    )

    /// inference-perf of the Kubernetes project.
    static let inferencePerf = Lens(
        name: "inference-perf",
        summary: "inference-perf",
        clock: .dispatched,
        firstToken: .choice,
        lastToken: .token(.choice),
        gaps: .choice,
        metricNames: ["ttft_ms", "tpot_ms", "ntpot_ms", "itl_ms", "e2e_ms"]
    )

    /// vLLM, `async_request_openai_chat_completions`.
    static let vllm = Lens(
        name: "vllm",
        summary: "vllm bench serve",
        clock: .dispatched,
        firstToken: .choice,
        lastToken: .token(.choice),
        end: .lastToken,
        gaps: .choice,
        metricNames: ["ttft_ms", "tpot_ms", "itl_ms", "e2e_ms"]
    )

    /// LLMPerf, `OpenAIChatCompletionsClient` and `token_benchmark_ray.py`.
    static let llmperf = Lens(
        name: "llmperf",
        summary: "LLMPerf",
        clock: .dispatched,
        firstToken: .text,
        lastToken: .token(.text),
        speed: .total,
        interToken: .perMessage,
        gaps: .choice,
        metricNames: ["ttft_ms", "itl_ms", "e2e_ms", "otps"]
    )

    /// Every lens, in the order of the documentation.
    package static let all = [
        standard, cloudWatch, awsSamples, llmeter, aiperf, guidellm, inferencePerf, vllm, llmperf,
    ]

    /// The lens of that name.
    package static func named(_ name: String) -> Lens? {
        all.first { $0.name == name }
    }
}
