"""The report without what says nothing: for a reader that pays by the word.

What an alert speaks of stays: the section of its subsystem, on its node and on those it names. A section nobody
complains of is reduced to the figures that place it, nulls go, and so does what is said twice. Read back with
``--from``, a compact report gives the same alerts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]

CLUSTER = "cluster"
_QUIET: dict[str, tuple[str, ...]] = {
    "system": ("cpu_count", "load_avg_1", "mem_use_pct", "disk_use_pct", "uptime_seconds", "time_unix"),
    "services": (),
    "rqlite": ("responsive", "raft_state", "leader_addr", "node_id", "term", "applied_index", "voter"),
    "olric": ("service_active", "member_count"),
    "ipfs": ("daemon_active", "swarm_peers", "cluster_peers"),
    "gateway": ("http_status",),
    "wireguard": ("wg_ip", "public_key", "peer_count", "mtu"),
    "dns": ("domain", "base_tls_days_left", "wild_tls_days_left"),
    "anyone": ("mode", "bootstrap_pct"),
    "network": ("tcp_retrans_pct",),
    "processes": (),
}
_NAMESPACE = ("name", "rqlite_state")


def compacted(report: Json) -> Json:
    """A report's JSON, made small."""
    alerts = report["alerts"]
    hosts = [node["host"] for node in report["nodes"]]
    wanted = _wanted(alerts, report["nodes"])
    meta = dict(report["meta"], compact=True)
    if [node["host"] for node in meta.get("configured") or []] == hosts:
        del meta["configured"]
    return {
        "meta": _without_nulls(meta),
        "summary": _without_nulls(report["summary"]),
        "alerts": [_alert(alert) for alert in alerts],
        "nodes": [_node(node, wanted[node["host"]]) for node in report["nodes"]],
    }


def _wanted(alerts: Iterable[Json], nodes: list[Json]) -> dict[str, set[str]]:
    """By host, the subsystems that some alert speaks of there."""
    wanted: dict[str, set[str]] = {node["host"]: set() for node in nodes}
    names = {node["host"]: _names(node) for node in nodes}
    for alert in alerts:
        for host, called in names.items():
            if alert["node"] in (host, CLUSTER) or any(name in alert["message"] for name in called):
                wanted[host].add(alert["subsystem"])
    return wanted


def _names(node: Json) -> set[str]:
    report = node["report"] or {}
    return {name for name in (node["host"], report.get("hostname"), report.get("wireguard_ip")) if name}


def _alert(alert: Json) -> Json:
    """Without what is the usual case; the hint of a consequence is its root's business."""
    small = {key: value for key, value in alert.items() if value not in (None, False, [])}
    if "cause" in small:
        small.pop("hint", None)
    return small


def _node(node: Json, wanted: set[str]) -> Json:
    small: Json = {key: value for key, value in node.items() if value is not None}
    if node["report"] is not None:
        small["report"] = _report(node["report"], wanted)
    return small


def _report(report: Json, wanted: set[str]) -> Json:
    """Sections that are wanted whole, the others reduced; a subsystem that is no section means everything."""
    everything = bool(wanted - report.keys())
    small: Json = {}
    for key, value in report.items():
        if everything or key in wanted:
            small[key] = _without_nulls(value)
        elif key in _QUIET:
            small[key] = _picked(value, _QUIET[key])
        elif key == "namespaces":
            small[key] = [_picked(namespace, _NAMESPACE) for namespace in value or []]
        elif key == "collectors":
            small[key] = {name: _without_nulls(found) for name, found in value.items() if found["status"] != "ok"}
        else:
            small[key] = value
    return {key: value for key, value in small.items() if value not in (None, {}, [], "")}


def _picked(section: Json | None, fields: tuple[str, ...]) -> Json:
    return {field: section[field] for field in fields if section and section.get(field) is not None}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
