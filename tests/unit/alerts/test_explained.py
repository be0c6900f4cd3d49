"""One fault explains what it brings about, and hides nothing that it has no part in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orama_monitor.alerts import CLUSTER, judge
from orama_monitor.alerts.alert import Severity
from orama_monitor.alerts.policy import Policy
from orama_monitor.snapshot import Snapshot
from tests.unit.alerts import breaking as b
from tests.unit.clusters import healthy, host, key, lost, narrowed, report


def test_a_dead_node_that_is_no_voter_takes_no_leader_from_rqlite() -> None:
    snapshot = healthy(6)
    b.node_dead(snapshot, 5)
    b.leaderless(snapshot, 0, 1, 2, 3, 4)
    assert b.roots(snapshot) == {("NODE_UNREACHABLE", host(5)), ("RQLITE_NO_LEADER", CLUSTER)}


def test_a_dead_node_of_unknown_address_may_be_the_voter_that_is_missed() -> None:
    """A voter whose host nobody knows."""
    snapshot = healthy(6)
    b.node_dead(snapshot, 5)
    b.leaderless(snapshot, 0, 1, 2, 3, 4)
    for index in range(5):
        view = b.rqlite_view(snapshot, index)
        view["n9"] = view["n1"].model_copy(update={"addr": "n6.internal:7001"})
        for one in b.peers_of(snapshot, index):
            one.allowed_ips = "10.0.0.0/24" if one.public_key == key(5) else one.allowed_ips
    assert ("RQLITE_NO_LEADER", CLUSTER) not in b.roots(snapshot)


def test_a_node_that_only_we_cannot_reach_explains_nothing_on_others() -> None:
    snapshot = healthy()
    lost(snapshot, 4)
    b.put(snapshot, 1, "olric.log_errors_1h", 500)
    b.put(snapshot, 2, "network.tcp_retrans_pct", 30.0)
    b.put(snapshot, 3, "rqlite.debug_vars.query_errors", 2)
    assert b.roots(snapshot) == {
        ("NODE_UNREACHABLE", host(4)),
        ("OLRIC_LOG_ERRORS", host(1)),
        ("TCP_RETRANS_HIGH", host(2)),
        ("RQLITE_ERRORS", host(3)),
    }


def test_one_broken_link_does_not_isolate_a_kubo() -> None:
    snapshot = healthy()
    b.link_stale(snapshot, 1, 2)
    b.put(snapshot, 1, "ipfs.swarm_peers", 0)
    assert ("IPFS_ISOLATED", host(1)) in b.roots(snapshot)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [("rqlite.applied_index", 1, "RQLITE_APPLIED_LAG"), ("rqlite.strong_read", False, "RQLITE_STRONG_READ_FAILED")],
)
def test_a_link_to_another_follower_is_no_reason_to_lag_or_not_to_read(path: str, value: object, code: str) -> None:
    snapshot = healthy()
    b.unreached(snapshot, 1, 2)
    b.put(snapshot, 1, path, value)
    if code == "RQLITE_APPLIED_LAG":
        b.put(snapshot, 1, "rqlite.commit_index", 1)
    assert (code, host(1)) in b.roots(snapshot)
    b.unreached(snapshot, 1, 0)
    assert (code, host(1)) not in b.roots(snapshot)


def test_a_majority_that_was_not_heard_may_have_a_leader() -> None:
    snapshot = healthy()
    lost(snapshot, 0, 1, 2, 3, failure="collect_failed", error="sudo wants a password")
    b.leaderless(snapshot, 4)
    assert ("RQLITE_NO_LEADER", CLUSTER) not in b.found(snapshot)
    assert ("RQLITE_CANDIDATE", host(4)) in b.roots(snapshot)


def test_two_ends_that_agree_on_no_key_never_had_a_handshake() -> None:
    """Each counts what the other sends to ask for one, such as where their preshared keys differ."""
    snapshot = healthy()
    for index, other in ((1, 2), (2, 1)):
        b.never(snapshot, index, other)
        b.peer_of(snapshot, index, other).transfer_rx_bytes = 148
    assert ("WG_PEER_NEVER_HANDSHAKED", host(1)) in b.roots(snapshot)


def test_to_an_environment_of_one_node_no_peer_is_a_stranger() -> None:
    """As to the built-in one of this machine."""
    part = narrowed(healthy(), 0)
    part = part.model_copy(update={"configured": part.configured[:1]})
    assert judge(part) == []


def test_anyone_takes_its_time_to_join() -> None:
    def severity(seconds: int) -> Severity:
        snapshot = healthy()
        b.put(snapshot, 2, "anyone.bootstrapped", False)
        b.put(snapshot, 2, "anyone.bootstrap_pct", 45)
        mode = report(snapshot, 2).anyone
        assert mode is not None
        b.started(snapshot, 2, f"orama-anyone-{mode.mode}", seconds)
        return b.only(snapshot, "ANYONE_NOT_BOOTSTRAPPED").severity

    assert (severity(20), severity(600)) == (Severity.INFO, Severity.WARNING)


def test_voters_that_were_all_heard_speak_for_themselves() -> None:
    snapshot = healthy()
    for index in range(5):
        for member in ("n4", "n5"):
            b.rqlite_view(snapshot, index)[member].voter = False
    b.leaderless(snapshot, 0, 1, 2)
    lost(snapshot, 3, 4)
    assert ("RQLITE_NO_LEADER", CLUSTER) in b.found(snapshot)


def test_an_isolated_kubo_is_critical_while_not_all_others_are_young() -> None:
    snapshot = healthy()
    b.put(snapshot, 4, "ipfs.swarm_peers", 0)
    for index in (0, 1, 2):
        b.started(snapshot, index, "orama-ipfs", 5)
    few = judge(snapshot, Policy.model_validate({"thresholds": {"ipfs_peers_wanted": 2}}))
    assert [alert.severity for alert in few if alert.code == "IPFS_ISOLATED"] == [Severity.CRITICAL]


def test_the_only_other_kubo_may_be_caught_active_in_its_loop() -> None:
    snapshot = healthy(2)
    b.unit_state(snapshot, 1, "orama-ipfs", n_restarts=9, restart_loop_risk=True, active_since_sec=1)
    b.put(snapshot, 1, "ipfs.swarm_peers", None)
    b.put(snapshot, 0, "ipfs.swarm_peers", 0)
    assert b.roots(snapshot) == {("SERVICE_RESTART_LOOP", host(1))}


def test_a_member_that_was_just_started_does_not_listen_yet() -> None:
    def severity(seconds: int) -> Severity:
        snapshot = healthy()
        b.put(snapshot, 2, "olric.memberlist_up", False)
        b.started(snapshot, 2, "orama-olric", seconds)
        return b.only(snapshot, "OLRIC_MEMBERLIST_DOWN").severity

    assert (severity(5), severity(300)) == (Severity.INFO, Severity.CRITICAL)


def test_what_runs_under_another_unit_is_one_of_the_members() -> None:
    """Where the unit is not known, and the service answers."""
    snapshot = healthy()
    for section in ("olric.service_active", "ipfs.daemon_active", "ipfs.cluster_active"):
        b.put(snapshot, 2, section, None)
    assert judge(snapshot) == []
    b.put(snapshot, 2, "ipfs.swarm_peers", 0)
    assert ("IPFS_ISOLATED", host(2)) in b.found(snapshot)


def olric_denied(snapshot: Snapshot) -> None:
    b.collector(snapshot, 2, "olric", "failed", "olric answers, but asks for credentials")
    b.put(snapshot, 2, "olric.member_count", None)


def olric_journal_slow(snapshot: Snapshot) -> None:
    b.collector(snapshot, 2, "olric", "timeout", "journalctl: no answer within 4 s")


def olric_hung(snapshot: Snapshot) -> None:
    b.collector(snapshot, 2, "olric", "timeout", "olric members: no answer within 3 s")
    b.put(snapshot, 2, "olric.member_count", None)


@pytest.mark.parametrize(
    ("fault", "explains"), [(olric_denied, False), (olric_journal_slow, False), (olric_hung, True)]
)
def test_only_a_service_that_hangs_is_out(fault: Callable[[Snapshot], None], explains: bool) -> None:
    snapshot = healthy()
    fault(snapshot)
    b.put(snapshot, 1, "olric.log_suspects_1h", 4)
    b.put(snapshot, 2, "gateway.subsystems.olric.status", "error")
    told = {("OLRIC_SUSPECTS", host(1)), ("GATEWAY_SUBSYSTEM", host(2))}
    assert b.roots(snapshot) - {("COLLECTOR_FAILED", host(2))} == (set() if explains else told)


@pytest.mark.parametrize("hangs", [False, True], ids=["slow to tell its counters", "tells nothing"])
def test_only_a_leader_that_hangs_keeps_others_from_being_ready(hangs: bool) -> None:
    snapshot = healthy()
    b.collector(snapshot, 0, "rqlite", "timeout", "rqlite /debug/vars: no answer within 3 s")
    if hangs:
        report(snapshot, 0).rqlite = None
    else:
        b.put(snapshot, 0, "rqlite.debug_vars", None)
    b.put(snapshot, 2, "rqlite.ready", False)
    assert (("RQLITE_NOT_READY", host(2)) in b.roots(snapshot)) is not hangs


@pytest.mark.parametrize(("field", "code"), [("swarm_peers", "PEERS"), ("cluster_peers", "CLUSTER_PEERS")])
def test_who_is_not_counted_explains_no_missing_peer_of_ipfs(field: str, code: str) -> None:
    """Of the four that are left two don't see each other."""
    snapshot = healthy()
    b.node_dead(snapshot, 4)
    for index in range(4):
        section = report(snapshot, index).ipfs
        assert section is not None
        everyone = 3 if field == "swarm_peers" else 4
        setattr(section, field, everyone - (index in (1, 2)))
    assert {(f"IPFS_{code}_MISSING", host(index)) for index in (1, 2)} <= b.roots(snapshot)


