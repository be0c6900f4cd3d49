"""Breaks a healthy snapshot: one field at a time, or as a whole fault shows itself everywhere at once."""

from __future__ import annotations

from collections import Counter
from typing import Any

from orama_monitor.alerts import judge
from orama_monitor.alerts.alert import Alert, standing
from orama_monitor.alerts.policy import Mute, Policy
from orama_monitor.report import CollectorOutcome, RqliteNode, Service, WireguardPeer
from orama_monitor.snapshot import ConfiguredNode, NodeResult, Snapshot
from tests.unit.clusters import host, key, lost, peer, report, unit, wg_ip

Place = tuple[str, str]
STRANGER = 999  # whose key is none of the nodes


def found(snapshot: Snapshot, policy: Policy | None = None) -> set[Place]:
    """Every alert as (code, node)."""
    return {(alert.code, alert.node) for alert in judge(snapshot, policy)}


def roots(snapshot: Snapshot) -> set[Place]:
    """Every root as (code, node); what stands several times on a node, about this and that, says how often."""
    counts = Counter((alert.code, alert.node) for alert in judge(snapshot) if alert.is_root)
    return {(code if count == 1 else f"{count} times {code}", node) for (code, node), count in counts.items()}


def heard(snapshot: Snapshot, *muted: str) -> set[Place]:
    """The alerts that count with these codes muted, as (code, node)."""
    policy = Policy(mutes=[Mute(code=code) for code in muted])
    return {(alert.code, alert.node) for alert in standing(judge(snapshot, policy))}


def only(snapshot: Snapshot, code: str) -> Alert:
    """The one alert with this code."""
    alerts = [alert for alert in judge(snapshot) if alert.code == code]
    assert len(alerts) == 1, [alert.message for alert in alerts]
    return alerts[0]


def put(snapshot: Snapshot, index: int, path: str, value: Any) -> None:
    """Set one field of a node's report, such as ``system.mem_use_pct``, ``wireguard.peers.0.keepalive`` or
    ``services.coredns.enabled``, where a unit is found by its name."""
    *way, last = path.split(".")
    at: Any = report(snapshot, index)
    for part in way:
        at = step(at, part)
    if isinstance(at, list):
        at[int(last)] = value
    elif isinstance(at, dict):
        at[last] = value
    else:
        assert last in type(at).model_fields or last in (at.model_extra or {}), path
        setattr(at, last, value)


def step(at: Any, part: str) -> Any:
    if isinstance(at, list):
        return at[int(part)]
    if isinstance(at, dict):
        return at[part]
    if type(at).__name__ == "Services" and part not in type(at).model_fields:
        return next(service for service in at.services if service.name == part)
    return getattr(at, part)


def peers_of(snapshot: Snapshot, index: int) -> list[WireguardPeer]:
    section = report(snapshot, index).wireguard
    assert section is not None and section.peers is not None
    return section.peers


def peer_of(snapshot: Snapshot, index: int, other: int) -> WireguardPeer:
    return next(one for one in peers_of(snapshot, index) if one.public_key == key(other))


def without_peer(snapshot: Snapshot, index: int, *others: int) -> None:
    """Peers taken out of a node's interface."""
    gone = {key(other) for other in others}
    left = [one for one in peers_of(snapshot, index) if one.public_key not in gone]
    put(snapshot, index, "wireguard.peers", left)
    put(snapshot, index, "wireguard.peer_count", len(left))


def stranger(snapshot: Snapshot, index: int, age: int = 60) -> None:
    """A peer that is none of the nodes."""
    one = WireguardPeer.model_validate(
        {**peer(200, age), "public_key": key(STRANGER), "allowed_ips": "10.0.9.9/32", "endpoint": "203.0.113.9:51820"}
    )
    peers_of(snapshot, index).append(one)
    put(snapshot, index, "wireguard.peer_count", len(peers_of(snapshot, index)))


def age(snapshot: Snapshot, index: int, other: int, seconds: int) -> None:
    peer_of(snapshot, index, other).handshake_age_sec = seconds


def never(snapshot: Snapshot, index: int, other: int) -> None:
    one = peer_of(snapshot, index, other)
    one.handshake_age_sec = one.latest_handshake = None
    one.transfer_rx_bytes = 0


def link_stale(snapshot: Snapshot, one: int, other: int, seconds: int = 400) -> None:
    """Nothing passes between two nodes any more, as both see it."""
    for index, far in ((one, other), (other, one)):
        if host(index) in snapshot.reports:
            age(snapshot, index, far, seconds)


def unreached(snapshot: Snapshot, index: int, other: int) -> None:
    """One node's RQLite can't reach another's; nothing changes where RQLite itself doesn't answer."""
    section = report(snapshot, index).rqlite
    if section is None or section.nodes is None:
        return
    view = section.nodes[f"n{other + 1}"]
    view.reachable, view.error = False, "dial tcp: i/o timeout"


