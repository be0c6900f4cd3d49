"""The live view as a program, over fake nodes and the real clock: program.py {screen|plain} FILE [HELD_HOST …]"""

from __future__ import annotations

import sys
from pathlib import Path

from orama_monitor.alerts.policy import Policy
from orama_monitor.live import plain
from orama_monitor.live.app import LiveApp, run
from orama_monitor.live.clock import SystemClock
from orama_monitor.live.watch import Watch
from tests.unit.clusters import healthy
from tests.unit.live.fakes import FakeNodes


def main(kind: str, said: str, *held: str) -> None:
    nodes = FakeNodes(healthy())
    nodes.held = set(held)
    watch = Watch(nodes, Policy(), 0.2, SystemClock())
    if kind == "plain":
        plain.run(watch)
    else:
        run(LiveApp(watch))
    Path(said).write_text(f"stopped: {nodes.was_stopped}, running: {nodes.is_running}")


if __name__ == "__main__":
    main(*sys.argv[1:])