def test_a_peer_that_is_none_of_the_nodes_is_missed_by_nobody() -> None:
    """A removed node, still in a configuration: after the next start nobody ever had a handshake with it."""
    snapshot = healthy()
    b.stranger(snapshot, 0)
    b.never(snapshot, 0, b.STRANGER)
    assert b.only(snapshot, "WG_PEER_NEVER_HANDSHAKED").severity is Severity.INFO
    b.age(snapshot, 0, b.STRANGER, 90_000)
    assert b.only(snapshot, "WG_HANDSHAKE_STALE").severity is Severity.INFO


@pytest.mark.parametrize("code", ["WG_PEER_NEVER_HANDSHAKED", "WG_HANDSHAKE_STALE"])
def test_a_peer_that_is_no_node_may_be_away_while_a_node_is_silent(code: str) -> None:
    """The silent node's own key is known by its endpoint."""
    snapshot = healthy()
    b.stranger(snapshot, 0, age=90_000)
    if code == "WG_PEER_NEVER_HANDSHAKED":
        b.never(snapshot, 0, b.STRANGER)
    lost(snapshot, 4)
    assert b.only(snapshot, code).severity is Severity.INFO


def test_a_node_that_was_not_heard_may_take_its_time_after_a_start() -> None:
    def found(seconds: int) -> bool:
        snapshot = healthy()
        b.stranger(snapshot, 0)
        lost(snapshot, 4)
        b.never(snapshot, 0, b.STRANGER)
        b.put(snapshot, 0, "system.uptime_seconds", seconds)
        return ("WG_PEER_NEVER_HANDSHAKED", host(0)) in b.found(snapshot)

    assert (found(20), found(600)) == (False, True)


