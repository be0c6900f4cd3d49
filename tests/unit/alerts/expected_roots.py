"""The root alerts that each fault has, and which faults are tried two at a time."""

from __future__ import annotations

from collections.abc import Callable

from orama_monitor.alerts import CLUSTER
from orama_monitor.snapshot import Snapshot
from tests.unit.alerts import breaking as b
from tests.unit.alerts import faults
from tests.unit.clusters import host

Fault = Callable[[Snapshot], None]


def at(code: str, index: int | None) -> b.Place:
    return code, CLUSTER if index is None else host(index)


FAULTS: list[tuple[Fault, set[b.Place]]] = [
    (faults.node_dead, {at("NODE_UNREACHABLE", 3)}),
    (faults.leader_dead, {at("NODE_UNREACHABLE", 0)}),
    (faults.leader_just_died, {at("NODE_UNREACHABLE", 0)}),
    (faults.leader_stopped_just_now, {at("SERVICE_INACTIVE", 0)}),
    (faults.leader_stopped_and_followed, {at("SERVICE_INACTIVE", 0)}),
    (faults.rqlited_stopped, {at("SERVICE_INACTIVE", 2)}),
    (faults.orama_node_stopped_with_its_parts, {at("SERVICE_INACTIVE", 2)}),
    (faults.orama_node_stopped_by_its_cli, {at("SERVICE_INACTIVE", 2)}),
    (faults.rqlited_failed, {at("SERVICE_FAILED", 2)}),
    (faults.rqlited_loops, {at("SERVICE_RESTART_LOOP", 2)}),
    (faults.rqlited_frozen, {at("RQLITE_DOWN", 2)}),
    (faults.majority_stopped, {at("SERVICE_INACTIVE", index) for index in (2, 3, 4)}),
    (faults.all_stopped, {at("SERVICE_INACTIVE", index) for index in range(5)}),
    (faults.wg_down, {at("WG_DOWN", 2)}),
    (faults.wg_stopped, {at("SERVICE_INACTIVE", 2)}),
    (faults.wg_stopped_with_what_needs_it, {at("SERVICE_INACTIVE", 2)}),
    (faults.wg_disabled, {at("WG_DOWN", 2)}),
    (faults.wg_failed_at_boot, {at("SERVICE_FAILED", 2)}),
    (faults.leader_wg_down, {at("WG_DOWN", 0)}),
    (faults.wg_blocked, {at("WG_HANDSHAKE_STALE", 2)}),
    (faults.wg_link_cut, {at("WG_HANDSHAKE_STALE", 2)}),
    (faults.wg_peer_removed, {at("WG_PEER_MISSING", 2)}),
    (faults.wg_peer_removed_everywhere, {at("WG_PEER_MISSING", 4)}),
    (faults.wg_all_peers_removed, {at("WG_PEER_MISSING", 2)}),
    (faults.wg_restarted_behind_a_wall, {at("WG_PEER_NEVER_HANDSHAKED", 2)}),
    (faults.route_lost, {at("WG_ROUTE_MISSING", 2)}),
    (faults.raft_port_blocked, {at("RQLITE_PEER_UNREACHABLE", 2)}),
    (faults.raft_link_cut, {at("RQLITE_PEER_UNREACHABLE", 2)}),
    (faults.raft_link_to_leader_cut, {at("RQLITE_PEER_UNREACHABLE", 0)}),
    (faults.wg_link_to_leader_cut, {at("WG_HANDSHAKE_STALE", 0)}),
    (faults.link_to_leader_of_a_later_term_cut, {at("WG_HANDSHAKE_STALE", 0)}),
    (faults.stray_peer, {at("WG_PEER_UNKNOWN", 0)}),
    (faults.olric_stopped, {at("SERVICE_INACTIVE", 2)}),
    (faults.olric_frozen, {at("COLLECTOR_FAILED", 2)}),
    (faults.olric_parted, {at("OLRIC_MEMBERS_MISSING", 2)}),
    (faults.olric_restarted, {at("OLRIC_RESTARTS", 2)}),
    (faults.ipfs_stopped, {at("SERVICE_INACTIVE", 2)}),
    (faults.ipfs_cluster_stopped, {at("SERVICE_INACTIVE", 2)}),
    (faults.ipfs_stopped_with_its_cluster, {at("SERVICE_INACTIVE", 2)}),
    (faults.ipfs_disabled, {at("IPFS_DOWN", 2)}),
    (faults.ipfs_stopped_and_awaited, {at("SERVICE_INACTIVE", 2)}),
    (faults.ipfs_wrong_key, {at("IPFS_ISOLATED", 2)}),
    (faults.ipfs_alone, {at("IPFS_ISOLATED", 2)}),
    (faults.out_of_raft, {at("RQLITE_CANDIDATE", 2)}),
    (faults.term_ahead, {at("RQLITE_TERM_INCONSISTENT", None)}),
    (faults.gateway_stopped, {at("SERVICE_INACTIVE", 2)}),
    (faults.gateway_frozen, {at("GATEWAY_DOWN", 2)}),
    (faults.gateway_says_503, {at("GATEWAY_UNHEALTHY", 2)}),
    (faults.gateway_part_bad, {at("GATEWAY_SUBSYSTEM", 2)}),
    (faults.coredns_stopped, {at("SERVICE_INACTIVE", 1)}),
    (faults.coredns_frozen, {at("DNS_SOA_FAILED", 1)}),
    (faults.zone_broken, {at("DNS_SOA_FAILED", 1)}),
    (faults.caddy_stopped, {at("SERVICE_INACTIVE", 1)}),
    (faults.caddy_without_port, {at("DNS_PORT_UNBOUND", 1)}),
    (faults.sudo_broken, {at("NODE_COLLECT_FAILED", 2)}),
    (faults.leader_without_sudo, {at("NODE_COLLECT_FAILED", 0)}),
    (faults.no_psutil, {at("COLLECTOR_FAILED", 2)}),
    (faults.no_default_route, {at("NO_DEFAULT_ROUTE", 2)}),
    (faults.namespace_rqlite_stopped, {at("SERVICE_INACTIVE", 2)}),
    (faults.namespace_rqlite_stopped_with_what_needs_it, {at("SERVICE_INACTIVE", 2)}),
    (faults.namespace_rqlite_disabled, {at("NAMESPACE_RQLITE_DOWN", 2)}),
    (faults.namespace_rqlite_forgotten, {at("NAMESPACE_RQLITE_DOWN", 2)}),
    (faults.namespace_olric_forgotten, {at("NAMESPACE_OLRIC_DOWN", 2)}),
    (faults.namespace_olric_stopped_with_its_gateway, {at("SERVICE_INACTIVE", 2)}),
    (faults.namespace_gateway_says_503, {at("NAMESPACE_GATEWAY_UNHEALTHY", 2)}),
    (faults.namespace_member_cut_off, {at("NAMESPACE_RQLITE_NOT_READY", 2)}),
    (faults.namespace_majority_stopped, {at("SERVICE_INACTIVE", index) for index in (0, 1, 2)}),
    (faults.memory_and_swap, {at("MEMORY_HIGH", 2)}),
    (faults.alone_and_leading, {at("RQLITE_SPLIT_BRAIN", None)}),
]


TOGETHER: list[tuple[Fault, Fault]] = [
    (faults.node_dead, faults.rqlited_stopped),
    (faults.node_dead, faults.wg_blocked),
    (faults.node_dead, faults.olric_stopped),
    (faults.node_dead, faults.zone_broken),
    (faults.node_dead, faults.ipfs_alone),
    (faults.node_dead, faults.term_ahead),
    (faults.node_dead, faults.out_of_raft),
    (faults.leader_dead, faults.gateway_part_bad),
    (faults.leader_dead, faults.raft_link_cut),
    (faults.rqlited_stopped, faults.caddy_stopped),
    (faults.rqlited_frozen, faults.olric_stopped),
    (faults.wg_down, faults.coredns_stopped),
    (faults.wg_link_cut, faults.gateway_frozen),
    (faults.wg_peer_removed, faults.ipfs_stopped),
    (faults.stray_peer, faults.memory_and_swap),
    (faults.sudo_broken, faults.zone_broken),
    (faults.no_psutil, faults.olric_stopped),
    (faults.namespace_rqlite_stopped, faults.rqlited_frozen),
    (faults.raft_link_cut, faults.caddy_without_port),
]
