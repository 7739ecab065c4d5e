"""Holds a redacted trace against the trace it was made of: check_redaction.py SOURCE REDACTED

Both are read with PyPI mcap and every stream is decoded with botocore. Prints how many messages were compared, how many
words and ids of the source were looked for in every decompressed byte of the redacted trace, and what is wrong.
"""
import base64
import gzip
import json
import re
import sys
from pathlib import Path

import botocore
from botocore.eventstream import EventStreamBuffer, ParserError
from mcap.reader import make_reader

# Five letters at least: four may be a checksum's bytes.
WORD = re.compile(r"[^\W\d_]{5,}")
# Ids, account numbers, addresses: eight characters or more with a digit among them.
TOKEN = re.compile(r"[\w.:-]{8,}", re.ASCII)


def identifiers(text):
    return {token for token in TOKEN.findall(text) if any(character.isdigit() for character in token)}


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def batch(data):
    """The request, the attempt and the bytes of a ChunkBatch."""
    request, attempt, payload, at = 0, 0, b"", 0
    while at < len(data):
        key, at = varint(data, at)
        value, at = varint(data, at)
        if key & 7 == 2:
            payload = data[at:at + value] if key >> 3 == 9 else payload
            at += value
        elif key >> 3 == 1:
            request = value
        elif key >> 3 == 2:
            attempt = value
    return request, attempt, payload


class Trace:
    """A trace's streams, its JSON messages by topic, and its bytes."""

    def __init__(self, path):
        self.streams, self.messages, self.others = {}, {}, []
        with open(path, "rb") as file:
            reader = make_reader(file, validate_crcs=True)
            for _, channel, message in reader.iter_messages(log_time_order=False):
                if channel.topic == "/chunks":
                    request, attempt, payload = batch(message.data)
                    key = request, attempt
                    self.streams[key] = self.streams.get(key, b"") + payload
                else:
                    self.messages.setdefault(channel.topic, []).append(json.loads(message.data))
            metadata = list(reader.iter_metadata())
            # What the redaction says of itself is the program's own text.
            self.accounts = sum(one.name == "bedrock_trace.redaction" for one in metadata)
            metadata = [one for one in metadata if one.name != "bedrock_trace.redaction"]
            self.others += [json.dumps([one.name, one.metadata]).encode() for one in metadata]
            # The names of facts and of the plan's settings are the recorder's own.
            plans = [json.loads(one.metadata.get("plan") or "{}") for one in metadata]
            self.settings = {name for one in [*plans, *(one.metadata for one in metadata)] for name in one}
            self.others += [one.name.encode() + b"\n" + one.data for one in reader.iter_attachments()]
        self.statuses = {(r["request_id"], r["attempt"]): r["status"] for r in self.messages.get("/response", [])}


def decoded(stream):
    """The messages of an event stream as botocore sees them, and how its reading ended."""
    messages, buffer = [], EventStreamBuffer()
    buffer.add_data(stream)
    try:
        for message in buffer:
            messages.append(message)
    except ParserError as error:
        return messages, type(error).__name__
    return messages, "whole" if not buffer._data else "unfinished"


def inner(payload):
    """A payload's JSON, with a model's own JSON in place of its base64."""
    try:
        value = json.loads(payload)
    except ValueError:
        return None
    if isinstance(value, dict) and isinstance(value.get("bytes"), str):
        try:
            value["bytes"] = json.loads(base64.b64decode(value["bytes"]))
        except ValueError:
            pass
    return value


