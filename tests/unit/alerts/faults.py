"""Faults as they show themselves all over a cluster."""

from __future__ import annotations

from orama_monitor.snapshot import Snapshot
from tests.unit.alerts import breaking as b
from tests.unit.clusters import lost, report


def node_dead(s: Snapshot) -> None:
    b.node_dead(s, 3)


def leader_dead(s: Snapshot) -> None:
    b.node_dead(s, 0)
    b.leader_is(s, 1)


def leader_just_died(s: Snapshot) -> None:
    """One second after: everyone still names it, and reads fail, those of the nameservers among them."""
    lost(s, 0)
    for index in b.others(s, 0):
        b.unreached(s, index, 0)
        b.put(s, index, "rqlite.strong_read", False)
    b.put(s, 1, "dns.soa_resolves", False)


def leader_stopped_and_followed(s: Snapshot) -> None:
    """Most have elected another leader, and one was asked a moment before."""
    b.stopped(s, 0, "orama-node")
    b.rqlite_silent(s, 0)
    b.leader_is(s, 1)
    b.no_quorum(s, 2)
    b.put(s, 2, "rqlite.term", 42)


def leader_stopped_just_now(s: Snapshot) -> None:
    b.stopped(s, 0, "orama-node")
    b.rqlite_silent(s, 0)
    for index in b.others(s, 0):
        b.put(s, index, "rqlite.strong_read", False)
        b.put(s, index, "rqlite.ready", False)
    b.leaderless(s, 2)


def two_of_three_dead(s: Snapshot) -> None:
    b.node_dead(s, 0, 1)
    b.no_quorum(s, 2)


def rqlited_stopped(s: Snapshot) -> None:
    b.stopped(s, 2, "orama-node")
    b.rqlite_silent(s, 2)


def orama_node_stopped_with_its_parts(s: Snapshot) -> None:
    """The units of the namespaces are stopped with it."""
    rqlited_stopped(s)
    namespace_stopped(s, "rqlite", "olric", "gateway")


def namespace_stopped(s: Snapshot, *parts: str) -> None:
    for part in parts:
        b.stopped(s, 2, f"orama-namespace-{part}@acme")
        b.put(s, 2, f"namespaces.0.{part}_up", False)
    if "rqlite" in parts:
        b.put(s, 2, "namespaces.0.rqlite_state", None)
        b.put(s, 2, "namespaces.0.rqlite_ready", False)


def orama_node_stopped_by_its_cli(s: Snapshot) -> None:
    """It disables the namespaces' units as well, so that only their services are missed."""
    orama_node_stopped_with_its_parts(s)
    for part in ("rqlite", "olric", "gateway"):
        b.unit_state(s, 2, f"orama-namespace-{part}@acme", enabled=False)


def rqlited_failed(s: Snapshot) -> None:
    b.failed(s, 2, "orama-node")
    b.rqlite_silent(s, 2)
    b.put(s, 2, "processes.panic_count", 3)


def rqlited_loops(s: Snapshot) -> None:
    b.looping(s, 2, "orama-node")
    b.rqlite_silent(s, 2)


def rqlited_frozen(s: Snapshot) -> None:
    b.rqlite_silent(s, 2)
    b.collector(s, 2, "rqlite")


def majority_stopped(s: Snapshot) -> None:
    for index in (2, 3, 4):
        b.stopped(s, index, "orama-node")
        b.rqlite_silent(s, index)
    for index in (0, 1):
        b.no_quorum(s, index)


def all_stopped(s: Snapshot) -> None:
    for index in range(5):
        b.stopped(s, index, "orama-node")
        b.rqlite_silent(s, index)


def wg_down(s: Snapshot) -> None:
    b.mesh_lost(s, 2)


def wg_stopped(s: Snapshot) -> None:
    b.mesh_lost(s, 2)
    b.stopped(s, 2, "wg-quick@wg0")


def wg_stopped_with_what_needs_it(s: Snapshot) -> None:
    """systemd stops orama-node with it, and the namespaces' units with that."""
    wg_stopped(s)
    orama_node_stopped_with_its_parts(s)


def wg_disabled(s: Snapshot) -> None:
    """Stopped and disabled: its unit is no alert, and orama-node was stopped with it."""
    wg_stopped_with_what_needs_it(s)
    b.unit_state(s, 2, "wg-quick@wg0", enabled=False)


