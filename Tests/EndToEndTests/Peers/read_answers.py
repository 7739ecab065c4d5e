"""Reads one ConverseStream and one InvokeModelWithResponseStream answer with the real boto3 and prints what it saw.

Arguments: endpoint URL, model id. Retries are off, so that one call is one request.
"""
import json
import sys

import boto3
from botocore.config import Config

endpoint, model = sys.argv[1:3]
client = boto3.client(
    "bedrock-runtime", endpoint_url=endpoint, region_name="us-east-1",
    aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    config=Config(retries={"total_max_attempts": 1}),
)
answer = {"text": "", "events": 0}
response = client.converse_stream(
    modelId=model,
    messages=[{"role": "user", "content": [{"text": "Say hello."}]}],
    inferenceConfig={"maxTokens": 20},
)
for event in response["stream"]:
    answer["events"] += 1
    answer["text"] += event.get("contentBlockDelta", {}).get("delta", {}).get("text", "")
    answer["stop"] = event.get("messageStop", {}).get("stopReason", answer.get("stop"))
    answer["usage"] = event.get("metadata", {}).get("usage", answer.get("usage"))

invoked = {"chunks": 0, "metrics": None}
response = client.invoke_model_with_response_stream(
    modelId=model, contentType="application/json",
    body=json.dumps({
        "anthropic_version": "bedrock-2023-05-31", "max_tokens": 20,
        "messages": [{"role": "user", "content": "Say hello."}],
    }),
)
for event in response["body"]:
    invoked["chunks"] += 1
    inner = json.loads(event["chunk"]["bytes"])
    invoked["metrics"] = inner.get("amazon-bedrock-invocationMetrics", invoked["metrics"])
print(json.dumps({"converse": answer, "invoke": invoked}))
