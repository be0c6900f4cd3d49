"""Saved snapshots, one after the other, as if they had just been collected."""

from __future__ import annotations

from orama_monitor.alerts.policy import Policy
from orama_monitor.cluster_report import ClusterReport, assess
from orama_monitor.live.history import History
from orama_monitor.live.progress import Progress
from orama_monitor.live.progress import Replay as Place
from orama_monitor.live.state import Found, State
from orama_monitor.snapshot import Snapshot


class Replay:
    """``shown`` takes long and belongs in a thread, one call at a time."""

    def __init__(self, snapshots: list[Snapshot], policy: Policy) -> None:
        self.snapshots = sorted(snapshots, key=lambda snapshot: snapshot.collected_at)
        self.policy = policy
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
        report = assess(self.snapshots[at], self.policy)
        while len(self._histories) <= at:
            before = self._histories[-1] if self._histories else History()
            number = len(self._histories)
            self._histories.append(before.add(report if number == at else assess(self.snapshots[number], self.policy)))
        return report, self._histories[at]

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
