"""What ``docs/record`` recorded from the lab: all well, a few faults, and how it came from one to the other."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

from orama_monitor.saved_report import parse
from orama_monitor.snapshot import Snapshot

FOLDER = Path(__file__).with_name("recorded")
HEALTHY = FOLDER / "healthy.json"
FAULTY = FOLDER / "faulty.json"
WATCH = FOLDER / "watch.jsonl.gz"
INTERVAL = 20.0


def keep_watch(reports: Sequence[str]) -> None:
    """Keep reports that were taken one after the other, a line each."""
    lines = [json.dumps(json.loads(report), separators=(",", ":")) for report in reports]
    WATCH.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))


def watch() -> list[Snapshot]:
    """The snapshots of those reports."""
    lines = gzip.decompress(WATCH.read_bytes()).decode().splitlines()
    return [parse(line, f"{WATCH.name}, line {number}") for number, line in enumerate(lines, start=1)]


def faulty() -> Snapshot:
    return parse(FAULTY.read_text(encoding="utf-8"), FAULTY.name)


def healthy() -> Snapshot:
    return parse(HEALTHY.read_text(encoding="utf-8"), HEALTHY.name)
