"""Rules that compare nodes stay right when these were not all seen at one moment, or have only just started."""

from __future__ import annotations

import pytest

from orama_monitor.alerts import CLUSTER, judge
from orama_monitor.alerts.policy import Policy
from orama_monitor.snapshot import NodeResult, Snapshot
from tests.unit.alerts import breaking as b
from tests.unit.clusters import BEGAN, healthy, host, lost, wg_ip


def shift(snapshot: Snapshot, index: int, seconds: float) -> NodeResult:
    """A node sampled this much later, its own clock still right."""
    result = snapshot.nodes[index]
    assert result.started is not None and result.ended is not None
    result.started, result.ended = result.started + seconds, result.ended + seconds
    b.put(snapshot, index, "system.time_unix", BEGAN.timestamp() + 1.0 + seconds)
    return result


def test_clocks_of_nodes_sampled_minutes_apart_agree() -> None:
    snapshot = healthy(40)
    for index in range(40):
        shift(snapshot, index, 15.0 * index)
    assert judge(snapshot) == []


def test_clocks_without_the_controllers_times_are_not_compared() -> None:
    snapshot = healthy()
    for node in snapshot.nodes:
        node.started = node.ended = None
    b.put(snapshot, 2, "system.time_unix", 5.0)
    assert judge(snapshot) == []


def test_a_leader_that_handed_over_between_two_samples_is_no_split_brain() -> None:
    snapshot = healthy()
    for index in (3, 4):
        shift(snapshot, index, 120)
        b.put(snapshot, index, "rqlite.term", 43)
        b.put(snapshot, index, "rqlite.leader_addr", "10.0.0.4:7001")
        b.put(snapshot, index, "rqlite.leader_id", "n4")
    b.put(snapshot, 3, "rqlite.raft_state", "Leader")
    assert judge(snapshot) == []


def test_an_old_leader_that_still_leads_after_the_new_one_is_a_split_brain() -> None:
    snapshot = healthy()
    shift(snapshot, 0, 120)
    b.put(snapshot, 3, "rqlite.term", 43)
    b.put(snapshot, 3, "rqlite.raft_state", "Leader")
    assert ("RQLITE_SPLIT_BRAIN", CLUSTER) in b.roots(snapshot)


def two_leaders(snapshot: Snapshot, leader: int) -> None:
    """The first one leads in term 42, another with all the rest in term 43."""
    for index in range(len(snapshot.nodes)):
        b.rqlite_view(snapshot, index)[f"n{leader + 1}"].voter = True
    for index in range(1, len(snapshot.nodes)):
        b.put(snapshot, index, "rqlite.term", 43)
        b.put(snapshot, index, "rqlite.leader_addr", f"{wg_ip(leader)}:7001")
        b.put(snapshot, index, "rqlite.leader_id", f"n{leader + 1}")
    b.put(snapshot, leader, "rqlite.raft_state", "Leader")


@pytest.mark.parametrize("parted", [(0, 55), (55, 0)])
def test_followers_of_the_next_batch_s_leader_prove_its_term(parted: tuple[int, int]) -> None:
    """The new leader itself was asked two seconds later."""
    snapshot = healthy(60)
    two_leaders(snapshot, 55)
    for index in range(50, 60):
        shift(snapshot, index, 2)
    b.unreached(snapshot, *parted)
    assert ("RQLITE_SPLIT_BRAIN", CLUSTER) in b.roots(snapshot)


def test_a_leader_that_steps_down_while_the_nodes_are_asked_is_no_split_brain() -> None:
    snapshot = healthy()
    two_leaders(snapshot, 1)
    assert ("RQLITE_SPLIT_BRAIN", CLUSTER) not in b.found(snapshot)
    b.put(snapshot, 1, "rqlite.nodes.n1.reachable", None)
    assert ("RQLITE_SPLIT_BRAIN", CLUSTER) in b.roots(snapshot)


def test_an_old_leader_that_still_leads_in_reach_of_the_new_one_is_a_split_brain() -> None:
    snapshot = healthy()
    two_leaders(snapshot, 1)
    shift(snapshot, 0, 2)
    assert ("RQLITE_SPLIT_BRAIN", CLUSTER) in b.roots(snapshot)


def test_a_term_that_grew_between_two_samples_is_consistent() -> None:
    snapshot = healthy()
    shift(snapshot, 4, 300)
    b.put(snapshot, 4, "rqlite.term", 47)
    assert judge(snapshot) == []
    shift(snapshot, 4, -600)
    assert ("RQLITE_TERM_INCONSISTENT", CLUSTER) in b.roots(snapshot)