def wg_failed_at_boot(s: Snapshot) -> None:
    """What binds to the mesh's address fails with it."""
    b.mesh_lost(s, 2)
    b.failed(s, 2, "wg-quick@wg0")
    b.failed(s, 2, "orama-olric")
    b.looping(s, 2, "orama-node")
    b.rqlite_silent(s, 2)
    b.put(s, 2, "olric.service_active", False)
    b.put(s, 2, "olric.memberlist_up", False)


def leader_wg_down(s: Snapshot) -> None:
    b.mesh_lost(s, 0)
    for index in b.others(s, 0):
        b.put(s, index, "rqlite.term", 43)
        b.put(s, index, "rqlite.leader_addr", "10.0.0.2:7001")
        b.put(s, index, "rqlite.leader_id", "n2")
    b.put(s, 1, "rqlite.raft_state", "Leader")


def wg_blocked(s: Snapshot) -> None:
    b.mesh_blocked(s, 2)


def wg_link_cut(s: Snapshot) -> None:
    b.link_stale(s, 2, 4)
    b.unreached(s, 2, 4)
    b.unreached(s, 4, 2)
    for index in (2, 4):
        b.put(s, index, "ipfs.cluster_peers", 4)
        b.put(s, index, "ipfs.cluster_errors", 1)


def wg_peer_removed(s: Snapshot) -> None:
    b.without_peer(s, 2, 4)
    b.age(s, 4, 2, 400)
    b.unreached(s, 2, 4)
    b.unreached(s, 4, 2)


def wg_peer_removed_everywhere(s: Snapshot) -> None:
    for index in b.others(s, 4):
        b.without_peer(s, index, 4)
        b.age(s, 4, index, 400)
        b.unreached(s, index, 4)
        b.unreached(s, 4, index)
    b.no_quorum(s, 4)


def wg_all_peers_removed(s: Snapshot) -> None:
    b.without_peer(s, 2, 0, 1, 3, 4)
    for index in b.others(s, 2):
        b.age(s, index, 2, 400)
        b.unreached(s, index, 2)
        b.unreached(s, 2, index)
    b.no_quorum(s, 2)


def wg_restarted_behind_a_wall(s: Snapshot) -> None:
    for index in b.others(s, 2):
        b.never(s, 2, index)
        b.age(s, index, 2, 400)


def route_lost(s: Snapshot) -> None:
    b.put(s, 2, "network.wg_route_exists", False)
    for index in b.others(s, 2):
        b.unreached(s, 2, index)
        b.unreached(s, index, 2)
    b.no_quorum(s, 2)


def raft_port_blocked(s: Snapshot) -> None:
    for index in b.others(s, 2):
        b.unreached(s, 2, index)
        b.unreached(s, index, 2)
    b.no_quorum(s, 2)


def raft_link_cut(s: Snapshot) -> None:
    b.unreached(s, 2, 3)
    b.unreached(s, 3, 2)


def raft_link_to_leader_cut(s: Snapshot) -> None:
    """The follower never hears of the leader's term ending, and asks for votes in it."""
    b.no_quorum(s, 2)
    b.unreached(s, 0, 2)
    b.unreached(s, 2, 0)


def wg_link_to_leader_cut(s: Snapshot) -> None:
    raft_link_to_leader_cut(s)
    b.link_stale(s, 0, 2)


def link_to_leader_of_a_later_term_cut(s: Snapshot) -> None:
    wg_link_to_leader_cut(s)
    for index in b.others(s, 2):
        b.put(s, index, "rqlite.term", 43)


def stray_peer(s: Snapshot) -> None:
    for index in range(5):
        b.stranger(s, index, age=90_000)


def olric_stopped(s: Snapshot) -> None:
    b.stopped(s, 2, "orama-olric")
    b.put(s, 2, "olric.service_active", False)
    b.put(s, 2, "olric.memberlist_up", False)
    b.put(s, 2, "gateway.subsystems.olric.status", "error")
    b.put(s, 2, "gateway.http_status", 503)
    for index in b.others(s, 2):
        b.put(s, index, "olric.member_count", 4)
        b.put(s, index, "olric.log_suspects_1h", 2)


def olric_missed(s: Snapshot, missed: int) -> None:
    """The others no longer know one member."""
    for index in b.others(s, missed):
        b.put(s, index, "olric.member_count", 4)
        b.put(s, index, "olric.members", [f"10.0.0.{i + 1}:3320" for i in b.others(s, missed)])
        b.put(s, index, "olric.log_suspects_1h", 2)


