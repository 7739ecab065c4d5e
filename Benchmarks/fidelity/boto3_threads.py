"""boto3 with a thread per stream, as notebooks measure: stamps each event as the iterator gives it.

Arguments: endpoint URL, CA bundle or "-", streams, requests a stream, output tokens, result file (JSON lines).
"""

import json
import sys
import threading
import time

import boto3
from botocore.config import Config


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
    barrier = threading.Barrier(streams)
    results: list[list[dict]] = [[] for _ in range(streams)]

    def work(stream: int) -> None:
        # One request opens the connection and is not counted; then all begin together.
        ask(client, tokens, f"warm-up {stream}")
        barrier.wait()
        for number in range(requests):
            results[stream].append(ask(client, tokens, f"stream {stream} request {number}"))

    threads = [threading.Thread(target=work, args=(stream,)) for stream in range(streams)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open(output, "w") as file:
        for result in results:
            for line in result:
                file.write(json.dumps(line) + "\n")


def ask(client, tokens: int, prompt: str) -> dict:
    start = time.monotonic_ns()
    response = client.converse_stream(
        modelId="fidelity",
        messages=[{"role": "user", "content": [{"text": prompt}]}],
        inferenceConfig={"maxTokens": tokens},
    )
    stamps = []
    first = None
    for event in response["stream"]:
        stamps.append(time.monotonic_ns())
        if first is None and "contentBlockDelta" in event:
            first = len(stamps) - 1
    return {
        "id": response["ResponseMetadata"]["RequestId"],
        "start_ns": start,
        "first": first,
        "stamps_ns": dict(enumerate(stamps)),
    }


main()