@pytest.mark.parametrize(("seconds_before", "lag", "fires"), [(0, 101, True), (1.0, 1000, False), (1.0, 1200, True)])
def test_a_leader_asked_later_may_be_further_on(seconds_before: float, lag: int, fires: bool) -> None:
    snapshot = healthy()
    b.put(snapshot, 3, "rqlite.applied_index", 10_000 - lag)
    b.put(snapshot, 3, "rqlite.commit_index", 10_000 - lag)
    b.put(snapshot, 3, "system.time_unix", BEGAN.timestamp() + 1.0 - seconds_before)
    assert (("RQLITE_APPLIED_LAG", host(3)) in b.found(snapshot)) is fires


def test_batches_minutes_apart_under_load_have_no_lag() -> None:
    snapshot = healthy()
    snapshot.duration_seconds = 300.0
    shift(snapshot, 0, 200)
    for field in ("applied_index", "commit_index"):
        b.put(snapshot, 0, f"rqlite.{field}", 90_000)
    assert judge(snapshot) == []


def test_a_lag_seen_after_the_leader_counts_in_full() -> None:
    snapshot = healthy()
    snapshot.duration_seconds = 300.0
    shift(snapshot, 3, 200)
    b.put(snapshot, 3, "rqlite.applied_index", 9_000)
    b.put(snapshot, 3, "rqlite.commit_index", 9_000)
    assert b.roots(snapshot) == {("RQLITE_APPLIED_LAG", host(3))}


def test_a_peer_that_just_started_is_worth_an_info() -> None:
    snapshot = healthy()
    for index in b.others(snapshot, 3):
        b.unreached(snapshot, index, 3)
    b.put(snapshot, 3, "services.orama-node.active_since_sec", 299)
    assert b.only(snapshot, "RQLITE_PEER_UNREACHABLE").severity == "info"
    b.put(snapshot, 3, "services.orama-node.active_since_sec", 300)
    assert b.only(snapshot, "RQLITE_PEER_UNREACHABLE").severity == "critical"


def ipfs_just_started(snapshot: Snapshot, index: int, seconds: int = 3) -> None:
    """Kubo and IPFS Cluster of one node are back, and haven't found the others yet."""
    b.put(snapshot, index, "services.orama-ipfs.active_since_sec", seconds)
    b.put(snapshot, index, "services.orama-ipfs-cluster.active_since_sec", seconds)
    b.put(snapshot, index, "ipfs.swarm_peers", 0)
    b.put(snapshot, index, "ipfs.cluster_peers", 1)
    for other in b.others(snapshot, index):
        b.put(snapshot, other, "ipfs.swarm_peers", len(snapshot.nodes) - 2)
        b.put(snapshot, other, "ipfs.cluster_peers", len(snapshot.nodes) - 1)
        b.put(snapshot, other, "ipfs.cluster_errors", 1)


@pytest.mark.parametrize("nodes", [2, 5])
def test_peers_of_ipfs_that_just_started_are_worth_an_info(nodes: int) -> None:
    snapshot = healthy(nodes)
    ipfs_just_started(snapshot, 1)
    alerts = judge(snapshot)
    assert alerts and {alert.severity for alert in alerts} == {"info"}
    assert len({alert.node for alert in alerts}) == nodes


@pytest.mark.parametrize(("seconds", "restarts"), [(60, 0), (3, 1)])
def test_peers_of_ipfs_that_settled_or_crashed_count_in_full(seconds: int, restarts: int) -> None:
    snapshot = healthy()
    ipfs_just_started(snapshot, 1, seconds)
    for unit in ("orama-ipfs", "orama-ipfs-cluster"):
        b.put(snapshot, 1, f"services.{unit}.n_restarts", restarts)
    assert b.roots(snapshot) == {("IPFS_ISOLATED", host(1))}
    assert {alert.severity for alert in judge(snapshot)} == {"critical", "warning"}


def test_more_peers_of_ipfs_missing_than_just_started_count_in_full() -> None:
    snapshot = healthy()
    ipfs_just_started(snapshot, 1)
    b.put(snapshot, 3, "ipfs.cluster_peers", 3)
    assert [(a.code, a.node) for a in judge(snapshot) if a.severity == "warning"] == [
        ("IPFS_CLUSTER_PEERS_MISSING", host(3))
    ]


@pytest.mark.parametrize(
    ("unit", "seconds", "restarts", "severity"),
    [
        ("orama-gateway", 29, 0, "info"),
        ("orama-gateway", 30, 0, "critical"),
        ("orama-gateway", 2, 1, "critical"),
        ("orama-node", 2, 0, "critical"),
    ],
)
def test_a_gateway_may_not_answer_right_after_its_start(unit: str, seconds: int, restarts: int, severity: str) -> None:
    snapshot = healthy()
    b.put(snapshot, 3, "gateway.responsive", False)
    b.unit_state(snapshot, 3, unit, active_since_sec=seconds, n_restarts=restarts)
    assert b.only(snapshot, "GATEWAY_DOWN").severity == severity


