"""Alerts as an operator wants them: what is really wrong first, what follows from it folded under it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from orama_monitor.alerts.alert import Alert, Key, Severity


@dataclass(slots=True)
class Root:
    """An alert that nothing explains, and everything that it explains, directly or not."""

    alert: Alert
    consequences: list[Alert] = field(default_factory=list)

    @property
    def worst(self) -> Severity:
        """The worst severity in this root and its unmuted consequences."""
        heard = [alert.severity for alert in self.consequences if not alert.muted]
        return min([self.alert.severity, *heard], key=lambda severity: severity.rank)


@dataclass(slots=True)
class Group:
    """Roots of one code, severity and hint: told together."""

    code: str
    severity: Severity
    hint: str
    roots: list[Root] = field(default_factory=list)

    @property
    def nodes(self) -> list[str]:
        return list(dict.fromkeys(root.alert.node for root in self.roots))


@dataclass(slots=True)
class Folded:
    """All alerts: the roots that stand, and the roots somebody muted."""

    roots: list[Root]
    muted: list[Root]

    @property
    def consequences(self) -> int:
        return sum(len(root.consequences) for root in self.roots)


def fold(alerts: Sequence[Alert], least: Severity | None = None) -> Folded:
    """The roots among ``alerts``, worst first; with ``least``, only those where something is as severe.

    An alert whose cause is not there stands for itself.
    """
    by_key: dict[Key, Alert] = {}
    for alert in alerts:
        by_key.setdefault(alert.key, alert)
    roots: dict[int, Root] = {}
    for alert in alerts:
        origin = _origin(alert, by_key)
        root = roots.setdefault(id(origin), Root(origin))
        if origin is not alert:
            root.consequences.append(alert)
    ordered = sorted(roots.values(), key=_order)
    chosen = [root for root in ordered if least is None or root.worst.rank <= least.rank]
    return Folded(
        roots=[root for root in chosen if not root.alert.muted],
        muted=[root for root in chosen if root.alert.muted],
    )


def _order(root: Root) -> tuple[int, int, str, str]:
    return root.alert.severity.rank, -len(root.consequences), root.alert.code, root.alert.node


def _origin(alert: Alert, by_key: dict[Key, Alert]) -> Alert:
    """Where the chain of causes of ``alert`` begins; a circle has no beginning, so the alert itself."""
    seen = {id(alert)}
    current = alert
    while current.cause is not None:
        cause = by_key.get(current.cause.key)
        if cause is None:
            return current
        if id(cause) in seen:
            return alert
        seen.add(id(cause))
        current = cause
    return current


def group(roots: Iterable[Root]) -> list[Group]:
    """Roots that say the same of several nodes, together and in order."""
    groups: dict[tuple[str, Severity, str], Group] = {}
    for root in roots:
        key = (root.alert.code, root.alert.severity, root.alert.hint)
        groups.setdefault(key, Group(*key)).roots.append(root)
    return list(groups.values())
