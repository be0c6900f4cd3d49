"""One fault explains what it brings about, and hides nothing that it has no part in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orama_monitor.alerts import CLUSTER, RULES, judge
from orama_monitor.alerts.alert import Severity, standing
from orama_monitor.alerts.policy import Mute, Policy
from orama_monitor.report import CollectorOutcome
from orama_monitor.snapshot import Snapshot
from tests.unit.alerts import breaking as b
from tests.unit.clusters import healthy, host, key, lost, narrowed, report


def heard(snapshot: Snapshot, *muted: str) -> set[b.Place]:
    """The alerts that count with these codes muted."""
    policy = Policy(mutes=[Mute(code=code) for code in muted])
    return {(alert.code, alert.node) for alert in standing(judge(snapshot, policy))}


def leaderless(snapshot: Snapshot, *indexes: int) -> None:
    for index in indexes:
        for field, value in (("raft_state", "Candidate"), ("leader_addr", None), ("leader_id", None)):
            b.put(snapshot, index, f"rqlite.{field}", value)


def namespace_leaderless(snapshot: Snapshot, *indexes: int) -> None:
    """The namespace is on these nodes only, and nobody leads it."""
    for index in range(b.size(snapshot)):
        one = snapshot.nodes[index].report
        if one is not None:
            one.namespaces = (one.namespaces or [])[:1] if index in indexes else []
            for namespace in one.namespaces:
                namespace.rqlite_state, namespace.rqlite_ready = "Candidate", False


def test_a_muted_dead_node_silences_what_it_brings_about_and_no_outage() -> None:
    snapshot = healthy()
    b.node_dead(snapshot, 4)
    assert heard(snapshot, "NODE_UNREACHABLE") == set()
    leaderless(snapshot, 0, 1, 2, 3)
    assert ("RQLITE_NO_LEADER", CLUSTER) in heard(snapshot, "NODE_UNREACHABLE")


def test_a_dead_node_that_is_no_voter_takes_no_leader_from_rqlite() -> None:
    snapshot = healthy(6)
    b.node_dead(snapshot, 5)
    leaderless(snapshot, 0, 1, 2, 3, 4)
    assert b.roots(snapshot) == {("NODE_UNREACHABLE", host(5)), ("RQLITE_NO_LEADER", CLUSTER)}


def test_a_dead_node_of_unknown_address_may_be_the_voter_that_is_missed() -> None:
    """A voter whose host nobody knows."""
    snapshot = healthy(6)
    b.node_dead(snapshot, 5)
    leaderless(snapshot, 0, 1, 2, 3, 4)
    for index in range(5):
        view = b.rqlite_view(snapshot, index)
        view["n9"] = view["n1"].model_copy(update={"addr": "n6.internal:7001"})
        for one in b.peers_of(snapshot, index):
            one.allowed_ips = "10.0.0.0/24" if one.public_key == key(5) else one.allowed_ips
    assert ("RQLITE_NO_LEADER", CLUSTER) not in b.roots(snapshot)


def test_a_muted_dead_node_silences_no_lost_quorum() -> None:
    """Of three voters one is known to be gone, and a second one goes."""
    snapshot = healthy(3)
    b.node_dead(snapshot, 1, 2)
    b.no_quorum(snapshot, 0)
    muted = Policy(mutes=[Mute(code="NODE_UNREACHABLE", node=host(2))])
    loud = {(alert.code, alert.node) for alert in standing(judge(snapshot, muted)) if alert.is_root}
    assert loud == {("NODE_UNREACHABLE", host(1))}
    assert ("RQLITE_QUORUM_LOST", CLUSTER) in heard(snapshot, "NODE_UNREACHABLE")
    assert ("RQLITE_QUORUM_LOST", CLUSTER) not in heard(snapshot, "NODE_UNREACHABLE", "RQLITE_QUORUM_LOST")


def test_a_muted_dead_node_silences_no_namespace_without_a_leader() -> None:
    snapshot = healthy()
    b.node_dead(snapshot, 4)
    namespace_leaderless(snapshot, 0, 1, 2)
    assert ("NAMESPACE_NO_LEADER", CLUSTER) in heard(snapshot, "NODE_UNREACHABLE")
    assert b.roots(snapshot) == {("NODE_UNREACHABLE", host(4))}


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


def test_a_link_to_no_member_takes_no_leader_from_a_namespace() -> None:
    snapshot = healthy()
    namespace_leaderless(snapshot, 0, 1, 2)
    b.link_stale(snapshot, 0, 4)
    assert ("NAMESPACE_NO_LEADER", CLUSTER) in b.roots(snapshot)


def test_another_namespaces_rqlite_takes_no_leader_from_a_namespace() -> None:
    snapshot = healthy()
    namespace_leaderless(snapshot, 0, 1, 2)
    members = report(snapshot, 0).namespaces or []
    other = members[0].model_copy(update={"name": "other", "rqlite_up": False, "rqlite_state": None})
    report(snapshot, 0).namespaces = [*members, other]
    assert b.roots(snapshot) >= {("NAMESPACE_NO_LEADER", CLUSTER), ("NAMESPACE_RQLITE_DOWN", host(0))}


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
    leaderless(snapshot, 4)
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


def started(snapshot: Snapshot, index: int, name: str, seconds: int) -> None:
    b.unit_state(snapshot, index, name, active_state="active", active_since_sec=seconds)


@pytest.mark.parametrize(
    ("field", "service"), [("gateway_up", "gateway"), ("rqlite_up", "rqlite"), ("olric_up", "olric")]
)
def test_what_was_just_started_in_a_namespace_may_be_silent(field: str, service: str) -> None:
    def severity(seconds: int) -> Severity:
        snapshot = healthy()
        b.put(snapshot, 2, f"namespaces.0.{field}", False)
        started(snapshot, 2, f"orama-namespace-{service}@acme", seconds)
        return b.only(snapshot, f"NAMESPACE_{service.upper()}_DOWN").severity

    assert (severity(5), severity(300)) == (Severity.INFO, Severity.WARNING)


def test_a_namespace_that_is_being_made_has_no_leader_yet() -> None:
    def severity(*young: int) -> Severity:
        snapshot = healthy()
        namespace_leaderless(snapshot, 0, 1, 2)
        for index in (0, 1, 2):
            started(snapshot, index, "orama-namespace-rqlite@acme", 5 if index in young else 300)
        return b.only(snapshot, "NAMESPACE_NO_LEADER").severity

    assert (severity(0, 1, 2), severity(0)) == (Severity.INFO, Severity.CRITICAL)


def test_anyone_takes_its_time_to_join() -> None:
    def severity(seconds: int) -> Severity:
        snapshot = healthy()
        b.put(snapshot, 2, "anyone.bootstrapped", False)
        b.put(snapshot, 2, "anyone.bootstrap_pct", 45)
        mode = report(snapshot, 2).anyone
        assert mode is not None
        started(snapshot, 2, f"orama-anyone-{mode.mode}", seconds)
        return b.only(snapshot, "ANYONE_NOT_BOOTSTRAPPED").severity

    assert (severity(20), severity(600)) == (Severity.INFO, Severity.WARNING)


def test_voters_that_were_all_heard_speak_for_themselves() -> None:
    snapshot = healthy()
    for index in range(5):
        for member in ("n4", "n5"):
            b.rqlite_view(snapshot, index)[member].voter = False
    leaderless(snapshot, 0, 1, 2)
    lost(snapshot, 3, 4)
    assert ("RQLITE_NO_LEADER", CLUSTER) in b.found(snapshot)


def test_a_muted_link_hides_no_lost_leader() -> None:
    snapshot = healthy(3)
    leaderless(snapshot, 0, 1, 2)
    for other in (0, 1):
        b.unreached(snapshot, 2, other)
        b.unreached(snapshot, other, 2)
    assert ("RQLITE_NO_LEADER", CLUSTER) in heard(snapshot, "RQLITE_PEER_UNREACHABLE")


def test_a_muted_link_hides_nothing_on_other_nodes() -> None:
    snapshot = healthy()
    b.unreached(snapshot, 0, 1)
    b.put(snapshot, 4, "network.tcp_retrans_pct", 40.0)
    b.put(snapshot, 3, "olric.log_errors_1h", 500)
    told = {("TCP_RETRANS_HIGH", host(4)), ("OLRIC_LOG_ERRORS", host(3))}
    assert heard(snapshot, "RQLITE_PEER_UNREACHABLE") == told


@pytest.mark.parametrize(
    ("fault", "muted", "its_own", "code"),
    [
        (("olric.service_active", False), "OLRIC_DOWN", ("olric.log_errors_1h", 500), "OLRIC_LOG_ERRORS"),
        (("rqlite.responsive", False), "RQLITE_DOWN", ("rqlite.debug_vars.query_errors", 5), "RQLITE_ERRORS"),
        (("network.default_route", False), "NO_DEFAULT_ROUTE", ("network.tcp_retrans_pct", 40.0), "TCP_RETRANS_HIGH"),
    ],
)
def test_a_muted_fault_of_one_node_hides_none_of_another(
    fault: tuple[str, object], muted: str, its_own: tuple[str, object], code: str
) -> None:
    snapshot = healthy()
    b.put(snapshot, 4, *fault)
    b.put(snapshot, 1, *its_own)
    assert b.roots(snapshot) == {(muted, host(4))}
    assert heard(snapshot, muted) == {(code, host(1))}


def test_of_two_faults_of_a_node_the_one_that_is_heard_explains_a_third() -> None:
    """The muted one is declared before it."""
    snapshot = healthy()
    b.put(snapshot, 2, "olric.service_active", False)
    b.put(snapshot, 2, "ipfs.daemon_active", False)
    b.put(snapshot, 2, "gateway.http_status", 503)
    told = {("IPFS_DOWN", host(2)), ("GATEWAY_UNHEALTHY", host(2))}
    assert heard(snapshot, "OLRIC_DOWN") == told
    assert heard(snapshot, "OLRIC_DOWN", "IPFS_DOWN") == set()


def test_an_isolated_kubo_is_critical_while_not_all_others_are_young() -> None:
    snapshot = healthy()
    b.put(snapshot, 4, "ipfs.swarm_peers", 0)
    for index in (0, 1, 2):
        started(snapshot, index, "orama-ipfs", 5)
    few = judge(snapshot, Policy.model_validate({"thresholds": {"ipfs_peers_wanted": 2}}))
    assert [alert.severity for alert in few if alert.code == "IPFS_ISOLATED"] == [Severity.CRITICAL]


def test_what_runs_under_another_unit_is_one_of_the_members() -> None:
    """Where the unit is not known, and the service answers."""
    snapshot = healthy()
    for section in ("olric.service_active", "ipfs.daemon_active", "ipfs.cluster_active"):
        b.put(snapshot, 2, section, None)
    assert judge(snapshot) == []
    b.put(snapshot, 2, "ipfs.swarm_peers", 0)
    assert ("IPFS_ISOLATED", host(2)) in b.found(snapshot)


def test_a_link_of_its_own_explains_what_a_node_loses_before_a_muted_fault_elsewhere() -> None:
    snapshot = healthy()
    b.mesh_lost(snapshot, 4)
    b.link_stale(snapshot, 1, 2)
    b.put(snapshot, 1, "network.tcp_retrans_pct", 40.0)
    assert ("TCP_RETRANS_HIGH", host(1)) in heard(snapshot, "WG_DOWN")


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


def test_a_node_that_was_not_heard_may_take_its_time_after_a_start() -> None:
    def found(seconds: int) -> bool:
        snapshot = healthy()
        b.stranger(snapshot, 0)
        lost(snapshot, 4)
        b.never(snapshot, 0, b.STRANGER)
        b.put(snapshot, 0, "system.uptime_seconds", seconds)
        return ("WG_PEER_NEVER_HANDSHAKED", host(0)) in b.found(snapshot)

    assert (found(20), found(600)) == (False, True)


def test_a_namespace_that_is_being_made_has_its_rqlite_first() -> None:
    def severity(seconds: int) -> Severity:
        snapshot = healthy()
        b.put(snapshot, 2, "namespaces.0.gateway_up", False)
        b.without_unit(snapshot, 2, "orama-namespace-gateway@acme")
        started(snapshot, 2, "orama-namespace-rqlite@acme", seconds)
        return b.only(snapshot, "NAMESPACE_GATEWAY_DOWN").severity

    assert (severity(100), severity(900)) == (Severity.INFO, Severity.WARNING)


@pytest.mark.parametrize("silent", [True, False], ids=["no answer yet", "no leader yet"])
def test_who_was_just_started_has_no_leader_yet(silent: bool) -> None:
    def severity(*young: int) -> Severity:
        snapshot = healthy(3)
        for index in range(3):
            if silent:
                b.rqlite_silent(snapshot, index)
            started(snapshot, index, "orama-node", 5 if index in young else 900)
        if not silent:
            leaderless(snapshot, 0, 1, 2)
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


def test_a_hint_names_the_file_that_has_the_log() -> None:
    def hint(name: str) -> str:
        snapshot = healthy()
        b.failed(snapshot, 0, name)
        return b.only(snapshot, "SERVICE_FAILED").hint

    assert "tail -n 50 /opt/orama/.orama/logs/node.log, or journalctl -u orama-node -n 50" in hint("orama-node")
    assert "tail -n 50 /opt/orama/.orama/logs/rqlite-*.log " in RULES["RQLITE_DOWN"].hint
    assert hint("caddy") == "on the node: systemctl status caddy; journalctl -u caddy -n 50"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"load_state": "masked"}, "on the node: systemctl unmask orama-node; systemctl start orama-node"),
        ({"load_state": "not-found", "enabled": None}, "on the node: orama-node has no unit file"),
        ({}, "journalctl -u orama-node -n 50; systemctl start orama-node"),
    ],
    ids=["masked", "not found", "stopped"],
)
def test_a_hint_gets_a_unit_back_as_it_was_lost(fields: dict[str, object], said: str) -> None:
    snapshot = healthy()
    b.unit_state(snapshot, 2, "orama-node", active_state="inactive", **fields)
    assert said in b.only(snapshot, "SERVICE_INACTIVE").hint


def test_a_unit_that_was_masked_follows_from_nothing_that_it_needs() -> None:
    snapshot = healthy()
    b.mesh_lost(snapshot, 2)
    b.unit_state(snapshot, 2, "orama-node", load_state="masked", active_state="inactive")
    b.rqlite_silent(snapshot, 2)
    assert b.roots(snapshot) == {("WG_DOWN", host(2)), ("SERVICE_INACTIVE", host(2))}


@pytest.mark.parametrize(("load_state", "unit"), [("loaded", "orama-gateway"), ("not-found", "orama-node")])
def test_a_hint_names_the_unit_that_runs_the_gateway(load_state: str, unit: str) -> None:
    snapshot = healthy()
    b.put(snapshot, 3, "gateway.responsive", False)
    b.unit_state(snapshot, 3, "orama-gateway", load_state=load_state, enabled=None)
    hint = b.only(snapshot, "GATEWAY_DOWN").hint
    assert f"systemctl status {unit};" in hint and f"journalctl -u {unit} " in hint


@pytest.mark.parametrize(
    ("domain", "asked"), [("testnet.orama.example", "testnet.orama.example"), ("a; reboot", "DOMAIN"), (None, "DOMAIN")]
)
def test_a_hint_asks_for_the_domain_where_that_is_a_word(domain: str | None, asked: str) -> None:
    snapshot = healthy()
    b.put(snapshot, 1, "dns.domain", domain)
    b.put(snapshot, 1, "dns.soa_resolves", False)
    assert f"dig @127.0.0.1 {asked} SOA;" in b.only(snapshot, "DNS_SOA_FAILED").hint


def test_hints_find_kubo_from_any_user() -> None:
    hints = [rule.hint for rule in RULES.values() if " ipfs " in rule.hint]
    assert len(hints) == 4
    assert all(hint.count(" ipfs ") == hint.count(" ipfs --api /ip4/127.0.0.1/tcp/4501 ") for hint in hints)


@pytest.mark.parametrize(
    ("field", "about", "server"),
    [
        ("base_tls_days_left", "base", "testnet.orama.example"),
        ("wild_tls_days_left", "wildcard", "any.testnet.orama.example"),
    ],
)
def test_the_certificate_that_is_not_shown_is_named(field: str, about: str, server: str) -> None:
    snapshot = healthy()
    b.put(snapshot, 1, f"dns.{field}", None)
    alert = b.only(snapshot, "TLS_UNCHECKED")
    assert alert.about == [about] and f"-servername {server};" in alert.hint


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


def test_what_fails_beside_a_restart_loop_of_orama_node_fails_by_itself() -> None:
    """That stops and starts it, and makes it fail no more than the loop of another would."""
    snapshot = healthy()
    b.looping(snapshot, 2, "orama-node")
    b.failed(snapshot, 2, "orama-namespace-rqlite@acme")
    assert ("SERVICE_FAILED", host(2)) in heard(snapshot, "SERVICE_RESTART_LOOP")


def test_caddy_is_stopped_with_orama_node() -> None:
    snapshot = healthy()
    b.stopped(snapshot, 0, "orama-node")
    b.stopped(snapshot, 0, "caddy")
    b.put(snapshot, 0, "dns.caddy_active", False)
    roots = [(alert.code, alert.node, alert.about) for alert in judge(snapshot) if alert.is_root]
    assert roots == [("SERVICE_INACTIVE", host(0), ["orama-node"])]


def test_a_muted_record_hides_no_failed_collection() -> None:
    snapshot = healthy()
    b.put(snapshot, 0, "dns.base_a_resolves", False)
    report(snapshot, 0).collectors["dns"] = CollectorOutcome(status="timeout", error="TLS of caddy: no answer")
    assert ("COLLECTOR_FAILED", host(0)) not in {(a.code, a.node) for a in judge(snapshot) if a.is_root}
    assert heard(snapshot, "DNS_A_FAILED") == {("COLLECTOR_FAILED", host(0))}


def test_a_loop_explains_missed_peers_though_the_daemon_is_active_at_the_moment() -> None:
    snapshot = healthy()
    b.looping(snapshot, 2, "orama-ipfs-cluster")
    b.unit_state(snapshot, 2, "orama-ipfs-cluster", active_state="active", sub_state="running", active_since_sec=0)
    for index in b.others(snapshot, 2):
        b.put(snapshot, index, "ipfs.cluster_peers", 4)
    assert b.roots(snapshot) == {("SERVICE_RESTART_LOOP", host(2))}
