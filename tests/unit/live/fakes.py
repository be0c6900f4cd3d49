"""A clock that a test turns, nodes that answer when a test lets them, and alerts that do not depend on the rules."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from orama_monitor.alerts.alert import CLUSTER, Alert, Cause, Severity
from orama_monitor.alerts.policy import Policy
from orama_monitor.alerts.rule import Rule
from orama_monitor.errors import MonitorError
from orama_monitor.live.refresh import Asked
from orama_monitor.snapshot import NodeResult, Snapshot
from tests.unit.clusters import BEGAN, healthy, host

WAIT = 10.0


class FakeClock:
    """Stands still until it is turned."""

    def __init__(self, at: datetime = BEGAN) -> None:
        self.at = at
        self.seconds = 1000.0

    def now(self) -> datetime:
        return self.at

    def elapsed(self) -> float:
        return self.seconds

    def turn(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.seconds += seconds


class FakeNodes:
    """Answers with ``snapshot``, collected when the clock says; the nodes in ``held`` only once ``release``d."""

    def __init__(self, snapshot: Snapshot | None = None, clock: FakeClock | None = None) -> None:
        self.snapshot = snapshot or healthy()
        self.clock = clock or FakeClock()
        self.held: set[str] = set()
        self.trouble: str | None = None
        self.conf_trouble: str | None = None
        self.collections = 0
        self.was_stopped = False
        self.is_running = False
        self._changed = threading.Condition()

    @property
    def environment(self) -> str:
        return self.snapshot.environment

    def prepare(self) -> Asked:
        self.collections += 1
        if self.conf_trouble:
            raise MonitorError(self.conf_trouble)
        return Asked(self.snapshot.configured, [node.host for node in self.snapshot.nodes])

    def collect(self, on_result: Callable[[NodeResult], None], stop: threading.Event) -> Snapshot:
        self.is_running = True
        try:
            if self.trouble:
                raise MonitorError(self.trouble)
            snapshot = self.snapshot.model_copy(deep=True, update={"collected_at": self.clock.now()})
            for node in sorted(snapshot.nodes, key=lambda node: node.host in self.held):
                while node.host in self.held and not stop.is_set():
                    with self._changed:
                        self._changed.wait(0.01)
                if stop.is_set():
                    self.was_stopped = True
                    return snapshot.model_copy(update={"partial": True})
                on_result(node)
            return snapshot
        finally:
            self.is_running = False

    def release(self, *hosts: str) -> None:
        with self._changed:
            self.held -= set(hosts) or set(self.held)
            self._changed.notify_all()


def alert(
    code: str = "MEMORY_HIGH",
    node: str = "198.18.0.12",
    message: str = "memory 93 % in use",
    severity: Severity = Severity.WARNING,
    cause: Cause | None = None,
    muted: bool = False,
    about: tuple[str, ...] = (),
) -> Alert:
    return Alert(
        code=code,
        severity=severity,
        subsystem="system",
        node=node,
        message=message,
        hint=f"look at {node}",
        about=list(about),
        cause=cause,
        muted=muted,
    )


def few_rules(snapshot: Snapshot, policy: Policy, rules: Iterable[Rule] | None = None) -> list[Alert]:
    """Three rules in place of all, so that pictures do not change with the words of the real ones."""
    found = []
    for node in snapshot.nodes:
        system = node.report.system if node.report else None
        if node.report is None:
            message = f"no answer over SSH: {node.error}"
            found.append(alert("NODE_UNREACHABLE", node.host, message, Severity.CRITICAL))
        elif system and (system.mem_use_pct or 0) > 90:
            found.append(alert("MEMORY_HIGH", node.host, f"memory {system.mem_use_pct} % in use"))
    lost = [item.node for item in found if item.code == "NODE_UNREACHABLE"]
    if lost:
        cause = Cause(code="NODE_UNREACHABLE", node=lost[0])
        found.append(alert("RQLITE_QUORUM_THIN", CLUSTER, f"{len(lost)} of 5 voters away", cause=cause))
    return sorted(found, key=lambda item: (not item.is_root, item.severity.rank, item.code, item.node))


def with_memory(percent: int, index: int = 1, nodes: int = 5) -> Snapshot:
    """A healthy cluster but for one node's memory."""
    snapshot = healthy(nodes)
    node = next(node for node in snapshot.nodes if node.host == host(index))
    assert node.report is not None and node.report.system is not None
    node.report.system.mem_use_pct = percent
    return snapshot
