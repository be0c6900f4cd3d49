"""How long a snapshot of many nodes takes to judge: ``python tests/bench/judge.py [NODES]``.

Three snapshots: healthy, with one node dead, and with every second link of the mesh stale.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "cli")]

from orama_monitor.alerts import judge  # noqa: E402
from orama_monitor.snapshot import Snapshot  # noqa: E402
from tests.unit.clusters import healthy  # noqa: E402

ROUNDS = 5


def nothing(snapshot: Snapshot) -> None:
    """A healthy cluster."""


def one_dead(snapshot: Snapshot) -> None:
    """One node dead for minutes, missed by all others."""
    dead = snapshot.nodes[3]
    dead.report, dead.failure, dead.error = None, "unreachable", "timed out"
    for node in snapshot.nodes:
        if node.report and node.report.wireguard:
            for peer in node.report.wireguard.peers or []:
                if peer.endpoint == f"{dead.host}:51820":
                    peer.handshake_age_sec = 400


def half_stale(snapshot: Snapshot) -> None:
    """Every second link of the mesh stale."""
    for index, node in enumerate(snapshot.nodes):
        if node.report and node.report.wireguard:
            for peer in (node.report.wireguard.peers or [])[index % 2 :: 2]:
                peer.handshake_age_sec = 400


def measure(nodes: int, change: Callable[[Snapshot], None]) -> tuple[float, float, int]:
    """Best CPU and wall time of a few rounds in seconds, and the number of alerts."""
    snapshot = healthy(nodes)
    change(snapshot)
    cpu, wall, alerts = [], [], 0
    for _round in range(ROUNDS):
        began, began_cpu = time.perf_counter(), time.process_time()
        alerts = len(judge(snapshot))
        cpu.append(time.process_time() - began_cpu)
        wall.append(time.perf_counter() - began)
    return min(cpu), min(wall), alerts


def main() -> None:
    nodes = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for change in (nothing, one_dead, half_stale):
        cpu, wall, alerts = measure(nodes, change)
        print(f"{nodes} nodes, {change.__doc__} {alerts} alerts, {cpu:.3f} s of CPU, {wall:.3f} s")


if __name__ == "__main__":
    main()
