"""Saved snapshots, one after the other, as if they had just been collected."""

from __future__ import annotations

from collections.abc import Set

from orama_monitor.alerts.policy import Policy
from orama_monitor.cluster_report import ClusterReport, assess
from orama_monitor.live.history import History
from orama_monitor.live.progress import Progress
from orama_monitor.live.progress import Replay as Place
from orama_monitor.live.state import Found, State
from orama_monitor.snapshot import Snapshot


class Replay:
    """``shown`` takes long and belongs in a thread, one call at a time. Of all that is judged, ``hosts`` are shown."""

    def __init__(self, snapshots: list[Snapshot], policy: Policy, hosts: Set[str] | None = None) -> None:
        self.snapshots = sorted(snapshots, key=lambda snapshot: snapshot.collected_at)
        self.policy = policy
        self.hosts = hosts
        self.at = 0
        self.state = State()
        self._histories: list[History] = []

    @property
    def snapshot(self) -> Snapshot:
        return self.snapshots[self.at]

    def step(self, steps: int) -> bool:
        """Go to an earlier or later one, if there is one."""
        at = min(len(self.snapshots) - 1, max(0, self.at + steps))
        moved, self.at = at != self.at, at
        return moved

    def shown(self, at: int) -> tuple[ClusterReport, History]:
        """A snapshot judged by the policy, and the history up to it."""
        histories = self._histories  # first: another policy begins other histories
        policy = self.policy
        report = self._judged(at, policy)
        while len(histories) <= at:
            before = histories[-1] if histories else History()
            number = len(histories)
            histories.append(before.add(report if number == at else self._judged(number, policy)))
        return report, histories[at]

    def _judged(self, at: int, policy: Policy) -> ClusterReport:
        return assess(self.snapshots[at], policy, self.hosts)

    def adopt(self, policy: Policy) -> None:
        """From now on judge by ``policy``, the past too."""
        self.policy = policy
        self._histories = []

    @property
    def progress(self) -> Progress:
        return Progress(
            environment=self.snapshot.environment,
            replay=Place(self.at + 1, len(self.snapshots), self.snapshot.collected_at),
            search=self.state.search,
            found=self.state.found if self.state.search else Found(),
        )