@pytest.mark.parametrize("silent", [True, False], ids=["no answer yet", "no leader yet"])
def test_who_was_just_started_has_no_leader_yet(silent: bool) -> None:
    def severity(*young: int) -> Severity:
        snapshot = healthy(3)
        for index in range(3):
            if silent:
                b.rqlite_silent(snapshot, index)
            b.started(snapshot, index, "orama-node", 5 if index in young else 900)
        if not silent:
            b.leaderless(snapshot, 0, 1, 2)
        return b.only(snapshot, "RQLITE_NO_LEADER").severity

    assert (severity(0, 1, 2), severity(0, 1)) == (Severity.INFO, Severity.CRITICAL)


def test_of_two_clocks_neither_is_outvoted() -> None:
    snapshot = healthy(2)
    clock = report(snapshot, 1).system
    assert clock is not None and clock.time_unix is not None
    clock.time_unix += 60
    assert b.only(snapshot, "CLOCK_SKEW").about == [host(0), host(1)]


@pytest.mark.parametrize(
    ("path", "code", "thresholds"),
    [
        ("ipfs.repo_use_pct", "IPFS_REPO_FULL", {"ipfs_repo_critical_pct": 80.0}),
        ("system.inode_use_pct", "INODES_HIGH", {"inodes_critical_pct": 80.0}),
    ],
)
def test_a_critical_limit_below_that_of_the_warning_counts(path: str, code: str, thresholds: dict[str, float]) -> None:
    snapshot = healthy()
    b.put(snapshot, 2, path, 85)
    assert (code, host(2)) in b.found(snapshot, Policy.model_validate({"thresholds": thresholds}))