def olric_frozen(s: Snapshot) -> None:
    b.collector(s, 2, "olric")
    b.put(s, 2, "olric.member_count", None)
    b.put(s, 2, "olric.members", None)
    olric_missed(s, 2)


def olric_parted(s: Snapshot) -> None:
    """Memberlist's port is blocked on one node."""
    b.put(s, 2, "olric.member_count", 1)
    b.put(s, 2, "olric.members", ["10.0.0.3:3320"])
    olric_missed(s, 2)


def olric_restarted(s: Snapshot) -> None:
    """Again and again, and not lately: the others' logs still tell of it."""
    b.put(s, 2, "olric.restart_count", 5)
    b.put(s, 2, "olric.log_errors_1h", 30)
    for index in b.others(s, 2):
        b.put(s, index, "olric.log_suspects_1h", 2)
        b.put(s, index, "olric.log_flapping_1h", 10)


def ipfs_stopped(s: Snapshot) -> None:
    b.stopped(s, 2, "orama-ipfs")
    b.ipfs_stopped(s, 2)


def ipfs_cluster_stopped(s: Snapshot) -> None:
    b.stopped(s, 2, "orama-ipfs-cluster")
    b.put(s, 2, "ipfs.cluster_active", False)
    b.put(s, 2, "ipfs.cluster_peers", None)
    b.put(s, 2, "ipfs.cluster_errors", None)
    for index in b.others(s, 2):
        b.put(s, index, "ipfs.cluster_peers", 4)
        b.put(s, index, "ipfs.cluster_errors", 1)


def ipfs_stopped_with_its_cluster(s: Snapshot) -> None:
    """systemd stops IPFS Cluster with Kubo."""
    ipfs_stopped(s)
    ipfs_cluster_stopped(s)


def ipfs_disabled(s: Snapshot) -> None:
    """Stopped and disabled: its unit is no alert, and IPFS Cluster was stopped with it."""
    ipfs_stopped_with_its_cluster(s)
    b.unit_state(s, 2, "orama-ipfs", enabled=False)


def ipfs_stopped_and_awaited(s: Snapshot) -> None:
    """IPFS Cluster waits for Kubo, gives up and is started again."""
    ipfs_stopped_with_its_cluster(s)
    b.looping(s, 2, "orama-ipfs-cluster")


def ipfs_wrong_key(s: Snapshot) -> None:
    """A swarm key of its own: it finds nobody, and nobody finds it."""
    b.put(s, 2, "ipfs.swarm_peers", 0)
    for index in b.others(s, 2):
        b.put(s, index, "ipfs.swarm_peers", 3)


def ipfs_alone(s: Snapshot) -> None:
    """Kubo on one node has lost everyone, who haven't noticed yet."""
    b.put(s, 2, "ipfs.swarm_peers", 0)


def out_of_raft(s: Snapshot) -> None:
    """Removed from the cluster: it knows of no leader any more, and nobody asks for it."""
    b.no_quorum(s, 2)
    for index in b.others(s, 2):
        del b.rqlite_view(s, index)["n3"]


def term_ahead(s: Snapshot) -> None:
    b.put(s, 2, "rqlite.term", 82)


def gateway_stopped(s: Snapshot) -> None:
    b.stopped(s, 2, "orama-gateway")
    b.put(s, 2, "gateway.responsive", False)


def gateway_frozen(s: Snapshot) -> None:
    b.put(s, 2, "gateway.responsive", False)
    b.collector(s, 2, "gateway")


def gateway_says_503(s: Snapshot) -> None:
    b.put(s, 2, "gateway.http_status", 503)


def gateway_part_bad(s: Snapshot) -> None:
    b.put(s, 2, "gateway.subsystems.olric.status", "error")
    b.put(s, 2, "gateway.http_status", 503)


def coredns_stopped(s: Snapshot) -> None:
    b.stopped(s, 1, "coredns")
    for field in ("coredns_active", "port_53_bound", "soa_resolves", "ns_resolves", "wildcard_resolves"):
        b.put(s, 1, f"dns.{field}", False)


def coredns_frozen(s: Snapshot) -> None:
    for field in ("soa_resolves", "ns_resolves", "wildcard_resolves", "base_a_resolves"):
        b.put(s, 1, f"dns.{field}", False)
    b.collector(s, 1, "dns")


