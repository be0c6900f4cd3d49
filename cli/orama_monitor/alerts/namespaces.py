"""The RQLite, Olric and gateway that each namespace runs for itself."""

from __future__ import annotations

from orama_monitor.alerts.because import among, here, link, there
from orama_monitor.alerts.because import cluster as on_cluster
from orama_monitor.alerts.causes import LINK_DOWN, MESH_DOWN, MISSED
from orama_monitor.alerts.cluster import Cluster, NodeView
from orama_monitor.alerts.gateway import HEALTH_LOST
from orama_monitor.alerts.rule import CRITICAL, INFO, WARNING, Finding, Findings, Found, Here, Subsystem
from orama_monitor.alerts.thresholds import Thresholds
from orama_monitor.alerts.units import unit_or_needs
from orama_monitor.alerts.words import clip, names
from orama_monitor.report import Namespace

namespaces = Subsystem("namespaces")

JUST_STARTED = "; it just started"
CANDIDATE, FOLLOWER, LEADER = "Candidate", "Follower", "Leader"
GATEWAY_PORT = 4  # how far it is from that of the namespace's RQLite

#: (host, what it says) of the nodes that have a namespace.
Members = list[tuple[str, Namespace]]


@namespaces.on_node(
    "NAMESPACE_GATEWAY_DOWN",
    WARNING,
    "The gateway of a namespace doesn't answer; info while its unit was started less than {start_s} s ago, "
    "or, where there is no such unit yet, its RQLite or orama-node less than {rqlite_settle_s} s ago.",
    why="The namespace's clients reach nothing at this node.",
    hint="on the node: systemctl status 'orama-namespace-gateway@*'",
    because=[here(*unit_or_needs("orama-namespace-gateway@{}"), *MESH_DOWN)],
    also=[INFO],
)
def gateway_down(node: NodeView, limits: Thresholds) -> Found:
    for one in node.namespaces:
        if one.gateway_up is False:
            yield _missing(node, one, "gateway", "the gateway doesn't answer", limits)


@namespaces.on_node(
    "NAMESPACE_GATEWAY_UNHEALTHY",
    WARNING,
    "The health check of a namespace's gateway answers with another HTTP status than 200; info while its unit was "
    "started less than {start_s} s ago.",
    why="It doesn't trust itself to serve the namespace's clients.",
    hint="on the node: systemctl status 'orama-namespace-gateway@*'",
    because=[
        here(*unit_or_needs("orama-namespace-gateway@{}"), "NAMESPACE_RQLITE_NOT_READY {}", "GATEWAY_UNHEALTHY"),
        on_cluster("NAMESPACE_NO_LEADER {}"),
        *HEALTH_LOST,
    ],
    also=[INFO],
)
def gateway_unhealthy(node: NodeView, limits: Thresholds) -> Found:
    """What both gateways of a node lack, such as a pinning service, is told of the node's."""
    for one in node.namespaces:
        if one.gateway_up and one.gateway_status not in (None, 200):
            said = f"the gateway's health says HTTP {one.gateway_status}"
            port = one.port_base and one.port_base + GATEWAY_PORT
            hint = f"on the node: curl -si localhost:{port}/v1/health" if port else None
            yield _finding(one, said, node.was_started(_unit("gateway", one.name), limits.start_s), hint)


@namespaces.on_node(
    "NAMESPACE_RQLITE_DOWN",
    WARNING,
    "The RQLite of a namespace doesn't answer; info while its unit was started less than {start_s} s ago, or, where "
    "there is no such unit yet, orama-node less than {rqlite_settle_s} s ago.",
    why="This node's copy of the namespace's data can't be read or written.",
    hint="on the node: systemctl status 'orama-namespace-rqlite@*'",
    because=[here(*unit_or_needs("orama-namespace-rqlite@{}"), *MESH_DOWN)],
    also=[INFO],
)
def rqlite_down(node: NodeView, limits: Thresholds) -> Found:
    for one in node.namespaces:
        if one.rqlite_up is False:
            yield _missing(node, one, "rqlite", "RQLite doesn't answer", limits)