@pytest.mark.parametrize(
    ("seconds", "restarts", "severity"), [(29, 0, "info"), (30, 0, "critical"), (2, 1, "critical")]
)
def test_a_node_may_not_answer_right_after_its_start(seconds: int, restarts: int, severity: str) -> None:
    """RQLite, and the gateway where it has no unit of its own."""
    snapshot = healthy()
    b.rqlite_silent(snapshot, 3)
    b.put(snapshot, 3, "gateway.responsive", False)
    b.unit_state(snapshot, 3, "orama-gateway", load_state="not-found", active_state="inactive", enabled=None)
    b.unit_state(snapshot, 3, "orama-node", active_since_sec=seconds, n_restarts=restarts)
    assert b.roots(snapshot) == {("RQLITE_DOWN", host(3)), ("GATEWAY_DOWN", host(3))}
    assert {b.only(snapshot, code).severity for code in ("RQLITE_DOWN", "GATEWAY_DOWN")} == {severity}


@pytest.mark.parametrize(
    ("fields", "severities"),
    [
        ({"active_state": "activating", "sub_state": "start-pre"}, {"info"}),
        ({"active_state": "deactivating", "sub_state": "stop-sigterm"}, {"info"}),
        ({"active_state": "activating", "sub_state": "start-pre", "n_restarts": 2}, {"warning", "critical"}),
        ({"active_state": "activating", "sub_state": "auto-restart"}, {"warning", "critical"}),
        ({"active_state": "inactive", "sub_state": "dead"}, {"warning", "critical"}),
    ],
    ids=["starts", "stops", "starts again", "waits", "stopped"],
)
def test_a_unit_that_waits_for_another_before_it_starts_is_worth_an_info(
    fields: dict[str, object], severities: set[str]
) -> None:
    """As IPFS Cluster waits for Kubo; at a gate that is not given time either."""
    snapshot = healthy()
    b.unit_state(snapshot, 3, "orama-ipfs-cluster", **fields)
    b.put(snapshot, 3, "ipfs.cluster_active", False)
    policy = Policy()
    for by, expected in ((policy, severities), (policy.at_a_gate(), {"warning", "critical"})):
        alerts = judge(snapshot, by)
        assert {alert.code for alert in alerts} == {"SERVICE_INACTIVE", "IPFS_CLUSTER_DOWN"}
        assert {alert.severity for alert in alerts} == expected


def test_handshakes_may_be_missing_right_after_boot() -> None:
    snapshot = healthy()
    for index in b.others(snapshot, 3):
        b.never(snapshot, 3, index)
    b.put(snapshot, 3, "system.uptime_seconds", 12)
    assert b.only(snapshot, "WG_PEER_NEVER_HANDSHAKED").severity == "info"


@pytest.mark.parametrize(("seconds", "severity"), [(12, "info"), (900, "critical")])
def test_handshakes_may_be_missing_right_after_an_interface_by_any_name_came_up(seconds: int, severity: str) -> None:
    snapshot = healthy()
    for index in b.others(snapshot, 3):
        b.never(snapshot, 3, index)
    b.unit_state(snapshot, 3, "wg-quick@wg0", active_since_sec=seconds).name = "wg-quick@mesh0"
    assert b.only(snapshot, "WG_PEER_NEVER_HANDSHAKED").severity == severity


def test_a_leader_that_died_between_two_samples_explains_what_came_after() -> None:
    snapshot = healthy()
    lost(snapshot, 0)
    shift(snapshot, 2, 120)
    b.put(snapshot, 2, "rqlite.strong_read", False)
    assert b.roots(snapshot) == {("NODE_UNREACHABLE", host(0))}


def test_a_leader_that_just_died_explains_failed_reads_without_the_controllers_times() -> None:
    snapshot = healthy()
    lost(snapshot, 0)
    for node in snapshot.nodes:
        node.started = node.ended = None
    for index in b.others(snapshot, 0):
        b.put(snapshot, index, "rqlite.strong_read", False)
    assert b.roots(snapshot) == {("NODE_UNREACHABLE", host(0))}


def test_a_wireguard_that_never_ends_its_start_is_no_info() -> None:
    """systemd gives a unit of its kind all the time it takes."""
    snapshot = healthy()
    b.unit_state(snapshot, 3, "wg-quick@wg0", active_state="activating", sub_state="start")
    assert b.only(snapshot, "SERVICE_INACTIVE").severity == "warning"


@pytest.mark.parametrize(
    ("version", "code"), [("ipfs.kubo_version", "IPFS_DOWN"), ("ipfs.cluster_version", "IPFS_CLUSTER_DOWN")]
)
def test_at_a_gate_a_daemon_that_does_not_listen_yet_is_down(version: str, code: str) -> None:
    snapshot = healthy()
    b.put(snapshot, 3, version, None)
    assert judge(snapshot, Policy()) == []
    assert [(alert.code, alert.severity) for alert in judge(snapshot, Policy().at_a_gate())] == [(code, "critical")]
