"""A snapshot of 1,000 nodes: loaded, judged and rendered in a process of its own."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from orama_bench.measure import Subject, own_path, run
from orama_bench.table import Line
from orama_monitor.cluster_report import assess
from tests.unit.clusters import healthy

BIN = Path(sys.executable).parent
NODES = 1000
ROUNDS = 5


def snapshot_lines() -> list[Line]:
    """CPU seconds and memory of ``orama monitor cluster --from`` on a saved report of 1,000 nodes."""
    with tempfile.TemporaryDirectory(prefix="orama-bench-") as directory:
        saved = Path(directory) / "saved.json"
        # In a process of its own: what is started from a large one passes for large itself.
        subprocess.run([sys.executable, __file__, str(saved)], check=True, env=own_path())
        subject = Subject("cluster --from", [str(BIN / "orama"), "monitor", "cluster", "--from", str(saved)])
        costs = [run(subject, Path(directory) / "log") for _round in range(ROUNDS)]
    wall = statistics.median(cost.wall for cost in costs)
    memory = statistics.median(cost.memory for cost in costs)
    return [
        Line(f"{NODES} nodes: load, judge, render", 1.5, round(wall, 2), " s"),
        Line(f"{NODES} nodes: peak memory", 300, round(memory), " MiB"),
    ]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(assess(healthy(NODES)).to_json())
