"""Opens a trace with PyPI mcap, every checksum on, and prints its message counts by topic as JSON."""
import collections
import json
import sys

from mcap.reader import make_reader
from mcap.stream_reader import StreamReader
from mcap.records import Message

indexed, streamed = collections.Counter(), collections.Counter()
with open(sys.argv[1], "rb") as file:
    reader = make_reader(file, validate_crcs=True)
    for schema, channel, message in reader.iter_messages():
        indexed[channel.topic] += 1
    statistics = reader.get_summary().statistics
    topics = {channel.id: channel.topic for channel in reader.get_summary().channels.values()}
with open(sys.argv[1], "rb") as file:
    for record in StreamReader(file, validate_crcs=True).records:
        if isinstance(record, Message):
            streamed[topics[record.channel_id]] += 1
stated = {topics[channel]: count for channel, count in statistics.channel_message_counts.items() if count}
print(json.dumps({"indexed": indexed, "streamed": streamed, "stated": stated}, sort_keys=True))
