"""The figures of the fidelity benchmark as the tables of a Markdown page.

What stands between the two marks of the page is replaced; the rest of the page stays as it is.

    Benchmarks/fidelity/page.py fidelity.json docs/accuracy.md    # from figures that were kept
"""

import json
import sys
from pathlib import Path

BEGIN = "<!-- figures: begin, made by Benchmarks/fidelity/run -->"
END = "<!-- figures: end -->"

NAMES = {
    "recorder": "recorder, kernel stamp",
    "callback": "recorder, callback stamp",
    "recorder-ordinary": "recorder without real-time priority, kernel stamp",
    "callback-ordinary": "recorder without real-time priority, callback stamp",
    "boto3": "boto3, a thread a stream",
    "llmeter": "LLMeter",
}


def rewrite(path: Path, document: dict) -> None:
    """Replaces the tables of the page."""
    text = path.read_text()
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise SystemExit(f"{path}: expected the lines '{BEGIN}' and '{END}' once each")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    path.write_text(before + BEGIN + "\n" + tables(document) + END + after)


def tables(document: dict) -> str:
    host = document["host"]
    lines = [
        "",
        f"Median of {document['repeats']} runs a cell; {host['cores']} cores ({host['processor']}), Linux {host['kernel']}, "
        f"Python {host['python']}. p50 / p99 in µs; for gaps the absolute error.",
        "",
        "| load | who stamps | event | TTFT | gap between deltas |",
        "| --- | --- | --- | --- | --- |",
    ]
    for cell in document["cells"]:
        load = f"{cell['streams']} × {cell['events_per_s']}/s, " + ("TLS" if cell["tls"] else "plain")
        if cell["hogs"]:
            load += f", {cell['hogs']} CPU hogs"
        if cell["name"].endswith("-cold"):
            load += ", every connection cold"
        for tool, figures in cell["median"].items():
            if "event_us" not in figures:
                continue
            columns = [figure(figures[key]) for key in ("event_us", "ttft_us", "itl_us")]
            lines.append(f"| {load} | {NAMES.get(tool, tool)} | {' | '.join(columns)} |")
            load = ""
    lines += ratios(document) + costs(document)
    return "\n".join(lines) + "\n"


def ratios(document: dict) -> list[str]:
    rows = []
    for cell in document["cells"]:
        for peer, values in cell["ratios_p99"].items():
            columns = [f"{values[key]:,.0f}×" if values.get(key) else "–" for key in ("event_us", "ttft_us", "itl_us")]
            rows.append(f"| {cell['name']} | {NAMES[peer]} | {' | '.join(columns)} |")
    if not rows:
        return []
    head = "How many times larger the peer's p99 is than that of the kernel stamp, in the same run:"
    return ["", head, "", "| cell | peer | event | TTFT | gap |", "| --- | --- | --- | --- | --- |"] + rows


def costs(document: dict) -> list[str]:
    rows = []
    for cell in document["cells"]:
        quality = cell["median"].get("recorder", {}).get("quality")
        if quality:
            bare = cell["median"].get("bare", {}).get("quality", {}).get("steady_us_per_chunk")
            own = quality["steady_us_per_chunk"]
            rows.append(
                f"| {cell['name']} | {quality['most_chunks_per_second'] or 0:,.0f} "
                f"| {quality['capture_thread_us_per_chunk']:.1f} | {number(own)} "
                f"| {number(bare)} | {f'{own / bare:.2f}×' if own and bare else '–'} "
                f"| {quality['highest_ring_share'] * 100:.1f} % "
                f"| {quality['pauses']:.0f} |"
            )
    head = (
        "What the capture thread had to do and what it cost: its processor time over the chunks of the whole run, its "
        "beginning with all connections to be made included, and of the seconds at the run's pace alone. Beside it what "
        "libcurl, TLS and the kernel cost by themselves at that pace, in a C loop that keeps nothing:"
    )
    table = [
        "| cell | most chunks a second | µs a chunk | at pace | libcurl alone | ratio | ring at most | pauses |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    return ["", head, ""] + table + rows if rows else []


def figure(distribution: dict | None) -> str:
    if distribution is None:
        return "–"
    return f"{number(distribution['p50'])} / {number(distribution['p99'])}"


def number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    rewrite(Path(sys.argv[2]), json.loads(Path(sys.argv[1]).read_text()))
