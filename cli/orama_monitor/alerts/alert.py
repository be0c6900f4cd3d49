"""What an alert is."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

CLUSTER = "cluster"


class Severity(StrEnum):
    """How bad it is, worst first."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}
Key = tuple[str, str, tuple[str, ...]]


class Cause(BaseModel):
    """The root alert that explains another one, by its code, node and ``about``."""

    code: str
    node: str
    about: list[str] = []

    @property
    def key(self) -> Key:
        return self.code, self.node, tuple(self.about)


class Alert(BaseModel):
    """Something an operator should know. ``node`` is a configured host or ``cluster``; without ``cause``, a root.

    ``about`` is what the alert speaks of, as far as it isn't the node itself: a unit, a collector, a namespace, the
    hosts at the other end. Code, node and ``about`` tell an alert from all others that stand at the same time, and
    stay the same from one collection to the next while the figures in the message change.
    """

    model_config = ConfigDict(extra="ignore")

    code: str
    severity: Severity
    subsystem: str
    node: str
    message: str
    hint: str
    about: list[str] = []
    cause: Cause | None = None
    muted: bool = False
    mute_reason: str | None = None

    @property
    def is_root(self) -> bool:
        return self.cause is None

    @property
    def key(self) -> Key:
        """What the ``cause`` of this alert's consequences refers to."""
        return self.code, self.node, tuple(self.about)


def may_be_one(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two alerts of a code and a node, about these, may be the same one at two moments.

    What it is about may grow and shrink, and not be known for a while.
    """
    one, other = set(one), set(other)
    return not one or not other or not one.isdisjoint(other)


def standing(alerts: Iterable[Alert], least: Severity = Severity.INFO) -> list[Alert]:
    """The alerts that count: as severe as ``least``, and neither muted nor explained by a muted one."""
    found = list(alerts)
    muted = {alert.key for alert in found if alert.muted}
    return [
        alert
        for alert in found
        if not alert.muted and not (alert.cause and alert.cause.key in muted) and alert.severity.rank <= least.rank
    ]
