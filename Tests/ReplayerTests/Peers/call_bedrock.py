"""Makes calls with the real boto3 and prints what each gave, as JSON.

Arguments: endpoint URL, a JSON list of calls {"operation", "model", "max_tokens"?, "latency"?}. Keys come from the
environment. Retries are off, so that one call is one request.
"""
import json
import sys

import boto3
import botocore.eventstream
import botocore.exceptions
import urllib3.exceptions
from botocore.config import Config

endpoint, calls = sys.argv[1], json.loads(sys.argv[2])
client = boto3.client(
    "bedrock-runtime", endpoint_url=endpoint, region_name="us-east-1",
    config=Config(retries={"total_max_attempts": 1}, read_timeout=3, connect_timeout=3),
)


def converse_arguments(call):
    arguments = {
        "modelId": call["model"],
        "messages": [{"role": "user", "content": [{"text": call.get("prompt", "Say hello.")}]}],
    }
    if "max_tokens" in call:
        arguments["inferenceConfig"] = {"maxTokens": call["max_tokens"]}
    if "latency" in call:
        arguments["performanceConfig"] = {"latency": call["latency"]}
    return arguments


def converse_stream(call, result):
    response = client.converse_stream(**converse_arguments(call))
    result["request_id"] = response["ResponseMetadata"]["RequestId"]
    for event in response["stream"]:
        result["events"].extend(event)
        result["text"] += event.get("contentBlockDelta", {}).get("delta", {}).get("text", "")
        result["stop"] = event.get("messageStop", {}).get("stopReason", result["stop"])
        if "metadata" in event:
            result["output_tokens"] = event["metadata"]["usage"]["outputTokens"]
            result["latency"] = event["metadata"].get("performanceConfig", {}).get("latency")


def invoke_stream(call, result):
    body = {
        "anthropic_version": "bedrock-2023-05-31", "max_tokens": call.get("max_tokens", 100),
        "messages": [{"role": "user", "content": call.get("prompt", "Say hello.")}],
    }
    response = client.invoke_model_with_response_stream(
        modelId=call["model"], contentType="application/json", body=json.dumps(body))
    result["request_id"] = response["ResponseMetadata"]["RequestId"]
    for event in response["body"]:
        result["events"].extend(event)
        inner = json.loads(event["chunk"]["bytes"])
        result["text"] += inner.get("delta", {}).get("text", "")
        result["stop"] = inner.get("delta", {}).get("stop_reason", result["stop"])
        metrics = inner.get("amazon-bedrock-invocationMetrics", {})
        result["output_tokens"] = metrics.get("outputTokenCount", result["output_tokens"])


def converse(call, result):
    response = client.converse(**converse_arguments(call))
    result["request_id"] = response["ResponseMetadata"]["RequestId"]
    result["text"] = response["output"]["message"]["content"][0]["text"]
    result["stop"], result["output_tokens"] = response["stopReason"], response["usage"]["outputTokens"]


def invoke(call, result):
    body = {
        "anthropic_version": "bedrock-2023-05-31", "max_tokens": call.get("max_tokens", 100),
        "messages": [{"role": "user", "content": call.get("prompt", "Say hello.")}],
    }
    response = client.invoke_model(modelId=call["model"], contentType="application/json", body=json.dumps(body))
    result["request_id"] = response["ResponseMetadata"]["RequestId"]
    inner = json.loads(response["body"].read())
    result["text"], result["stop"] = inner["content"][0]["text"], inner["stop_reason"]
    result["output_tokens"] = inner["usage"]["output_tokens"]


def count_tokens(call, result):
    arguments = converse_arguments(call)
    response = client.count_tokens(modelId=call["model"], input={"converse": {"messages": arguments["messages"]}})
    result["request_id"], result["output_tokens"] = response["ResponseMetadata"]["RequestId"], response["inputTokens"]


OPERATIONS = {
    "converse-stream": converse_stream, "invoke-stream": invoke_stream, "converse": converse, "invoke": invoke,
    "count-tokens": count_tokens,
}
results = []
for call in calls:
    result = {"events": [], "text": "", "stop": None, "output_tokens": None, "latency": None, "error": None, "code": None}
    try:
        OPERATIONS[call["operation"]](call, result)
    except botocore.exceptions.EventStreamError as error:
        result["error"], result["code"] = "EventStreamError", error.response["Error"]["Code"]
    except botocore.exceptions.ClientError as error:
        result["error"], result["code"] = "ClientError", error.response["Error"]["Code"]
        result["status"] = error.response["ResponseMetadata"]["HTTPStatusCode"]
    except (botocore.eventstream.ParserError, urllib3.exceptions.HTTPError, botocore.exceptions.BotoCoreError) as error:
        result["error"] = type(error).__name__
    results.append(result)
print(json.dumps(results))
