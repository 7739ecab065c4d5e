"""Prints one JSON line per answer of a trace: who was asked, and when each chunk arrived. Needs `pip install mcap`."""
import json
import sys
from mcap.reader import make_reader

def varint(data, at):
    end = at
    while data[end] > 127:
        end += 1
    return sum((data[i] & 127) << 7 * (i - at) for i in range(at, end + 1)), end + 1

def batch(data):  # a protobuf message: numbers by field, packed columns as lists, field 9 as bytes
    fields, at = {}, 0
    while at < len(data):
        key, at = varint(data, at)
        value, at = varint(data, at)
        if key & 7 == 2:
            column, end = data[at:at + value], at + value
            value, at = (column, end) if key >> 3 == 9 else ([], at)
            while at < end:
                one, at = varint(data, at)
                value.append(one)
        fields[key >> 3] = value
    return fields

answers = {}
with open(sys.argv[1], "rb") as file:
    for _, channel, message in make_reader(file, validate_crcs=True).iter_messages(log_time_order=False):
        if channel.topic == "/request":
            request = json.loads(message.data)
            answers[request["request_id"]] = {"model": request["model"], "bytes": 0, "stamps_ns": []}
        elif channel.topic == "/chunks":
            fields, stamp = batch(message.data), message.publish_time
            for step in fields[4]:
                stamp += (step >> 1) ^ -(step & 1)  # zigzag
                answers[fields[1]]["stamps_ns"].append(stamp)
            answers[fields[1]]["bytes"] += len(fields[9])
for number, answer in sorted(answers.items()):
    print(json.dumps({"request_id": number, **answer}))