def test_a_unit_that_was_masked_follows_from_nothing_that_it_needs() -> None:
    snapshot = healthy()
    b.mesh_lost(snapshot, 2)
    b.unit_state(snapshot, 2, "orama-node", load_state="masked", active_state="inactive")
    b.rqlite_silent(snapshot, 2)
    assert b.roots(snapshot) == {("WG_DOWN", host(2)), ("SERVICE_INACTIVE", host(2))}


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("soa_resolves", "DNS_SOA_FAILED"),
        ("ns_resolves", "DNS_NS_FAILED"),
        ("wildcard_resolves", "DNS_WILDCARD_FAILED"),
        ("base_a_resolves", "DNS_A_FAILED"),
    ],
)
def test_a_question_that_coredns_does_not_answer_is_one_fault(field: str, code: str) -> None:
    snapshot = healthy()
    b.put(snapshot, 1, f"dns.{field}", False)
    b.collector(snapshot, 1, "dns", "timeout", "dns: no answer within 3 s")
    assert b.roots(snapshot) == {(code, host(1))}


def test_the_unit_of_an_interface_by_any_name_explains_that_it_is_down() -> None:
    snapshot = healthy()
    b.unit_state(snapshot, 2, "wg-quick@wg0").name = "wg-quick@mesh0"
    b.mesh_lost(snapshot, 2)
    b.stopped(snapshot, 2, "orama-node")
    b.rqlite_silent(snapshot, 2)
    assert b.roots(snapshot) == {("WG_DOWN", host(2))}
    b.stopped(snapshot, 2, "wg-quick@mesh0")
    assert b.roots(snapshot) == {("SERVICE_INACTIVE", host(2))}
    assert b.only(snapshot, "WG_DOWN").message == "mesh0 is down"


def test_caddy_is_stopped_with_orama_node() -> None:
    snapshot = healthy()
    b.stopped(snapshot, 0, "orama-node")
    b.stopped(snapshot, 0, "caddy")
    b.put(snapshot, 0, "dns.caddy_active", False)
    roots = [(alert.code, alert.node, alert.about) for alert in judge(snapshot) if alert.is_root]
    assert roots == [("SERVICE_INACTIVE", host(0), ["orama-node"])]


def test_a_loop_explains_missed_peers_though_the_daemon_is_active_at_the_moment() -> None:
    snapshot = healthy()
    b.looping(snapshot, 2, "orama-ipfs-cluster")
    b.unit_state(snapshot, 2, "orama-ipfs-cluster", active_state="active", sub_state="running", active_since_sec=0)
    for index in b.others(snapshot, 2):
        b.put(snapshot, index, "ipfs.cluster_peers", 4)
    assert b.roots(snapshot) == {("SERVICE_RESTART_LOOP", host(2))}
