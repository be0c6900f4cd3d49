"""Rules that compare nodes stay right when they see only some of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orama_monitor.alerts import CLUSTER, judge
from orama_monitor.alerts.cluster import Cluster
from orama_monitor.alerts.policy import Policy
from orama_monitor.snapshot import ConfiguredNode, NodeResult, Snapshot
from tests.unit.alerts import breaking as b
from tests.unit.alerts import faults
from tests.unit.clusters import healthy, host, key, lost, narrowed, report


@pytest.mark.parametrize("asked", [(0,), (3,), (1, 4), (2, 3, 4)])
def test_a_healthy_part_has_nothing_to_say(asked: tuple[int, ...]) -> None:
    assert judge(narrowed(healthy(), *asked)) == []


def test_a_survivor_alone_tells_of_its_dead_peers_and_not_of_the_cluster() -> None:
    """Asked for one node only: what it sees is said, what the others may see of each other is not."""
    snapshot = healthy()
    b.node_dead(snapshot, 2, 3, 4)
    part = narrowed(snapshot, 0)
    assert {(a.code, a.node) for a in judge(part) if a.node == CLUSTER} == set()
    assert ("RQLITE_PEER_UNREACHABLE", host(0)) in b.found(part)
    assert b.roots(part) == {("WG_HANDSHAKE_STALE", host(0))}


def test_one_node_that_sees_nobody_is_no_lost_quorum_while_the_others_were_not_asked() -> None:
    snapshot = healthy()
    b.mesh_blocked(snapshot, 2)
    assert ("RQLITE_QUORUM_LOST", CLUSTER) not in b.found(narrowed(snapshot, 2))


@pytest.mark.parametrize("asked", [(2,), (2, 3)])
def test_a_cut_off_node_knows_nothing_of_a_leader_among_those_not_asked(asked: tuple[int, ...]) -> None:
    snapshot = healthy()
    for index in asked:
        b.mesh_blocked(snapshot, index)
        leaderless(snapshot, index)
    assert {alert.code for alert in judge(narrowed(snapshot, *asked)) if alert.node == CLUSTER} == set()


def test_a_majority_without_a_leader_speaks_for_those_not_asked() -> None:
    snapshot = healthy()
    for index in range(5):
        leaderless(snapshot, index)
    assert ("RQLITE_NO_LEADER", CLUSTER) in b.roots(narrowed(snapshot, 0, 2, 3))


def leaderless(snapshot: Snapshot, index: int) -> None:
    """A node that asks for votes in every cluster it is in."""
    b.leaderless(snapshot, index)
    for namespace in report(snapshot, index).namespaces or []:
        namespace.rqlite_state = "Candidate"


def test_a_namespace_without_a_leader_is_no_consequence_of_a_link_between_other_nodes() -> None:
    snapshot = healthy()
    for index in range(5):
        one = report(snapshot, index)
        one.namespaces = (one.namespaces or [])[:1] if index < 3 else []
        for namespace in one.namespaces:
            namespace.rqlite_state, namespace.rqlite_ready = "Follower", False
    b.link_stale(snapshot, 3, 4)
    assert ("NAMESPACE_NO_LEADER", CLUSTER) in b.roots(snapshot)
    b.link_stale(snapshot, 0, 1)
    assert ("NAMESPACE_NO_LEADER", CLUSTER) not in b.roots(snapshot)


def test_a_cut_off_node_is_no_lost_quorum() -> None:
    snapshot = healthy()
    b.mesh_blocked(snapshot, 2)
    assert ("RQLITE_QUORUM_LOST", CLUSTER) not in b.found(snapshot)


def test_nodes_unreachable_from_here_may_well_have_a_quorum() -> None:
    snapshot = healthy()
    lost(snapshot, 2, 3, 4)
    assert b.found(snapshot) == {("NODE_UNREACHABLE", host(index)) for index in (2, 3, 4)}


def test_all_nodes_unreachable() -> None:
    snapshot = healthy()
    lost(snapshot, 0, 1, 2, 3, 4)
    assert b.found(snapshot) == {("NODE_UNREACHABLE", host(index)) for index in range(5)}


def test_an_interrupted_collection_says_nothing_of_the_rest() -> None:
    part = narrowed(healthy(), 0, 1).model_copy(update={"partial": True})
    assert judge(part) == []


def not_in_the_mesh(nodes: int) -> Snapshot:
    """A cluster in which one node more is configured, and asked in vain: it is being installed."""
    snapshot = healthy(nodes)
    snapshot.configured.append(ConfiguredNode(host=host(nodes)))
    snapshot.nodes.append(NodeResult(host=host(nodes), role="node", failure="unreachable"))
    return snapshot


@pytest.mark.parametrize("nodes", [2, 4, 20])
def test_a_node_that_is_configured_and_not_in_the_mesh_yet_is_missing_once(nodes: int) -> None:
    snapshot = not_in_the_mesh(nodes)
    assert b.found(snapshot) == {("WG_PEER_MISSING", host(nodes)), ("NODE_UNREACHABLE", host(nodes))}
    assert f"is no peer on {nodes} nodes" in b.only(snapshot, "WG_PEER_MISSING").message


def test_a_node_that_was_not_asked_is_missed_by_each_that_was() -> None:
    part = narrowed(not_in_the_mesh(4), 0, 1)
    assert b.found(part) == {("WG_PEER_MISSING", host(index)) for index in (0, 1)}
    assert host(4) in judge(part)[0].message


def test_one_of_two_nodes_without_a_known_key_is_missing_by_number() -> None:
    """One unknown peer may be either of them."""
    snapshot = not_in_the_mesh(4)
    lost(snapshot, 3)
    renamed(snapshot, 3, "n4.example")
    missing = [alert for alert in judge(snapshot) if alert.code == "WG_PEER_MISSING"]
    assert {alert.node for alert in missing} == {host(index) for index in range(3)}
    assert "one of" in missing[0].message


def test_a_silent_nodes_identity_is_learned_from_its_peers() -> None:
    snapshot = healthy()
    lost(snapshot, 3)
    cluster = Cluster(snapshot, Policy())
    assert cluster.keys[host(3)] == key(3)
    assert cluster.host_of("10.0.0.4:7001") == host(3)


def renamed(snapshot: Snapshot, index: int, name: str) -> None:
    """The node is configured by a DNS name."""
    snapshot.nodes[index].host = name
    snapshot.configured[index].host = name


def test_a_silent_node_with_a_dns_name_still_explains_what_others_miss() -> None:
    snapshot = healthy()
    b.node_dead(snapshot, 3)
    renamed(snapshot, 3, "n4.example")
    assert b.roots(snapshot) == {("NODE_UNREACHABLE", "n4.example")}


@pytest.mark.parametrize("fault", [faults.wg_down, faults.wg_stopped, faults.wg_stopped_with_what_needs_it])
def test_who_misses_a_node_of_which_only_a_dns_name_is_known_misses_its_mesh(fault: Callable[[Snapshot], None]) -> None:
    snapshot = healthy()
    fault(snapshot)
    named = {(code, "n3.example" if node == host(2) else node) for code, node in b.roots(snapshot)}
    renamed(snapshot, 2, "n3.example")
    assert b.roots(snapshot) == named


def test_one_of_two_silent_nodes_without_a_known_key_is_not_guessed() -> None:
    snapshot = healthy()
    b.node_dead(snapshot, 3, 4)
    renamed(snapshot, 3, "n4.example")
    renamed(snapshot, 4, "n5.example")
    cluster = Cluster(snapshot, Policy())
    assert "n4.example" not in cluster.keys and cluster.host_of("10.0.0.4:7001") is None
    assert b.roots(snapshot) == {("NODE_UNREACHABLE", "n4.example"), ("NODE_UNREACHABLE", "n5.example")}


def test_an_endpoint_that_two_keys_share_is_nobodys() -> None:
    snapshot = healthy()
    lost(snapshot, 3)
    for one in b.peers_of(snapshot, 0):
        one.endpoint = f"{host(3)}:51820"
    b.stranger(snapshot, 1)
    b.peers_of(snapshot, 1)[-1].endpoint = f"{host(3)}:40000"
    assert host(3) not in Cluster(snapshot, Policy()).keys


def test_two_nodes_that_claim_one_identity_have_none() -> None:
    snapshot = healthy()
    b.put(snapshot, 4, "wireguard.public_key", key(3))
    b.put(snapshot, 4, "wireguard.wg_ip", "10.0.0.4")
    report(snapshot, 4).wireguard_ip = "10.0.0.4"
    cluster = Cluster(snapshot, Policy())
    assert host(4) not in {cluster.host_of("10.0.0.4"), cluster.key_hosts.get(key(3))}


def test_a_list_of_peers_that_was_cut_short_is_counted() -> None:
    snapshot = healthy(250)
    assert judge(snapshot) == []
    b.put(snapshot, 7, "wireguard.peer_count", 248)
    assert b.found(snapshot) == {("WG_PEER_MISSING", host(7))}


def test_a_large_swarm_is_not_fully_connected() -> None:
    snapshot = healthy(100)
    b.put(snapshot, 7, "ipfs.swarm_peers", 34)
    assert judge(snapshot) == []


@pytest.mark.parametrize("failure", ["unreachable", "collect_failed"])
def test_a_leader_that_was_not_heard_explains_nothing_while_it_leads(failure: str) -> None:
    """Strong reads work on all other nodes: what is wrong on one of them is its own."""
    snapshot = healthy()
    lost(snapshot, 0, failure=failure)
    absence = b.roots(snapshot)
    b.put(snapshot, 1, "dns.soa_resolves", False)
    b.put(snapshot, 2, "rqlite.ready", False)
    b.put(snapshot, 3, "gateway.subsystems.rqlite.status", "error")
    b.put(snapshot, 4, "gateway.http_status", 503)
    assert b.roots(snapshot) - absence == {
        ("DNS_SOA_FAILED", host(1)),
        ("RQLITE_NOT_READY", host(2)),
        ("GATEWAY_SUBSYSTEM", host(3)),
        ("GATEWAY_UNHEALTHY", host(4)),
    }
    assert absence < b.roots(snapshot) and len(absence) == 1


def test_a_leader_that_was_not_heard_is_not_vouched_for_by_who_names_its_successor() -> None:
    snapshot = healthy()
    lost(snapshot, 0)
    for index in (1, 3, 4):
        b.put(snapshot, index, "rqlite.term", 43)
        b.put(snapshot, index, "rqlite.leader_addr", "10.0.0.2:7001")
    b.put(snapshot, 1, "rqlite.raft_state", "Leader")
    b.put(snapshot, 2, "rqlite.strong_read", False)
    assert b.roots(snapshot) == {("NODE_UNREACHABLE", host(0))}


def test_a_namespace_may_be_led_from_a_node_that_was_not_heard() -> None:
    snapshot = healthy()
    lost(snapshot, 0)
    assert ("NAMESPACE_NO_LEADER", CLUSTER) not in b.found(snapshot)


def led_by(snapshot: Snapshot, address: str) -> None:
    """Everyone follows a leader that no node is known to be."""
    for index in range(len(snapshot.nodes)):
        if host(index) in snapshot.reports:
            b.put(snapshot, index, "rqlite.raft_state", "Follower")
            b.put(snapshot, index, "rqlite.leader_addr", address)
            b.put(snapshot, index, "rqlite.leader_id", "n9")


def test_a_leader_outside_the_inventory_is_missed_by_nobody() -> None:
    snapshot = healthy()
    led_by(snapshot, "10.0.9.9:7001")
    assert judge(snapshot) == []


def test_a_leader_known_by_another_name_is_one_of_those_that_were_not_heard() -> None:
    snapshot = healthy()
    lost(snapshot, 0)
    led_by(snapshot, "n1.internal:7001")
    assert b.roots(snapshot) == {("NODE_UNREACHABLE", host(0))}
    assert b.only(snapshot, "RQLITE_LEADER_UNSEEN").about == [host(0)]


@pytest.mark.parametrize("ready", [{4}, {0, 1, 2, 3, 4}])
def test_a_namespace_with_a_ready_follower_is_led(ready: set[int]) -> None:
    """From outside the inventory, or by a node that was asked before its election."""
    snapshot = healthy()
    for index in range(5):
        b.put(snapshot, index, "namespaces.0.rqlite_state", "Follower")
        b.put(snapshot, index, "namespaces.0.rqlite_ready", index in ready)
    assert judge(snapshot) == []


def test_a_namespace_of_candidates_has_no_leader_however_ready_they_were() -> None:
    snapshot = healthy()
    for index in range(5):
        b.put(snapshot, index, "namespaces.0.rqlite_state", "Candidate")
    assert b.roots(snapshot) == {("NAMESPACE_NO_LEADER", CLUSTER)}


def test_an_older_schema_without_most_sections() -> None:
    snapshot = healthy()
    for node in snapshot.nodes:
        assert node.report is not None
        for name in ("services", "network", "olric", "ipfs", "namespaces", "anyone", "processes"):
            setattr(node.report, name, None)
        node.report.collectors = {}
    assert judge(snapshot) == []


def test_a_dead_node_among_a_hundred_is_a_handful_of_alerts() -> None:
    snapshot = healthy(100)
    b.node_dead(snapshot, 50)
    alerts = judge(snapshot)
    assert [(alert.code, alert.node) for alert in alerts if alert.is_root] == [("NODE_UNREACHABLE", host(50))]
    codes = [alert.code for alert in alerts]
    assert codes.count("WG_HANDSHAKE_STALE") == codes.count("RQLITE_PEER_UNREACHABLE") == 1


def test_one_machine_under_two_hosts_is_judged_once() -> None:
    snapshot = healthy(3)
    twin = b.named_twice(snapshot, 0)
    assert twin.report and twin.report.system
    twin.report.system.uptime_seconds = (twin.report.system.uptime_seconds or 0) + 1
    assert [(alert.code, alert.node, alert.about) for alert in judge(snapshot)] == [
        ("NODE_NAMED_TWICE", host(0), ["n1.example"])
    ]


def test_a_clone_that_booted_by_itself_is_no_twin() -> None:
    snapshot = healthy(3)
    twin = b.named_twice(snapshot, 0)
    assert twin.report and twin.report.system
    twin.report.system.uptime_seconds = 500
    assert "NODE_NAMED_TWICE" not in {alert.code for alert in judge(snapshot)}
