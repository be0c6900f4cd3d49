"""A fault, as it shows itself all over the cluster, has exactly its own root alerts; all else follows from them."""

from __future__ import annotations

import pytest

from orama_monitor.alerts import judge
from tests.unit.alerts import breaking as b
from tests.unit.alerts.expected_roots import FAULTS, TOGETHER, Fault, at
from tests.unit.alerts.faults import rqlited_stopped, two_of_three_dead
from tests.unit.clusters import BEGAN, healthy, host


@pytest.mark.parametrize(("fault", "expected"), FAULTS, ids=[fault.__name__ for fault, _ in FAULTS])
def test_roots(fault: Fault, expected: set[b.Place]) -> None:
    snapshot = healthy()
    fault(snapshot)
    assert b.roots(snapshot) == expected


def test_two_of_three_dead() -> None:
    snapshot = healthy(3)
    two_of_three_dead(snapshot)
    assert b.roots(snapshot) == {at("NODE_UNREACHABLE", 0), at("NODE_UNREACHABLE", 1)}
    lost_quorum = b.only(snapshot, "RQLITE_QUORUM_LOST")
    assert lost_quorum.severity == "critical" and not lost_quorum.is_root
    assert "1 of 3 voters" in lost_quorum.message


@pytest.mark.parametrize(("one", "other"), TOGETHER, ids=[f"{a.__name__}-{c.__name__}" for a, c in TOGETHER])
def test_two_faults_have_the_roots_of_both(one: Fault, other: Fault) -> None:
    expected = dict(FAULTS)
    snapshot = healthy()
    one(snapshot)
    other(snapshot)
    assert b.roots(snapshot) == expected[one] | expected[other]


@pytest.mark.parametrize("code", ["WG_DOWN", "WG_ROUTE_MISSING"])
def test_the_one_left_over_in_a_small_cluster_is_not_isolated_by_itself(code: str) -> None:
    snapshot = healthy(2)
    if code == "WG_DOWN":
        b.mesh_lost(snapshot, 1)
    else:
        b.put(snapshot, 1, "network.wg_route_exists", False)
    for index in (0, 1):
        b.put(snapshot, index, "ipfs.swarm_peers", 0)
    assert b.roots(snapshot) == {at(code, 1)}


def test_a_lost_quorum_follows_from_its_voters_trouble_and_not_from_another_nodes() -> None:
    """The dead one is no voter; three of the five voters are cut off from all others."""
    snapshot = healthy(6)
    b.node_dead(snapshot, 5)
    cut = (2, 3, 4)
    for index in range(5):
        b.no_quorum(snapshot, index)
        for other in range(5):
            if index != other and (index in cut or other in cut):
                b.unreached(snapshot, index, other)
    cause = b.only(snapshot, "RQLITE_QUORUM_LOST").cause
    assert cause is not None and cause.code == "RQLITE_PEER_UNREACHABLE"
    assert b.roots(snapshot) == {at("NODE_UNREACHABLE", 5), *(at("RQLITE_PEER_UNREACHABLE", index) for index in cut)}


@pytest.mark.parametrize("fault", [fault for fault, _ in FAULTS], ids=[fault.__name__ for fault, _ in FAULTS])
def test_every_cause_stands_and_is_a_root(fault: Fault) -> None:
    snapshot = healthy()
    fault(snapshot)
    alerts = judge(snapshot)
    standing = {alert.key for alert in alerts if alert.is_root}
    assert {alert.cause.key for alert in alerts if alert.cause} <= standing
    assert [alert.is_root for alert in alerts] == sorted((alert.is_root for alert in alerts), reverse=True)


def test_a_mild_root_with_a_bad_family_comes_before_a_worse_one_alone() -> None:
    snapshot = healthy()
    b.put(snapshot, 4, "network.default_route", False)
    rqlited_stopped(snapshot)
    assert [alert.code for alert in judge(snapshot)[:2]] == ["SERVICE_INACTIVE", "NO_DEFAULT_ROUTE"]


def test_a_voter_that_is_missing_but_not_named_by_any_alert_stays_a_root() -> None:
    """A raft member that no configured node is: nothing else explains why it is missing."""
    snapshot = healthy(3, nameservers=0)
    for index in range(3):
        view = b.rqlite_view(snapshot, index)
        view["n9"] = view["n2"].model_copy(update={"addr": "10.0.9.9:7001", "reachable": False})
    assert b.roots(snapshot) == {at("RQLITE_PEER_UNREACHABLE", 0)}
    assert b.only(snapshot, "RQLITE_PEER_UNREACHABLE").about == ["10.0.9.9:7001"]


def test_the_clock_names_who_is_off() -> None:
    snapshot = healthy()
    b.put(snapshot, 3, "system.time_unix", BEGAN.timestamp() - 60)
    assert b.only(snapshot, "CLOCK_SKEW").about == [host(3)]
