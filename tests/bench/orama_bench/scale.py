"""A saved report: loaded, judged and rendered in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from orama_bench.measure import Subject, interleaved, median, median_cpu, own_path
from orama_bench.table import Line
from orama_monitor.cluster_report import assess
from tests.unit.clusters import healthy

BIN = Path(sys.executable).parent
NODES = 1000
ROUNDS = 5
JSON_ALONE = "import sys, pydantic_core; pydantic_core.from_json(open(sys.argv[1], 'rb').read())"
READING_ALONE = "import sys, orama_monitor.saved_report as saved; saved.load(sys.argv[1:])"


def snapshot_lines() -> list[Line]:
    """Wall seconds and memory of ``orama monitor cluster --from`` on a saved report of 1,000 nodes."""
    with tempfile.TemporaryDirectory(prefix="orama-bench-") as directory:
        saved, log = Path(directory) / "saved.json", Path(directory) / "log"
        _save(NODES, saved)
        ours = Subject("cluster --from", [str(BIN / "orama"), "monitor", "cluster", "--from", str(saved)])
        parsing = Subject("its JSON alone", [sys.executable, "-c", JSON_ALONE, str(saved)])
        reading = Subject("every field checked", [sys.executable, "-c", READING_ALONE, str(saved)], own_path())
        costs = interleaved([ours, parsing, reading], ROUNDS, log)
        size = saved.stat().st_size / 2**20
    whole, parsed, read = (median(costs[subject.name]) for subject in (ours, parsing, reading))
    time = (
        f"to parse its {size:.0f} MiB of JSON takes {parsed.wall:.2f} s, and {read.wall:.2f} s with every field checked"
    )
    memory = f"a Python that only parses its {size:.0f} MiB of JSON takes {parsed.memory:.0f} MiB"
    return [
        Line(f"{NODES} nodes: load, judge, render", 1.5, round(whole.wall, 2), " s", time),
        Line(f"{NODES} nodes: peak memory", 300, round(whole.memory), " MiB", memory),
    ]


def report_s(nodes: int) -> float:
    """CPU seconds of ``orama monitor report --from`` on a saved report of so many nodes."""
    with tempfile.TemporaryDirectory(prefix="orama-bench-") as directory:
        saved, log = Path(directory) / "saved.json", Path(directory) / "log"
        _save(nodes, saved)
        ours = Subject("report --from", [str(BIN / "orama"), "monitor", "report", "--from", str(saved)])
        return median_cpu(ours, log)


def _save(nodes: int, saved: Path) -> None:
    """Write a report of so many nodes, in a process of its own: what is started from a large one passes for large."""
    subprocess.run([sys.executable, __file__, str(nodes), str(saved)], check=True, env=own_path())


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(assess(healthy(int(sys.argv[1]))).to_json())