@namespaces.between_nodes(
    "NAMESPACE_RQLITE_NOT_READY",
    WARNING,
    "The RQLite of a namespace is a candidate or says that it isn't ready (/readyz), while another node leads it; info "
    "while its unit was started less than {rqlite_settle_s} s ago, or that of another node less than {start_s} s ago.",
    why="It doesn't hear of the leader, or hasn't caught up since its start: this node's copy of the data is old.",
    hint="on its nodes: systemctl status 'orama-namespace-rqlite@*'; do they reach each other over the mesh?",
    because=[
        here(*unit_or_needs("orama-namespace-rqlite@{}"), *MESH_DOWN, suffices=True),
        link(*MISSED, suffices=True),
        there(*MESH_DOWN, suffices=True),
        among("NAMESPACE_RQLITE_DOWN", suffices=True),
    ],
    also=[INFO],
)
def rqlite_not_ready(cluster: Cluster, limits: Thresholds) -> Findings:
    """Where no node is heard to lead, it may be elected at this moment, or lead unheard.

    It may follow from the trouble of any member but those that are led, as from that of the leader before.
    """
    for name, members in sorted(_members(cluster).items()):
        unit = _unit("rqlite", name)
        waiting = [(host, one) for host, one in members if not _follows(one)]
        if not any(one.rqlite_state == LEADER for _host, one in waiting):
            continue
        for host, one in waiting:
            if one.rqlite_up and _is_left_behind(one):
                state = "a candidate" if one.rqlite_state == CANDIDATE else "not ready"
                said = f"{clip(name, 80)}: RQLite is {state}"
                settles = host in cluster.started(limits.rqlite_settle_s, unit)
                young = settles or bool(cluster.started(limits.start_s, unit))
                message = said + "; it, or another, just started" * young
                others = (other for other, _one in waiting if other != host)
                yield Finding(host, message, (name,), INFO if young else None, follows=(name, *others))


@namespaces.on_node(
    "NAMESPACE_OLRIC_DOWN",
    WARNING,
    "The Olric of a namespace doesn't listen; info while its unit was started less than {start_s} s ago, "
    "or, where there is no such unit yet, its RQLite or orama-node less than {rqlite_settle_s} s ago.",
    why="The namespace's cache misses this member.",
    hint="on the node: systemctl status 'orama-namespace-olric@*'",
    because=[here(*unit_or_needs("orama-namespace-olric@{}"), *MESH_DOWN)],
    also=[INFO],
)
def olric_down(node: NodeView, limits: Thresholds) -> Found:
    for one in node.namespaces:
        if one.olric_up is False:
            yield _missing(node, one, "olric", "Olric doesn't listen", limits)


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
        if not states or not all(states) or LEADER in states:
            continue
        if any(one.rqlite_up is None or _follows(one) for _host, one in members):
            continue
        if heard_all or set(states) == {CANDIDATE}:
            said = f"{clip(name, 80)}: {len(states)} answer, none leads"
            gone = sorted(host for host, one in members if not one.rqlite_up)
            missing = [node.host for node in cluster.nodes if not node.reports]
            answering = sorted(host for host, one in members if one.rqlite_up)
            said += f" (down on {names(gone)})" if gone else ""
            unit = _unit("rqlite", name)
            young = all(cluster.by_host[host].was_started(unit, limits.start_s) for host in answering)
            severity = INFO if young else None
            yield Here(said + JUST_STARTED * young, (name,), severity, follows=(name, *gone, *missing, *answering))


def _missing(node: NodeView, one: Namespace, service: str, said: str, limits: Thresholds) -> Here:
    """While a namespace is made its RQLite comes first, and systemd knows no other unit of it yet.

    Before that orama-node looks for its namespaces, for some minutes at most.
    """
    unit, first = _unit(service, one.name), _unit("rqlite", one.name)
    if unit in node.units:
        return _finding(one, said, node.was_started(unit, limits.start_s))
    waited_for = first if first in node.units else "orama-node"
    return _finding(one, said, node.was_started(waited_for, limits.rqlite_settle_s))


def _unit(service: str, name: str) -> str:
    return f"orama-namespace-{service}@{name}"


def _finding(one: Namespace, said: str, young: bool, hint: str | None = None) -> Here:
    message = f"{clip(one.name, 80)}: {said}" + JUST_STARTED * young
    return Here(message, about=(one.name,), severity=INFO if young else None, hint=hint)


def _follows(one: Namespace) -> bool:
    """A candidate's readiness may be seconds old."""
    return one.rqlite_state == FOLLOWER and one.rqlite_ready is True


def _is_left_behind(one: Namespace) -> bool:
    return one.rqlite_state == CANDIDATE or (one.rqlite_ready is False and one.rqlite_state != LEADER)


def _is_complete(node: NodeView) -> bool:
    has_section = node.report is not None and node.report.namespaces is not None
    return has_section and node.status("namespaces") in ("ok", None)


def _members(cluster: Cluster) -> dict[str, Members]:
    """The members of each namespace, by its name."""
    members: dict[str, Members] = {}
    for node in cluster.reporting:
        for one in node.namespaces:
            members.setdefault(one.name, []).append((node.host, one))
    return members
