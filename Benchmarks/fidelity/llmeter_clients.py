"""LLMeter from PyPI, unchanged but for one look at when it starts its clock: it keeps only durations.

Arguments: endpoint URL, CA bundle or "-", streams, requests a stream, output tokens, result file (JSON lines).
"""

import asyncio
import json
import sys

import boto3
from botocore.config import Config
from llmeter.endpoints.bedrock import BedrockConverseStream
from llmeter.runner import Runner

starts: dict[str, float] = {}


class Watched(BedrockConverseStream):
    """Notes the instant from which LLMeter counts; `perf_counter` is CLOCK_MONOTONIC on Linux."""

    def process_raw_response(self, raw_response, start_t, response):
        starts[raw_response["ResponseMetadata"]["RequestId"]] = start_t
        super().process_raw_response(raw_response, start_t, response)


def main() -> None:
    url, bundle, streams, requests, tokens, output = sys.argv[1:7]
    streams, requests, tokens = int(streams), int(requests), int(tokens)
    client = boto3.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=url,
        verify=True if bundle == "-" else bundle,
        config=Config(max_pool_connections=streams, retries={"total_max_attempts": 1}, read_timeout=60),
    )
    endpoint = Watched("fidelity", region="us-east-1", bedrock_boto3_client=client)
    payloads = [
        BedrockConverseStream.create_payload(f"prompt {number}", max_tokens=tokens) for number in range(requests)
    ]
    runner = Runner(
        endpoint=endpoint,
        clients=streams,
        n_requests=requests,
        payload=payloads,
        disable_per_client_progress_bar=True,
        disable_clients_progress_bar=True,
    )
    # As for the others, connections are opened before what is counted.
    asyncio.run(runner.run(payload=payloads[:1], n_requests=1))
    starts.clear()
    result = asyncio.run(runner.run())
    with open(output, "w") as file:
        for response in result.responses:
            start = starts.get(response.id)
            if start is None or response.time_to_first_token is None:
                continue
            first = (start + response.time_to_first_token) * 1e9
            # Its first token is the first delta with text: event 1, behind messageStart.
            line = {"id": response.id, "start_ns": start * 1e9, "first": 1, "stamps_ns": {1: first}}
            file.write(json.dumps(line) + "\n")


main()
