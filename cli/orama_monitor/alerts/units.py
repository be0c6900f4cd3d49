"""Which of Orama's units need which: systemd stops a unit with what it needs, and starts none without."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from orama_monitor.alerts.alert import Severity
from orama_monitor.alerts.because import Because, here, unit

if TYPE_CHECKING:
    from orama_monitor.alerts.cluster import NodeView
    from orama_monitor.alerts.thresholds import Thresholds

WIREGUARD = "wg-quick@"
#: Unit -> those that it needs, in any version of Orama. ``{instance}`` stands for its own instance, a template's name
#: for whichever there is.
NEEDS: dict[str, tuple[str, ...]] = {
    "orama-node": (WIREGUARD,),
    "caddy": ("orama-node",),
    "orama-ipfs-cluster": ("orama-ipfs",),
    "orama-namespace-rqlite@*": ("orama-node",),
    "orama-namespace-olric@*": ("orama-namespace-rqlite@{instance}", "orama-node"),
    "orama-namespace-gateway@*": (
        "orama-namespace-rqlite@{instance}",
        "orama-namespace-olric@{instance}",
        "orama-node",
    ),
}
#: What says that one of them is down where its unit says nothing, since it is not enabled.
DOWN: dict[str, str] = {
    WIREGUARD: "WG_DOWN",
    "orama-ipfs": "IPFS_DOWN",
    "orama-namespace-rqlite@{instance}": "NAMESPACE_RQLITE_DOWN {instance}",
    "orama-namespace-olric@{instance}": "NAMESPACE_OLRIC_DOWN {instance}",
}


def needs(name: str) -> tuple[str, ...]:
    """The units that a unit needs."""
    instance = name.partition("@")[2]
    return tuple(
        one.replace("{instance}", instance)
        for pattern, needed in NEEDS.items()
        if fnmatchcase(name, pattern)
        for one in needed
    )


def unit_or_needs(name: str) -> tuple[str, ...]:
    """The alerts that say that a unit, or one that it needs, doesn't run as it should."""
    return (*unit(name), *(alert for one in needs(name) for alert in _not_up(one)))


def template(name: str) -> tuple[str, ...]:
    """What a unit is an instance of, as a mark by which any instance is found."""
    stem, at, _instance = name.partition("@")
    return (stem + at,) if at else ()


def _not_up(name: str) -> tuple[str, ...]:
    stem, _at, instance = name.partition("@")
    down = DOWN.get(f"{stem}@{{instance}}" if instance else name)
    return unit(name) if down is None else (*unit(name), down.replace("{instance}", instance))


def _without(*left_out: str) -> tuple[Because, ...]:
    return tuple(
        here(*(alert for one in needed if one not in left_out for alert in _not_up(one)), of=pattern)
        for pattern, needed in NEEDS.items()
        if not set(needed) <= set(left_out)
    )


#: Why a unit may not be active: what it needs isn't.
WITHOUT_NEEDS = _without()
#: Why it may fail. With orama-node others are stopped and started, and none fails of it.
WITHOUT_USE = _without("orama-node")


def severity_on_its_way(node: NodeView, unit: str, limits: Thresholds) -> Severity | None:
    """Info while systemd starts or stops a unit, where a start is given time; else the rule's own.

    A unit of the kind oneshot, as WireGuard's is, may be started for ever.
    """
    waits = limits.start_s and not unit.startswith(WIREGUARD) and node.is_on_its_way(unit)
    return Severity.INFO if waits else None
