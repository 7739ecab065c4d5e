"""Lets one client library other than boto3 read answers from endpoints and prints the number of output tokens of each.

Arguments: the library's module name, the endpoint URLs. Keys, region and trust come from the environment.
"""
import os
import sys

module = sys.argv[1]
MODEL = "us.anthropic.claude-3-5-haiku-20241022-v1:0"


def aiobotocore(endpoint):
    import asyncio
    from aiobotocore.session import get_session

    async def read():
        async with get_session().create_client("bedrock-runtime", endpoint_url=endpoint) as client:
            response = await client.converse_stream(
                modelId=MODEL, messages=[{"role": "user", "content": [{"text": "Say hello."}]}])
            async for event in response["stream"]:
                if "metadata" in event:
                    return event["metadata"]["usage"]["outputTokens"]

    return asyncio.run(read())


def awscli(endpoint):
    import json
    import subprocess
    printed = subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "aws"), "bedrock-runtime", "converse", "--model-id", MODEL,
         "--endpoint-url", endpoint, "--messages", '[{"role":"user","content":[{"text":"Say hello."}]}]'],
        check=True, capture_output=True).stdout
    return json.loads(printed)["usage"]["outputTokens"]


def langchain_aws(endpoint):
    from langchain_aws import ChatBedrockConverse
    model = ChatBedrockConverse(model=MODEL, endpoint_url=endpoint, region_name="us-east-1")
    whole = model.invoke("Say hello.").usage_metadata["output_tokens"]
    streamed = [chunk.usage_metadata for chunk in model.stream("Say hello.") if chunk.usage_metadata]
    assert streamed[-1]["output_tokens"] == whole
    return whole


def litellm(endpoint):
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    import litellm as library
    arguments = {
        "messages": [{"role": "user", "content": "Say hello."}], "aws_bedrock_runtime_endpoint": endpoint,
    }
    for model in ("bedrock/" + MODEL, "bedrock/invoke/" + MODEL):
        text = "".join(
            chunk.choices[0].delta.content or ""
            for chunk in library.completion(model=model, stream=True, **arguments))
        assert len(text.split()) == 24, text
    return library.completion(model="bedrock/" + MODEL, **arguments).usage.completion_tokens


def llmeter(endpoint):
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    from llmeter.endpoints import BedrockConverseStream
    response = BedrockConverseStream(model_id=MODEL, region="us-east-1").invoke(
        BedrockConverseStream.create_payload("Say hello.", max_tokens=100))
    assert response.error is None, response.error
    assert 0 < response.time_to_first_token < response.time_to_last_token
    return response.num_tokens_output


CLIENTS = {
    "aiobotocore": aiobotocore, "awscli": awscli, "langchain_aws": langchain_aws, "litellm": litellm, "llmeter": llmeter,
}
for url in sys.argv[2:]:
    # Clients that take no endpoint of their own find it here.
    os.environ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"] = url
    print(CLIENTS[module](url))
