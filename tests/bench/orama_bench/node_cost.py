"""What a collection costs the node it asks."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ansible_collections.orama.monitor.plugins.plugin_utils.pack import MARK, packed
from orama_bench.table import Line
from orama_lab import Lab
from orama_lab.machine import Machine
from orama_lab.topology import ENVIRONMENT

BIN = Path(sys.executable).parent
TIMES = 10


def node_lines(lab: Lab) -> list[Line]:
    """CPU on a node, ours over the bare program; and how long the collection takes there by its own account."""
    node = lab.nodes[0]
    words = ["monitor", "report", "--env", ENVIRONMENT, "--config", str(lab.conf), "--node", node.address]
    ours = lab.control([str(BIN / "orama"), *words])
    machine = lab.site.machine(node)
    took: list[float] = []

    def run_bare() -> None:
        done = subprocess.run(
            [*_inside(machine), "python3", "-I", "-"], input=packed({}), capture_output=True, check=True
        )
        took.append(json.loads(done.stdout.decode().rpartition(MARK)[2])["collect_ms"])

    def run_ours() -> None:
        subprocess.run(ours, capture_output=True, check=True)

    run_ours()
    costs = {"ours": _cpu(machine, run_ours), "bare": _cpu(machine, run_bare)}
    return [
        Line(
            "CPU on the node, ours ÷ the packed collectors with bare python3",
            2.0,
            round(costs["ours"] / costs["bare"], 2),
        ),
        Line(f"collect_ms on a healthy node of {len(lab.nodes)}, median", 250, statistics.median(took), " ms"),
    ]


def _inside(machine: Machine) -> list[str]:
    """The words that run a program in the node and let the node pay for it."""
    return ["sh", "-c", f'echo 0 >"{machine.cgroup}/cgroup.procs" && exec "$@"', "inside", *machine.enter()]


def _cpu(machine: Machine, work: Callable[[], None]) -> float:
    """CPU seconds the node spends on one ``work``, without what its services spend anyway in that time."""
    began, used = time.monotonic(), machine.cpu_seconds
    for _time in range(TIMES):
        work()
    busy, spent = time.monotonic() - began, machine.cpu_seconds - used
    began, used = time.monotonic(), machine.cpu_seconds
    time.sleep(busy)
    idle = (machine.cpu_seconds - used) / (time.monotonic() - began)
    return (spent - idle * busy) / TIMES
