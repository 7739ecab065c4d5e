"""Writes a trace anew with PyPI mcap: rewrite_trace.py SOURCE TARGET lz4|zstd|none indexed|unindexed|loose"""
import sys

from mcap.reader import make_reader
from mcap.writer import CompressionType, IndexType, Writer

source, target, compression, shape = sys.argv[1:]
indexes = IndexType.ALL if shape == "indexed" else IndexType.NONE
with open(source, "rb") as input, open(target, "wb") as output:
    reader = make_reader(input, validate_crcs=True)
    writer = Writer(
        output,
        compression={"lz4": CompressionType.LZ4, "zstd": CompressionType.ZSTD, "none": CompressionType.NONE}[compression],
        index_types=indexes,
        use_chunking=shape != "loose",
        use_statistics=shape == "indexed",
        use_summary_offsets=shape == "indexed",
        repeat_channels=shape == "indexed",
        repeat_schemas=shape == "indexed",
    )
    writer.start(library="another tool")
    for metadata in reader.iter_metadata():
        writer.add_metadata(metadata.name, metadata.metadata)
    # Another tool numbers schemas and channels as it likes.
    numbers = {}
    for schema, channel, message in reader.iter_messages(log_time_order=False):
        if channel.id not in numbers:
            registered = writer.register_schema(name=schema.name, encoding=schema.encoding, data=schema.data)
            numbers[channel.id] = writer.register_channel(
                topic=channel.topic, message_encoding=channel.message_encoding, schema_id=registered
            )
        writer.add_message(
            numbers[channel.id], message.log_time, message.data, message.publish_time, message.sequence
        )
    writer.finish()