def rqlite_view(snapshot: Snapshot, index: int) -> dict[str, RqliteNode]:
    section = report(snapshot, index).rqlite
    assert section is not None and section.nodes is not None
    return section.nodes


def size(snapshot: Snapshot) -> int:
    return len(snapshot.nodes)


def others(snapshot: Snapshot, index: int) -> list[int]:
    """The other nodes that brought a report."""
    return [i for i in range(size(snapshot)) if i != index and host(i) in snapshot.reports]


def collector(snapshot: Snapshot, index: int, name: str, status: str = "timeout", error: str = "timed out") -> None:
    outcome = CollectorOutcome.model_validate({"status": status, "ms": 3000, "error": error})
    report(snapshot, index).collectors[name] = outcome


def unit_state(snapshot: Snapshot, index: int, name: str, **fields: Any) -> Service:
    """A unit with these fields set; made when the node doesn't list it yet."""
    section = report(snapshot, index).services
    assert section is not None and section.services is not None
    service = next((one for one in section.services if one.name == name), None)
    if service is None:
        service = Service.model_validate(unit(name))
        section.services.append(service)
    for field, value in fields.items():
        setattr(service, field, value)
    return service


def without_unit(snapshot: Snapshot, index: int, name: str) -> None:
    """A unit that systemd doesn't know."""
    section = report(snapshot, index).services
    assert section is not None and section.services is not None
    section.services = [service for service in section.services if service.name != name]


def stopped(snapshot: Snapshot, index: int, name: str) -> None:
    unit_state(snapshot, index, name, active_state="inactive", sub_state="dead", enabled=True, active_since_sec=None)


def started(snapshot: Snapshot, index: int, name: str, seconds: int) -> None:
    """It is active, for so long."""
    unit_state(snapshot, index, name, active_state="active", active_since_sec=seconds)


def failed(snapshot: Snapshot, index: int, name: str) -> None:
    unit_state(snapshot, index, name, active_state="failed", sub_state="failed", enabled=True, active_since_sec=None)


def looping(snapshot: Snapshot, index: int, name: str) -> None:
    unit_state(
        snapshot,
        index,
        name,
        active_state="activating",
        sub_state="auto-restart",
        n_restarts=9,
        restart_loop_risk=True,
        active_since_sec=None,
    )


# Whole faults, as they show themselves after half a minute


def leader_is(snapshot: Snapshot, leader: int) -> None:
    """Who answers has elected this node."""
    for index in range(size(snapshot)):
        if host(index) in snapshot.reports and report(snapshot, index).rqlite is not None:
            section = report(snapshot, index).rqlite
            if section is None or not section.responsive:
                continue
            section.raft_state = "Leader" if index == leader else "Follower"
            section.leader_addr, section.leader_id, section.term = f"{wg_ip(leader)}:7001", f"n{leader + 1}", 43


def leaderless(snapshot: Snapshot, *indexes: int) -> None:
    """Nodes whose RQLite knows of no leader."""
    for index in indexes:
        for field, value in (("raft_state", "Candidate"), ("leader_addr", None), ("leader_id", None)):
            put(snapshot, index, f"rqlite.{field}", value)


def no_quorum(snapshot: Snapshot, index: int) -> None:
    """A node that knows of no leader, and can't read."""
    section = report(snapshot, index).rqlite
    assert section is not None
    leaderless(snapshot, index)
    section.ready = section.strong_read = False
    put(snapshot, index, "gateway.subsystems.rqlite.status", "error")
    put(snapshot, index, "gateway.http_status", 503)


def namespace_cut_off(snapshot: Snapshot, index: int) -> None:
    """The RQLite of its namespace reaches nobody, and its gateway says so."""
    for one in report(snapshot, index).namespaces or []:
        one.rqlite_state, one.rqlite_ready, one.gateway_status = "Candidate", False, 503


def namespace_leaderless(snapshot: Snapshot, *indexes: int) -> None:
    """The namespace is on these nodes only, and nobody leads it."""
    for index in range(size(snapshot)):
        one = snapshot.nodes[index].report
        if one is not None:
            one.namespaces = (one.namespaces or [])[:1] if index in indexes else []
            for namespace in one.namespaces:
                namespace.rqlite_state, namespace.rqlite_ready = "Candidate", False


def rqlite_silent(snapshot: Snapshot, index: int) -> None:
    """RQLite doesn't answer on a node, and nobody reaches it."""
    section = report(snapshot, index).rqlite
    assert section is not None
    for field in type(section).model_fields:
        setattr(section, field, None)
    section.responsive = False
    put(snapshot, index, "gateway.subsystems.rqlite.status", "error")
    put(snapshot, index, "gateway.http_status", 503)
    for other in others(snapshot, index):
        unreached(snapshot, other, index)