def texts(value, padding=True):
    """Every string in a JSON value; the padding of a payload is none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            if not (padding and key == "p"):
                yield from texts(one, False)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one, False)


def protocol_words():
    """What the service's own description calls things; and what the model families' documented formats do."""
    folder = Path(botocore.__file__).parent / "data" / "bedrock-runtime"
    packed = sorted(folder.rglob("service-2.json*"))[-1]
    data = packed.read_bytes()
    model = json.loads(gzip.decompress(data) if packed.suffix == ".gz" else data)
    words = set()
    for name, shape in model["shapes"].items():
        words |= set(WORD.findall(name)) | set(shape.get("members", {})) | set(shape.get("enum", []))
    words |= {
        "completion", "message", "delta", "usage", "thinking", "tool_use", "assistant", "system", "user", "error", "choices",
        "function", "arguments", "index", "input", "output", "json", "object", "chat", "chunk", "stop", "length", "event",
        "name", "text", "type", "role", "content", "model", "tool", "tools", "signature", "usage", "start", "data", "trace",
        "bytes", "application", "amazonaws", "vnd", "eventstream", "ping", "document", "search", "source", "generation",
        "citation", "citations", "response", "request", "metrics", "stream", "prompt", "parameters", "description",
        "properties", "ephemeral", "standard", "default", "refusal", "temperature", "created", "logprobs", "image",
        "content_block", "tool_calls", "tool_choice", "token_count", "cache_creation", "partial_json", "inputText",
        "exception", "invocation", "result", "write", "headers", "header", "https", "alive", "redacted",
        "service_tier", "billed_units", "base", "generations", "meta", "tokens", "finish", "complete", "cache", "high",
    }
    return {word.lower() for word in words}


def main():
    source, redacted = Trace(sys.argv[1]), Trace(sys.argv[2])
    problems, secrets, names, compared = [], set(), set(), 0
    kept = set()
    for request in source.messages["/request"]:
        # What redaction keeps by its own words: who was asked, and how the user sorted it.
        said = [request[n] for n in ["model", "region", "operation", "experiment", "task_type", "labels", "latency", "tier"]]
        host, _, path = request["url"].partition("/model/")
        said += [path, host if ".amazonaws.com" in host else ""]
        for text in texts(said):
            text = re.sub(r"\d{12}", "", text)
            kept |= set(WORD.findall(text.lower())) | identifiers(text) | identifiers(text.replace("%3A", ":"))
        try:
            body = json.loads(request["body"])
        except ValueError:
            body = request["body"]
        for text in texts(body):
            secrets |= set(WORD.findall(text.lower())) | identifiers(text)
        names |= set(re.findall(r"\d{12}", request["model"])) | set(re.findall(r"\d{12}", request["url"]))
        names.add(request["prompt_id"])
    for response in source.messages.get("/response", []):
        names |= {v for n, v in response["headers"] if "requestid" in n.lower() and identifiers(v)}
    for connection in source.messages.get("/connection", []):
        names.add(connection["remote_address"])
    for key, stream in source.streams.items():
        other = redacted.streams.get(key, b"")
        if len(stream) != len(other):
            problems.append(f"{key}: {len(stream)} bytes became {len(other)}")
        if source.statuses.get(key, 200) // 100 != 2:
            value = inner(stream)
            for text in texts(value if value is not None else stream.decode("utf-8", "replace")):
                secrets |= set(WORD.findall(text.lower())) | identifiers(text)
            continue
        (ours, our_end), (theirs, their_end) = decoded(stream), decoded(other)
        if our_end != their_end or len(ours) != len(theirs):
            problems.append(f"{key}: {len(ours)} messages, {our_end}, became {len(theirs)}, {their_end}")
        for one, two in zip(ours, theirs):
            compared += 1
            if {k: v for k, v in one.headers.items() if k.startswith(":")} != two.headers and one.headers != two.headers:
                problems.append(f"{key}: headers {one.headers} became {two.headers}")
            before, after = inner(one.payload), inner(two.payload)
            if (before is None) != (after is None) or len(one.payload) != len(two.payload):
                problems.append(f"{key}: a payload of {len(one.payload)} bytes became {two.payload[:80]!r}")
            for text in texts(before if before is not None else one.payload.decode("utf-8", "replace")):
                secrets |= set(WORD.findall(text.lower())) | identifiers(text)
            if after is not None and isinstance(after.get("bytes"), (dict, list, str)):
                redacted.others.append(json.dumps(after["bytes"], ensure_ascii=False).encode())
    # Everything that the redacted trace holds, decompressed.
    for topic, messages in redacted.messages.items():
        for message in messages:
            redacted.others.append(json.dumps(message, ensure_ascii=False).encode())
            for name in ["body", "headers"]:
                redacted.others.append(json.dumps(message.get(name)).encode())
    # Base64 was looked into above; its digits spell words by chance.
    streams = [re.sub(rb'"bytes":"[A-Za-z0-9+/=]*"', b"", one) for one in redacted.streams.values()]
    everything = b"\n".join([*redacted.others, *streams]).decode("utf-8", "replace")
    # The names of the trace's own members are no secrets, nor what the header of a recording says of itself.
    own = source.settings | {name for messages in source.messages.values() for message in messages for name in message}
    allowed = {"bedrock-2023-05-31"}
    allowed |= {word for name in protocol_words() | own for word in WORD.findall(name.lower())} | kept
    found_words = set(WORD.findall(everything.lower()))
    found_identifiers = identifiers(everything)
    words = {one for one in secrets if WORD.fullmatch(one)}
    leaks = sorted((words & found_words) - allowed)
    leaks += sorted((secrets - words) & found_identifiers - allowed)
    leaks += sorted(one for one in names if one in everything)
    print(json.dumps({
        "messages": compared, "secrets": len(secrets | names), "leaks": leaks, "problems": problems[:20],
        "accounts_of_redaction": redacted.accounts,
    }))


main()
