"""A muted fault silences what it brings about, and nothing else."""

from __future__ import annotations

import pytest

from orama_monitor.alerts import CLUSTER, judge
from orama_monitor.alerts.alert import standing
from orama_monitor.alerts.policy import Mute, Policy
from orama_monitor.report import CollectorOutcome
from tests.unit.alerts import breaking as b
from tests.unit.clusters import healthy, host, report


def test_a_muted_dead_node_silences_what_it_brings_about_and_no_outage() -> None:
    snapshot = healthy()
    b.node_dead(snapshot, 4)
    assert b.heard(snapshot, "NODE_UNREACHABLE") == set()
    b.leaderless(snapshot, 0, 1, 2, 3)
    assert ("RQLITE_NO_LEADER", CLUSTER) in b.heard(snapshot, "NODE_UNREACHABLE")


def test_a_muted_dead_node_silences_no_lost_quorum() -> None:
    """Of three voters one is known to be gone, and a second one goes."""
    snapshot = healthy(3)
    b.node_dead(snapshot, 1, 2)
    b.no_quorum(snapshot, 0)
    muted = Policy(mutes=[Mute(code="NODE_UNREACHABLE", node=host(2))])
    loud = {(alert.code, alert.node) for alert in standing(judge(snapshot, muted)) if alert.is_root}
    assert loud == {("NODE_UNREACHABLE", host(1))}
    assert ("RQLITE_QUORUM_LOST", CLUSTER) in b.heard(snapshot, "NODE_UNREACHABLE")
    assert ("RQLITE_QUORUM_LOST", CLUSTER) not in b.heard(snapshot, "NODE_UNREACHABLE", "RQLITE_QUORUM_LOST")


def test_a_muted_link_hides_no_lost_leader() -> None:
    snapshot = healthy(3)
    b.leaderless(snapshot, 0, 1, 2)
    for other in (0, 1):
        b.unreached(snapshot, 2, other)
        b.unreached(snapshot, other, 2)
    assert ("RQLITE_NO_LEADER", CLUSTER) in b.heard(snapshot, "RQLITE_PEER_UNREACHABLE")


def test_a_muted_link_hides_nothing_on_other_nodes() -> None:
    snapshot = healthy()
    b.unreached(snapshot, 0, 1)
    b.put(snapshot, 4, "network.tcp_retrans_pct", 40.0)
    b.put(snapshot, 3, "olric.log_errors_1h", 500)
    told = {("TCP_RETRANS_HIGH", host(4)), ("OLRIC_LOG_ERRORS", host(3))}
    assert b.heard(snapshot, "RQLITE_PEER_UNREACHABLE") == told


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
    assert b.heard(snapshot, muted) == {(code, host(1))}


def test_of_two_faults_of_a_node_the_one_that_is_heard_explains_a_third() -> None:
    """The muted one is declared before it."""
    snapshot = healthy()
    b.put(snapshot, 2, "olric.service_active", False)
    b.put(snapshot, 2, "ipfs.daemon_active", False)
    b.put(snapshot, 2, "gateway.http_status", 503)
    told = {("IPFS_DOWN", host(2)), ("GATEWAY_UNHEALTHY", host(2))}
    assert b.heard(snapshot, "OLRIC_DOWN") == told
    assert b.heard(snapshot, "OLRIC_DOWN", "IPFS_DOWN") == set()


def test_a_link_of_its_own_explains_what_a_node_loses_before_a_muted_fault_elsewhere() -> None:
    snapshot = healthy()
    b.mesh_lost(snapshot, 4)
    b.link_stale(snapshot, 1, 2)
    b.put(snapshot, 1, "network.tcp_retrans_pct", 40.0)
    assert ("TCP_RETRANS_HIGH", host(1)) in b.heard(snapshot, "WG_DOWN")


def test_what_fails_beside_a_restart_loop_of_orama_node_fails_by_itself() -> None:
    """That stops and starts it, and makes it fail no more than the loop of another would."""
    snapshot = healthy()
    b.looping(snapshot, 2, "orama-node")
    b.failed(snapshot, 2, "orama-namespace-rqlite@acme")
    assert ("SERVICE_FAILED", host(2)) in b.heard(snapshot, "SERVICE_RESTART_LOOP")


def test_a_muted_record_hides_no_failed_collection() -> None:
    snapshot = healthy()
    b.put(snapshot, 0, "dns.base_a_resolves", False)
    report(snapshot, 0).collectors["dns"] = CollectorOutcome(status="timeout", error="TLS of caddy: no answer")
    assert ("COLLECTOR_FAILED", host(0)) not in {(a.code, a.node) for a in judge(snapshot) if a.is_root}
    assert b.heard(snapshot, "DNS_A_FAILED") == {("COLLECTOR_FAILED", host(0))}