def node_dead(snapshot: Snapshot, *indexes: int, aged: int = 400) -> None:
    """Nodes that have been off for minutes."""
    lost(snapshot, *indexes, error="ssh: connect to host: No route to host")
    for index in indexes:
        for other in others(snapshot, index):
            age(snapshot, other, index, aged)
            unreached(snapshot, other, index)
            alive = len(others(snapshot, -1))
            put(snapshot, other, "olric.member_count", alive)
            put(snapshot, other, "olric.members", [f"{wg_ip(i)}:3320" for i in others(snapshot, -1)])
            put(snapshot, other, "olric.log_suspects_1h", 3)
            put(snapshot, other, "ipfs.swarm_peers", alive - 1)
            put(snapshot, other, "ipfs.cluster_peers", alive)
            put(snapshot, other, "ipfs.cluster_errors", len(indexes))
            put(snapshot, other, "network.tcp_retrans_pct", 8.0)
            put(snapshot, other, "rqlite.debug_vars.leader_not_found", 2)


def mesh_lost(snapshot: Snapshot, index: int) -> None:
    """The WireGuard interface of a node is gone."""
    for field in ("wg_ip", "public_key", "listen_port", "peer_count", "mtu", "peers"):
        put(snapshot, index, f"wireguard.{field}", None)
    report(snapshot, index).wireguard_ip = None
    put(snapshot, index, "wireguard.interface_up", False)
    put(snapshot, index, "network.wg_route_exists", False)
    no_quorum(snapshot, index)
    namespace_cut_off(snapshot, index)
    put(snapshot, index, "olric.member_count", 1)
    put(snapshot, index, "olric.members", [f"{wg_ip(index)}:3320"])
    put(snapshot, index, "ipfs.swarm_peers", 0)
    put(snapshot, index, "ipfs.cluster_peers", 1)
    put(snapshot, index, "ipfs.cluster_errors", size(snapshot) - 1)
    for other in others(snapshot, index):
        unreached(snapshot, index, other)
        unreached(snapshot, other, index)
        age(snapshot, other, index, 400)
        put(snapshot, other, "olric.member_count", size(snapshot) - 1)
        put(snapshot, other, "olric.members", [f"{wg_ip(i)}:3320" for i in others(snapshot, index)])
        put(snapshot, other, "ipfs.swarm_peers", size(snapshot) - 2)
        put(snapshot, other, "ipfs.cluster_peers", size(snapshot) - 1)
        put(snapshot, other, "ipfs.cluster_errors", 1)


def mesh_blocked(snapshot: Snapshot, index: int) -> None:
    """Nothing gets in or out of a node's mesh port, while everything on it runs."""
    no_quorum(snapshot, index)
    namespace_cut_off(snapshot, index)
    put(snapshot, index, "olric.member_count", 1)
    put(snapshot, index, "olric.members", [f"{wg_ip(index)}:3320"])
    put(snapshot, index, "ipfs.swarm_peers", 0)
    put(snapshot, index, "ipfs.cluster_peers", 1)
    put(snapshot, index, "ipfs.cluster_errors", size(snapshot) - 1)
    for other in others(snapshot, index):
        link_stale(snapshot, index, other)
        unreached(snapshot, index, other)
        unreached(snapshot, other, index)
        put(snapshot, other, "olric.member_count", size(snapshot) - 1)
        put(snapshot, other, "olric.members", [f"{wg_ip(i)}:3320" for i in others(snapshot, index)])
        put(snapshot, other, "ipfs.swarm_peers", size(snapshot) - 2)
        put(snapshot, other, "ipfs.cluster_peers", size(snapshot) - 1)
        put(snapshot, other, "ipfs.cluster_errors", 1)


def ipfs_stopped(snapshot: Snapshot, index: int) -> None:
    for field in ("swarm_peers", "repo_use_pct", "kubo_version", "bootstrap_empty"):
        put(snapshot, index, f"ipfs.{field}", None)
    put(snapshot, index, "ipfs.daemon_active", False)
    put(snapshot, index, "gateway.subsystems.ipfs.status", "error")
    put(snapshot, index, "gateway.http_status", 503)
    for other in others(snapshot, index):
        put(snapshot, other, "ipfs.swarm_peers", size(snapshot) - 2)
    for every in others(snapshot, -1):
        put(snapshot, every, "ipfs.cluster_errors", 1)


def stranger_at(index: int) -> Any:
    return lambda snapshot: stranger(snapshot, index)


def version(snapshot: Snapshot, index: int, text: str | None) -> None:
    report(snapshot, index).version = text


def named_twice(snapshot: Snapshot, index: int) -> NodeResult:
    """The node is in the conf a second time, and asked a second time; the answer is returned."""
    twin = snapshot.nodes[index].model_copy(deep=True, update={"host": f"n{index + 1}.example"})
    snapshot.nodes.append(twin)
    snapshot.configured.append(ConfiguredNode(host=twin.host, role=twin.role))
    return twin
