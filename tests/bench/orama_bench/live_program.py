"""The live view as a program over a hundred nodes, one of which hangs: live_program.py NODES HANGS"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

from orama_monitor.alerts.policy import Policy
from orama_monitor.live.app import LiveApp, run
from orama_monitor.live.clock import SystemClock
from orama_monitor.live.refresh import Asked
from orama_monitor.live.watch import Watch
from orama_monitor.snapshot import ConfiguredNode, NodeResult, Snapshot, now
from tests.unit.clusters import healthy

APART = 0.03  # s between two answers: about what a controller of two cores takes in
INTERVAL = 5.0


class Nodes:
    """Answers one after the other, each as text that has to be read and checked; the last one after ``hangs`` s."""

    environment = "bench"

    def __init__(self, count: int, hangs: float) -> None:
        snapshot = healthy(count)
        self.hangs = hangs
        self.configured: list[ConfiguredNode] = snapshot.configured
        self.answers = [node.model_dump_json() for node in snapshot.nodes]

    def prepare(self) -> Asked:
        return Asked(self.configured, [node.host for node in self.configured])

    def collect(self, on_result: Callable[[NodeResult], None], stop: threading.Event) -> Snapshot:
        began, at = time.monotonic(), now()
        results: list[NodeResult] = []
        for number, answer in enumerate(self.answers, start=1):
            due = self.hangs if number == len(self.answers) else number * APART
            if stop.wait(max(0.0, began + due - time.monotonic())):
                break
            results.append(NodeResult.model_validate_json(answer))
            on_result(results[-1])
        return Snapshot(
            environment=self.environment,
            collected_at=at,
            duration_seconds=time.monotonic() - began,
            configured=self.configured,
            nodes=results,
        )


if __name__ == "__main__":
    run(LiveApp(Watch(Nodes(int(sys.argv[1]), float(sys.argv[2])), Policy(), INTERVAL, SystemClock())))
