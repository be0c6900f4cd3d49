"""What the screens show, as one value that never changes, and how old it is. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from orama_monitor.live.history import Change, History
from orama_monitor.live.unknown import why_unknown
from orama_monitor.views.amounts import seconds
from orama_monitor.views.folding import fold
from orama_monitor.views.text import clean

if TYPE_CHECKING:
    from orama_monitor.alerts.alert import Alert
    from orama_monitor.cluster_report import ClusterReport, JudgedNode

STALE_AFTER_INTERVALS = 2


@dataclass(frozen=True, slots=True)
class NodeKey:
    """A line that stands for a node."""

    host: str


@dataclass(frozen=True, slots=True)
class AlertKey:
    """A line that stands for an alert, or with ``is_gone`` for one that was resolved.

    The message is the last that was known: its figures change while the alert stays the same.
    """

    code: str
    node: str
    about: tuple[str, ...]
    message: str = field(compare=False)
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a search finds, and of how much."""

    nodes: int = 0
    all_nodes: int = 0
    alerts: int = 0
    all_alerts: int = 0


@dataclass(frozen=True)
class State:
    """``report`` is what is shown: the last complete one, with the answers of a running collection laid over it.

    What the search finds in it is worked out once: it is asked for several times a second.
    """

    report: ClusterReport | None = None
    history: History = field(default_factory=History)
    search: str = ""

    @cached_property
    def found_nodes(self) -> list[JudgedNode]:
        """The nodes that the search finds, all without one."""
        if self.report is None:
            return []
        return [node for node in self.report.nodes if self.finds_words(_words_of_node(node))]

    @cached_property
    def found_report(self) -> ClusterReport:
        """The report with only the nodes that the search finds, and the alerts that it finds or that stand on these."""
        assert self.report is not None
        if not self.search:
            return self.report
        hosts = {node.host for node in self.found_nodes}
        folded = fold(self.report.alerts)
        found: set[int] = set()
        for root in [*folded.roots, *folded.muted]:
            alerts = [root.alert, *root.consequences]
            if self.finds_any(alerts) or any(alert.node in hosts for alert in alerts):
                found.update(map(id, alerts))
        alerts = [alert for alert in self.report.alerts if id(alert) in found]
        return self.report.model_copy(update={"nodes": self.found_nodes, "alerts": alerts})

    @property
    def found_changes(self) -> list[Change]:
        """The changes that the search finds."""
        return [change for change in self.history.changes if self.finds_words(_words_of_change(change))]

    @cached_property
    def found(self) -> Found:
        """How much the search finds, and of how much."""
        if self.report is None:
            return Found()
        alerts = self.report.alerts
        return Found(
            len(self.found_nodes), len(self.report.nodes), sum(self.finds(alert) for alert in alerts), len(alerts)
        )

    def why_unknown(self, key: AlertKey) -> str | None:
        """Why an alert that is not in the report may stand all the same."""
        return why_unknown(self.report, key.code, key.node) if self.report else None

    def finds_any(self, alerts: Iterable[Alert]) -> bool:
        return any(self.finds(alert) for alert in alerts)

    def finds(self, alert: Alert) -> bool:
        return self.finds_words([alert.code, alert.node, alert.severity.value, alert.subsystem, alert.message])

    def finds_words(self, words: Iterable[str]) -> bool:
        """Whether every word of the search is somewhere in ``words``."""
        text = " ".join(words).casefold()
        return all(word in text for word in self.search.casefold().split())


def _words_of_change(change: Change) -> list[str]:
    return [change.kind, change.severity.value, change.code, change.node, change.message]


def _words_of_node(node: JudgedNode) -> list[str]:
    names = [node.report.hostname, node.report.version or ""] if node.report else []
    return [node.host, node.role, node.status, *(clean(name) for name in names)]


@dataclass(frozen=True, slots=True)
class Age:
    """How old the data is, in s, against the pace at which it can be had."""

    seconds: float
    pace: float

    @property
    def is_stale(self) -> bool:
        return self.seconds > STALE_AFTER_INTERVALS * self.pace

    def __str__(self) -> str:
        return seconds(max(0.0, self.seconds)) or "0s"
