"""What a tool's stamps are off by, against what the sender says of its own events.

The truth is the replayer's: the instant just before each event's write (`--ground-truth`) and the instant at which a
request was whole (`--log-file`), both CLOCK_MONOTONIC of the same host.
"""

import csv
import io
import json
import subprocess


class Truth:
    """The sender's instants by request id."""

    def __init__(self, events_path: str, log_path: str):
        self.events: dict[str, dict[int, int]] = {}
        with open(events_path) as file:
            for row in csv.DictReader(file):
                own = self.events.setdefault(row["request_id"], {})
                own[int(row["event_index"])] = int(row["monotonic_ns"])
        self.received: dict[str, int] = {}
        with open(log_path) as file:
            for line in file:
                answer = json.loads(line)
                self.received[answer["request_id"]] = answer["received_monotonic_ns"]


class Observation:
    """One answer as a tool saw it, on CLOCK_MONOTONIC."""

    def __init__(self, id: str, start_ns: float, first: int, stamps_ns: dict[int, float]):
        self.id = id
        self.start_ns = start_ns
        self.first = first
        self.stamps_ns = stamps_ns


def read_peer(path: str) -> list[Observation]:
    with open(path) as file:
        lines = [json.loads(line) for line in file]
    return [
        Observation(
            line["id"], line["start_ns"], line["first"], {int(key): value for key, value in line["stamps_ns"].items()}
        )
        for line in lines
        if line["first"] is not None
    ]


def read_trace(analyzer: str, path: str) -> tuple[list[Observation], list[Observation], dict]:
    """The answers by the trace's stamps, by its callbacks', and what the recorder measured of itself."""
    records = subprocess.run([analyzer, "cat", path], capture_output=True, check=True, timeout=120).stdout
    offset = None
    requests: dict[tuple[int, int], dict] = {}
    seconds = []
    for line in records.splitlines():
        if line.startswith(b'{"topic":"/chunks"'):
            continue
        record = json.loads(line)
        message = record["message"]
        key = (message.get("request_id", 0), message.get("attempt", 0))
        match record["topic"]:
            case "/clock" if offset is None:
                offset = message["timeline_ns"] - message["monotonic_ns"]
            case "/request":
                requests[key] = {"dispatched": message["dispatched_ns"], "warmup": message["warmup"]}
            case "/response":
                ids = [value for name, value in message["headers"] if name.lower() == "x-amzn-requestid"]
                requests[key] |= {"id": ids[0] if ids else None, "sent": message.get("sent_ns")}
            case "/quality":
                seconds.append(message)
    events = subprocess.run(
        [analyzer, "events", path, "--format", "csv"], capture_output=True, check=True, text=True, timeout=300
    ).stdout
    stamped: dict[tuple[int, int], Observation] = {}
    called: dict[tuple[int, int], Observation] = {}
    for row in csv.DictReader(io.StringIO(events)):
        key = (int(row["request_id"]), int(row["attempt"]))
        request = requests[key]
        if request["warmup"] or not request.get("id"):
            continue
        begin = request["dispatched"] - offset
        if key not in stamped:
            sent = request["sent"]
            start = (sent if sent is not None else request["dispatched"]) - offset
            stamped[key] = Observation(request["id"], start, -1, {})
            called[key] = Observation(request["id"], begin, -1, {})
        index = int(row["index"])
        stamp = begin + int(row["stamp_ns"])
        stamped[key].stamps_ns[index] = stamp
        called[key].stamps_ns[index] = stamp + int(row["callback_lag_ns"])
        if row["kind"] == "text" and stamped[key].first < 0:
            stamped[key].first = called[key].first = index
    return list(stamped.values()), list(called.values()), quality(seconds)


def quality(seconds: list[dict]) -> dict:
    chunks = sum(second["chunks"] for second in seconds)
    # Full seconds at the run's pace: without its beginning, in which connections are made, and its end.
    pace = max((second["chunks"] for second in seconds), default=0)
    steady = [second for second in seconds if second["chunks"] > 0.9 * pace]
    return {
        "steady_us_per_chunk": sum(second["processor_time_ns"] for second in steady) / 1e3
        / sum(second["chunks"] for second in steady) if pace else None,
        "chunks": chunks,
        "kernel_stamped": sum(second["kernel_stamped_chunks"] for second in seconds),
        "capture_thread_us_per_chunk": sum(second["processor_time_ns"] for second in seconds) / max(chunks, 1) / 1e3,
        "most_chunks_per_second": max(
            (second["chunks"] / second["span_ns"] * 1e9 for second in seconds if second["span_ns"] > 5e8), default=None
        ),
        "highest_ring_share": max(second["highest_ring_level"] / second["ring_capacity"] for second in seconds),
        "pauses": sum(second["pauses"] for second in seconds),
    }


def errors(observations: list[Observation], truth: Truth) -> dict:
    """Distributions of the errors in µs: of every event, of the time to the first token, of the gaps between deltas."""
    events, firsts, gaps = [], [], []
    unmatched = 0
    for one in observations:
        sent = truth.events.get(one.id)
        received = truth.received.get(one.id)
        if sent is None or received is None:
            unmatched += 1
            continue
        for index, stamp in one.stamps_ns.items():
            if index in sent:
                events.append((stamp - sent[index]) / 1e3)
        if one.first in one.stamps_ns and one.first in sent:
            own = one.stamps_ns[one.first] - one.start_ns
            firsts.append((own - (sent[one.first] - received)) / 1e3)
        for index, stamp in one.stamps_ns.items():
            if index >= one.first and index + 1 in one.stamps_ns and index + 1 in sent and index in sent:
                gap = one.stamps_ns[index + 1] - stamp
                gaps.append(abs(gap - (sent[index + 1] - sent[index])) / 1e3)
    return {
        "unmatched_requests": unmatched,
        "event_us": distribution(events),
        "ttft_us": distribution(firsts),
        "itl_us": distribution(gaps),
    }


def distribution(values: list[float]) -> dict | None:
    """Count, p50, p99 and maximum; percentiles by linear interpolation (type 7)."""
    if not values:
        return None
    values.sort()

    def quantile(share: float) -> float:
        place = share * (len(values) - 1)
        low = int(place)
        high = min(low + 1, len(values) - 1)
        return values[low] + (place - low) * (values[high] - values[low])

    return {"n": len(values), "p50": quantile(0.5), "p99": quantile(0.99), "max": values[-1]}
