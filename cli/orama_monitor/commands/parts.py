"""The JSON of a view: the report with what the view does not show left out. Every path is the report's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orama_monitor.alerts.alert import Severity
    from orama_monitor.cluster_report import ClusterReport

_IDENTITY = ("hostname", "version", "wireguard_ip")
_NODE = ("host", "role", "status", "collection_ms", "failure", "error")


@dataclass(frozen=True, slots=True)
class Part:
    """What a view takes: these sections of each node's report, and the alerts of these subsystems.

    ``sections`` None is no nodes at all; ``subsystems`` None is every alert.
    """

    sections: tuple[str, ...] | None
    subsystems: frozenset[str] | None = None
    whole: bool = False


PARTS = {
    "cluster": Part(("system", "services", "rqlite", "wireguard")),
    "node": Part((), whole=True),
    "service": Part(("services",), frozenset({"services", "collection"})),
    "mesh": Part(("wireguard",), frozenset({"wireguard", "collection"})),
    "dns": Part(("dns",), frozenset({"dns", "collection"})),
    "namespaces": Part(("namespaces",), frozenset({"namespaces", "collection"})),
    "alerts": Part(None),
    "report": Part((), whole=True),
}


def part(report: ClusterReport, view: str, least: Severity | None = None) -> dict[str, Any]:
    """The part of ``report`` that ``view`` shows."""
    wanted = PARTS[view]
    dump = report.model_dump(mode="json")
    dump["alerts"] = [alert for alert in dump["alerts"] if _shown(alert, wanted, least)]
    if wanted.whole:
        return dump
    taken = {"meta": dump["meta"], "summary": dump["summary"], "alerts": dump["alerts"]}
    if wanted.sections is not None:
        taken["nodes"] = [_node(node, wanted.sections) for node in dump["nodes"]]
    return taken


def _shown(alert: dict[str, Any], wanted: Part, least: Severity | None) -> bool:
    from orama_monitor.alerts.alert import Severity

    if least is not None and Severity(alert["severity"]).rank > least.rank:
        return False
    return wanted.subsystems is None or alert["subsystem"] in wanted.subsystems


def _node(node: dict[str, Any], sections: tuple[str, ...]) -> dict[str, Any]:
    report = node["report"]
    taken = {key: node[key] for key in _NODE}
    taken["report"] = report and {key: report[key] for key in (*_IDENTITY, *sections)}
    return taken
