"""Opens exported Parquet files with pyarrow and DuckDB and prints their types, and group medians made by SQL, as JSON."""
import json
import sys

import duckdb
import pyarrow.parquet

requests, events = sys.argv[1:3]


def types(path):
    file = pyarrow.parquet.ParquetFile(path)
    nulls = {}
    for group in range(file.metadata.num_row_groups):
        row_group = file.metadata.row_group(group)
        for column in range(row_group.num_columns):
            chunk = row_group.column(column)
            nulls[chunk.path_in_schema] = nulls.get(chunk.path_in_schema, 0) + chunk.statistics.null_count
    table = file.read()
    assert nulls == {name: table[name].null_count for name in table.column_names}
    return {field.name: str(field.type) for field in file.schema_arrow}


def rows(query):
    result = duckdb.sql(query)
    return [dict(zip(result.columns, row)) for row in result.fetchall()]


with open(requests, "rb") as file:
    assert file.read(4) == b"PAR1"
summary = rows(f"""
    SELECT model, region, latency, count(ttft_ms) AS n, median(ttft_ms) AS ttft_p50,
           quantile_cont(otps, 0.9) AS otps_p90, min(e2e_ms) AS e2e_min
    FROM '{requests}' WHERE outcome = 'ok' AND NOT warmup GROUP BY ALL ORDER BY ALL""")
totals = rows(f"""
    SELECT count(*) AS requests, count(*) FILTER (error_code = 'ThrottlingException') AS throttled,
           count(*) FILTER (ttft_ms = 0) AS zeros, count(*) - count(ttft_ms) AS missing,
           max(abs(epoch_ns(start_time) - dispatched_ns)) AS largest_cut_ns
    FROM '{requests}'""")[0]
totals["events"] = rows(f"SELECT count(*) AS n FROM '{events}'")[0]["n"]
# The first content delta of each request, found again in the events.
totals["first_tokens"] = rows(f"""
    SELECT count(*) AS n FROM (SELECT request_id, attempt, min(stamp_ns) AS first FROM '{events}'
    WHERE text_bytes > 0 GROUP BY ALL) JOIN '{requests}' USING (request_id, attempt)
    WHERE connection = 'reused' AND abs(first / 1e6 - ttft_ms) < 1e-6""")[0]["n"]
# Each text of a ConverseStream answer, read out of the payload, as long as its row says.
texts = rows(f"SELECT payload, text_bytes FROM '{events}' WHERE kind = 'text' AND event_type = 'contentBlockDelta'")
totals["texts"] = len(texts)
totals["texts_in_payloads"] = sum(
    len(json.loads(row["payload"])["delta"]["text"].encode()) == row["text_bytes"] for row in texts)
described = {row["column_name"]: row["column_type"] for row in rows(f"DESCRIBE SELECT * FROM '{requests}'")}
print(json.dumps({
    "requests": types(requests), "events": types(events), "duckdb": described, "groups": summary, "totals": totals}))
