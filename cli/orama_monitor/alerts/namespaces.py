"""The RQLite, Olric and gateway that each namespace runs for itself."""

from __future__ import annotations

from orama_monitor.alerts.because import among, here, there
from orama_monitor.alerts.causes import LINK_DOWN, MESH_DOWN
from orama_monitor.alerts.cluster import Cluster, NodeView
from orama_monitor.alerts.rule import CRITICAL, INFO, WARNING, Found, Here, Subsystem
from orama_monitor.alerts.thresholds import Thresholds
from orama_monitor.alerts.units import unit_or_needs
from orama_monitor.alerts.words import clip, names
from orama_monitor.report import Namespace

namespaces = Subsystem("namespaces")

JUST_STARTED = "; it just started"


@namespaces.on_node(
    "NAMESPACE_GATEWAY_DOWN",
    WARNING,
    "The gateway of a namespace doesn't answer; info while its unit was started less than {start_s} s ago, "
    "or, where there is no such unit yet, that of its RQLite less than {rqlite_settle_s} s ago.",
    why="The namespace's clients reach nothing at this node.",
    hint="on the node: systemctl status 'orama-namespace-gateway@*'",
    because=[here(*unit_or_needs("orama-namespace-gateway@{}"), *MESH_DOWN)],
    also=[INFO],
)
def gateway_down(node: NodeView, limits: Thresholds) -> Found:
    for one in node.namespaces:
        if one.gateway_up is False:
            yield _silent(node, one, "gateway", "the gateway doesn't answer", limits)


@namespaces.on_node(
    "NAMESPACE_RQLITE_DOWN",
    WARNING,
    "The RQLite of a namespace doesn't answer; info while its unit was started less than {start_s} s ago.",
    why="This node's copy of the namespace's data can't be read or written.",
    hint="on the node: systemctl status 'orama-namespace-rqlite@*'",
    because=[here(*unit_or_needs("orama-namespace-rqlite@{}"), *MESH_DOWN)],
    also=[INFO],
)
def rqlite_down(node: NodeView, limits: Thresholds) -> Found:
    for one in node.namespaces:
        if one.rqlite_up is False:
            yield _silent(node, one, "rqlite", "RQLite doesn't answer", limits)


@namespaces.on_node(
    "NAMESPACE_OLRIC_DOWN",
    WARNING,
    "The Olric of a namespace doesn't listen; info while its unit was started less than {start_s} s ago, "
    "or, where there is no such unit yet, that of its RQLite less than {rqlite_settle_s} s ago.",
    why="The namespace's cache misses this member.",
    hint="on the node: systemctl status 'orama-namespace-olric@*'",
    because=[here(*unit_or_needs("orama-namespace-olric@{}"), *MESH_DOWN)],
    also=[INFO],
)
def olric_down(node: NodeView, limits: Thresholds) -> Found:
    for one in node.namespaces:
        if one.olric_up is False:
            yield _silent(node, one, "olric", "Olric doesn't listen", limits)


@namespaces.on_cluster(
    "NAMESPACE_NO_LEADER",
    CRITICAL,
    "The RQLite of a namespace answers somewhere, no node leads it, and no follower is ready; info while all that "
    "answer were started less than {start_s} s ago.",
    why="Nothing can be written in this namespace.",
    hint="on its nodes: systemctl status 'orama-namespace-rqlite@*'; most of them must run and reach each other",
    because=[
        there("NODE_UNREACHABLE", *MESH_DOWN, suffices=True),
        among("NAMESPACE_RQLITE_DOWN", *LINK_DOWN, suffices=True),
    ],
    also=[INFO],
)
def no_leader(cluster: Cluster, limits: Thresholds) -> Found:
    """A leader may be on a node that was not heard. Then only candidates, who know of none, count as proof.

    One that was cut off is a candidate, too: of a part of the environment nothing is said. A follower is ready only
    while it knows of a leader: one outside the inventory, or one that was elected since it was asked.
    """
    if not cluster.asked_all:
        return
    heard_all = cluster.heard_all and all(_is_complete(node) for node in cluster.reporting)
    for name, members in sorted(_members(cluster).items()):
        states = [one.rqlite_state for _host, one in members if one.rqlite_up]
        if not states or not all(states) or "Leader" in states:
            continue
        if any(one.rqlite_up is None or _follows(one) for _host, one in members):
            continue
        if heard_all or set(states) == {"Candidate"}:
            said = f"{clip(name, 80)}: {len(states)} answer, none leads"
            gone = sorted(host for host, one in members if not one.rqlite_up)
            missing = [node.host for node in cluster.nodes if not node.reports]
            answering = sorted(host for host, one in members if one.rqlite_up)
            said += f" (down on {names(gone)})" if gone else ""
            young = all(_was_started(cluster.by_host[host], "rqlite", name, limits) for host in answering)
            severity = INFO if young else None
            yield Here(said + JUST_STARTED * young, (name,), severity, follows=(name, *gone, *missing, *answering))


def _silent(node: NodeView, one: Namespace, service: str, said: str, limits: Thresholds) -> Here:
    young = _was_started(node, service, one.name, limits)
    message = f"{clip(one.name, 80)}: {said}" + JUST_STARTED * young
    return Here(message, about=(one.name,), severity=INFO if young else None)


def _was_started(node: NodeView, service: str, name: str, limits: Thresholds) -> bool:
    """While a namespace is made its RQLite comes first, and systemd knows no other unit of it yet."""
    unit, first = (f"orama-namespace-{which}@{name}" for which in (service, "rqlite"))
    if unit not in node.units and first in node.units:
        return node.was_started(first, limits.rqlite_settle_s)
    return node.was_started(unit, limits.start_s)


def _follows(one: Namespace) -> bool:
    """A candidate's readiness may be seconds old."""
    return one.rqlite_state == "Follower" and one.rqlite_ready is True


def _is_complete(node: NodeView) -> bool:
    has_section = node.report is not None and node.report.namespaces is not None
    return has_section and node.status("namespaces") in ("ok", None)


def _members(cluster: Cluster) -> dict[str, list[tuple[str, Namespace]]]:
    """(host, what it says) of every node that has the namespace, by the namespace's name."""
    members: dict[str, list[tuple[str, Namespace]]] = {}
    for node in cluster.reporting:
        for one in node.namespaces:
            members.setdefault(one.name, []).append((node.host, one))
    return members
