"""The tools themselves, run against an endpoint; each prints one JSON object of its own figures, in its own units.

    clients.py llmeter URL REQUESTS    LLMeter from PyPI, unchanged
    clients.py notebook URL REQUESTS   the loop of AWS's notebook: boto3, the wall clock, rounded times
"""

import asyncio
import json
import statistics
import sys
import time

import boto3
from botocore.config import Config


# What boto3 needs to get a request out, in ms: the tools' clocks run meanwhile, a lens's does not.
preparing = []
began = 0.0


def client(url):
    def begin(**_):
        global began
        began = time.perf_counter()

    def send(**_):
        preparing.append(1e3 * (time.perf_counter() - began))

    made = boto3.client(
        "bedrock-runtime", region_name="us-east-1", endpoint_url=url,
        config=Config(retries={"total_max_attempts": 1}, read_timeout=120),
    )
    made.meta.events.register("provide-client-params.bedrock-runtime.ConverseStream", begin)
    made.meta.events.register("before-send.bedrock-runtime.ConverseStream", send)
    return made


def llmeter(url, requests):
    import llmeter
    from llmeter.endpoints.bedrock import BedrockConverseStream
    from llmeter.runner import Runner

    endpoint = BedrockConverseStream("replayed", region="us-east-1", bedrock_boto3_client=client(url))
    payloads = [BedrockConverseStream.create_payload(f"prompt {number}", max_tokens=500) for number in range(requests)]
    runner = Runner(
        endpoint=endpoint, clients=1, n_requests=requests, payload=payloads,
        disable_per_client_progress_bar=True, disable_clients_progress_bar=True,
    )
    result = asyncio.run(runner.run())
    figures = {
        f"{ours}.{statistic}": 1e3 * result.stats[f"{theirs}-{name}"]
        for ours, theirs in [
            ("ttft_ms", "time_to_first_token"), ("ttlt_ms", "time_to_last_token"),
            ("tpot_ms", "time_per_output_token"),
        ]
        for statistic, name in [("mean", "average"), ("p50", "p50"), ("p90", "p90"), ("p99", "p99")]
        if f"{theirs}-{name}" in result.stats
    }
    return {"version": llmeter.__version__ if hasattr(llmeter, "__version__") else "0.2.0", "figures": figures}


def quantile(values, p):
    """pandas' default: linear interpolation of the order statistics."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * p
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def notebook(url, requests):
    bedrock = client(url)
    rows = []
    for number in range(requests):
        start = time.time()
        first = last = None
        response = bedrock.converse_stream(
            modelId="replayed", messages=[{"role": "user", "content": [{"text": f"prompt {number}"}]}],
            inferenceConfig={"maxTokens": 500, "temperature": 0},
        )
        tokens = None
        for event in response["stream"]:
            if "contentBlockDelta" in event and first is None:
                first = time.time()
            if "metadata" in event:
                tokens = event["metadata"]["usage"]["outputTokens"]
                last = time.time()
        rows.append((round(first - start, 2), round(last - start, 2), tokens))
    columns = {
        "ttft_ms": [1e3 * row[0] for row in rows],
        "e2e_ms": [1e3 * row[1] for row in rows],
        "otps": [row[2] / row[1] for row in rows],
    }
    figures = {}
    for name, values in columns.items():
        figures[f"{name}.mean"] = statistics.fmean(values)
        for p in (50, 90):
            figures[f"{name}.p{p}"] = quantile(values, p / 100)
    return {"version": f"boto3 {boto3.__version__}", "figures": figures}


result = {"llmeter": llmeter, "notebook": notebook}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
result["preparing_ms"] = {"mean": statistics.fmean(preparing)} | {
    f"p{p}": quantile(preparing, p / 100) for p in (50, 90, 99)
}
print(json.dumps(result))