def zone_broken(s: Snapshot) -> None:
    for field in ("soa_resolves", "ns_resolves", "wildcard_resolves", "base_a_resolves"):
        b.put(s, 1, f"dns.{field}", False)


def caddy_stopped(s: Snapshot) -> None:
    b.stopped(s, 1, "caddy")
    for field in ("caddy_active", "port_80_bound", "port_443_bound"):
        b.put(s, 1, f"dns.{field}", False)
    b.put(s, 1, "dns.base_tls_days_left", None)
    b.put(s, 1, "dns.wild_tls_days_left", None)


def caddy_without_port(s: Snapshot) -> None:
    b.put(s, 1, "dns.port_443_bound", False)
    b.put(s, 1, "dns.base_tls_days_left", None)
    b.put(s, 1, "dns.wild_tls_days_left", None)


def sudo_broken(s: Snapshot) -> None:
    lost(s, 2, failure="collect_failed", error="sudo: a password is required")


def leader_without_sudo(s: Snapshot) -> None:
    lost(s, 0, failure="collect_failed", error="sudo: a password is required")


def no_psutil(s: Snapshot) -> None:
    for name in ("system", "network", "processes"):
        b.collector(s, 2, name, "failed", "python3-psutil is missing: ansible-playbook orama.monitor.prepare")
    for name in ("system", "network", "processes"):
        setattr(report(s, 2), name, None)


def no_default_route(s: Snapshot) -> None:
    b.put(s, 2, "network.default_route", False)
    b.put(s, 2, "network.internet_reachable", False)
    b.put(s, 2, "anyone.bootstrapped", False)
    b.put(s, 2, "anyone.bootstrap_pct", 85)


def namespace_rqlite_stopped(s: Snapshot) -> None:
    b.stopped(s, 2, "orama-namespace-rqlite@acme")
    b.put(s, 2, "namespaces.0.rqlite_up", False)
    b.put(s, 2, "namespaces.0.rqlite_state", None)


def namespace_rqlite_stopped_with_what_needs_it(s: Snapshot) -> None:
    namespace_stopped(s, "rqlite", "olric", "gateway")


def namespace_rqlite_disabled(s: Snapshot) -> None:
    namespace_rqlite_stopped_with_what_needs_it(s)
    b.unit_state(s, 2, "orama-namespace-rqlite@acme", enabled=False)


def namespace_not_known_to_systemd(s: Snapshot, *parts: str) -> None:
    """A unit that is not enabled is forgotten as soon as it is stopped."""
    namespace_stopped(s, *parts)
    for part in parts:
        b.without_unit(s, 2, f"orama-namespace-{part}@acme")


def namespace_rqlite_forgotten(s: Snapshot) -> None:
    namespace_not_known_to_systemd(s, "rqlite", "olric", "gateway")


def namespace_olric_forgotten(s: Snapshot) -> None:
    namespace_not_known_to_systemd(s, "olric", "gateway")


def namespace_gateway_says_503(s: Snapshot) -> None:
    b.put(s, 2, "namespaces.0.gateway_status", 503)


def namespace_member_cut_off(s: Snapshot) -> None:
    b.namespace_cut_off(s, 2)


def namespace_olric_stopped_with_its_gateway(s: Snapshot) -> None:
    namespace_stopped(s, "olric", "gateway")


def namespace_majority_stopped(s: Snapshot) -> None:
    for index in (0, 1, 2):
        b.stopped(s, index, "orama-namespace-rqlite@acme")
        b.put(s, index, "namespaces.0.rqlite_up", False)
        b.put(s, index, "namespaces.0.rqlite_state", None)
    for index in (3, 4):
        b.put(s, index, "namespaces.0.rqlite_state", "Candidate")


def memory_and_swap(s: Snapshot) -> None:
    b.put(s, 2, "system.mem_use_pct", 97)
    b.put(s, 2, "system.swap_used_mb", 1900)


def alone_and_leading(s: Snapshot) -> None:
    """A node that was set up as a cluster of its own."""
    for field, value in (("raft_state", "Leader"), ("leader_addr", "10.0.0.3:7001"), ("leader_id", "n3"), ("term", 2)):
        b.put(s, 2, f"rqlite.{field}", value)
    b.put(s, 2, "rqlite.applied_index", 40)
    b.put(s, 2, "rqlite.commit_index", 40)
    for index in b.others(s, 2):
        b.put(s, 2, f"rqlite.nodes.n{index + 1}.voter", None)
