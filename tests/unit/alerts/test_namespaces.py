"""What a namespace's services say of each other, of their nodes and of their leader."""

from __future__ import annotations

import pytest

from orama_monitor.alerts import CLUSTER
from orama_monitor.alerts.alert import Severity
from tests.unit.alerts import breaking as b
from tests.unit.alerts import faults
from tests.unit.clusters import healthy, host, report


def test_a_muted_dead_node_silences_no_namespace_without_a_leader() -> None:
    snapshot = healthy()
    b.node_dead(snapshot, 4)
    b.namespace_leaderless(snapshot, 0, 1, 2)
    assert ("NAMESPACE_NO_LEADER", CLUSTER) in b.heard(snapshot, "NODE_UNREACHABLE")
    assert b.roots(snapshot) == {("NODE_UNREACHABLE", host(4))}


def test_a_link_to_no_member_takes_no_leader_from_a_namespace() -> None:
    snapshot = healthy()
    b.namespace_leaderless(snapshot, 0, 1, 2)
    b.link_stale(snapshot, 0, 4)
    assert ("NAMESPACE_NO_LEADER", CLUSTER) in b.roots(snapshot)


def test_another_namespaces_rqlite_takes_no_leader_from_a_namespace() -> None:
    snapshot = healthy()
    b.namespace_leaderless(snapshot, 0, 1, 2)
    members = report(snapshot, 0).namespaces or []
    other = members[0].model_copy(update={"name": "other", "rqlite_up": False, "rqlite_state": None})
    report(snapshot, 0).namespaces = [*members, other]
    assert b.roots(snapshot) >= {("NAMESPACE_NO_LEADER", CLUSTER), ("NAMESPACE_RQLITE_DOWN", host(0))}


@pytest.mark.parametrize(
    ("field", "service"), [("gateway_up", "gateway"), ("rqlite_up", "rqlite"), ("olric_up", "olric")]
)
def test_what_was_just_started_in_a_namespace_may_be_silent(field: str, service: str) -> None:
    def severity(seconds: int) -> Severity:
        snapshot = healthy()
        b.put(snapshot, 2, f"namespaces.0.{field}", False)
        b.started(snapshot, 2, f"orama-namespace-{service}@acme", seconds)
        return b.only(snapshot, f"NAMESPACE_{service.upper()}_DOWN").severity

    assert (severity(5), severity(300)) == (Severity.INFO, Severity.WARNING)


def test_a_namespace_that_is_being_made_has_no_leader_yet() -> None:
    def severity(*young: int) -> Severity:
        snapshot = healthy()
        b.namespace_leaderless(snapshot, 0, 1, 2)
        for index in (0, 1, 2):
            b.started(snapshot, index, "orama-namespace-rqlite@acme", 5 if index in young else 300)
        return b.only(snapshot, "NAMESPACE_NO_LEADER").severity

    assert (severity(0, 1, 2), severity(0)) == (Severity.INFO, Severity.CRITICAL)


def test_a_namespace_that_is_being_made_has_its_rqlite_first() -> None:
    def severity(seconds: int) -> Severity:
        snapshot = healthy()
        b.put(snapshot, 2, "namespaces.0.gateway_up", False)
        b.without_unit(snapshot, 2, "orama-namespace-gateway@acme")
        b.started(snapshot, 2, "orama-namespace-rqlite@acme", seconds)
        return b.only(snapshot, "NAMESPACE_GATEWAY_DOWN").severity

    assert (severity(100), severity(900)) == (Severity.INFO, Severity.WARNING)


@pytest.mark.parametrize("service", ["rqlite", "olric", "gateway"])
def test_orama_node_looks_for_its_namespaces_after_its_start(service: str) -> None:
    def severity(seconds: int) -> Severity:
        snapshot = healthy()
        faults.namespace_rqlite_forgotten(snapshot)
        b.started(snapshot, 2, "orama-node", seconds)
        return b.only(snapshot, f"NAMESPACE_{service.upper()}_DOWN").severity

    assert (severity(100), severity(900)) == (Severity.INFO, Severity.WARNING)


NOT_READY = "NAMESPACE_RQLITE_NOT_READY"


def test_a_link_to_its_leader_keeps_a_member_from_being_ready() -> None:
    def roots(far: int) -> set[b.Place]:
        snapshot = healthy()
        b.namespace_cut_off(snapshot, 2)
        b.link_stale(snapshot, 2, far)
        return b.roots(snapshot)

    assert roots(0) == {("WG_HANDSHAKE_STALE", host(0))}
    assert (NOT_READY, host(2)) in roots(3)


def test_a_leader_that_was_just_lost_leaves_some_not_ready_for_a_moment() -> None:
    snapshot = healthy()
    b.stopped(snapshot, 0, "orama-namespace-rqlite@acme")
    b.put(snapshot, 0, "namespaces.0.rqlite_up", False)
    b.put(snapshot, 0, "namespaces.0.rqlite_state", None)
    b.put(snapshot, 1, "namespaces.0.rqlite_state", "Leader")
    b.put(snapshot, 2, "namespaces.0.rqlite_ready", False)
    assert b.roots(snapshot) == {("SERVICE_INACTIVE", host(0))}
    assert (NOT_READY, host(2)) in b.found(snapshot)


@pytest.mark.parametrize("is_led", [True, False])
def test_where_nobody_is_heard_to_lead_one_may_be_elected_at_this_moment(is_led: bool) -> None:
    snapshot = healthy()
    b.node_dead(snapshot, 0)
    b.leader_is(snapshot, 1)
    if is_led:
        b.put(snapshot, 1, "namespaces.0.rqlite_state", "Leader")
    b.put(snapshot, 2, "namespaces.0.rqlite_ready", False)
    assert b.heard(snapshot, "NODE_UNREACHABLE") == ({(NOT_READY, host(2))} if is_led else set())
    assert ((NOT_READY, host(2)) in b.roots(snapshot)) is is_led


def test_who_was_just_started_is_not_ready_and_may_have_led() -> None:
    def severity(index: int, seconds: int) -> Severity:
        snapshot = healthy()
        b.put(snapshot, 2, "namespaces.0.rqlite_ready", False)
        b.started(snapshot, index, "orama-namespace-rqlite@acme", seconds)
        return b.only(snapshot, NOT_READY).severity

    assert (severity(2, 200), severity(2, 400)) == (Severity.INFO, Severity.WARNING)
    assert (severity(0, 20), severity(0, 200)) == (Severity.INFO, Severity.WARNING)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("ipfs.cluster_active", False, "IPFS_CLUSTER_DOWN"),
        ("namespaces.0.olric_up", False, "NAMESPACE_OLRIC_DOWN"),
        ("gateway.http_status", 503, "GATEWAY_UNHEALTHY"),
    ],
)
def test_a_gateway_follows_from_what_it_stands_on(path: str, value: object, code: str) -> None:
    snapshot = healthy()
    b.put(snapshot, 2, path, value)
    b.put(snapshot, 2, "namespaces.0.gateway_status", 503)
    assert b.roots(snapshot) == {(code, host(2))}


def test_the_gateways_hint_asks_at_its_port() -> None:
    snapshot = healthy()
    b.put(snapshot, 2, "namespaces.0.gateway_status", 503)
    assert b.only(snapshot, "NAMESPACE_GATEWAY_UNHEALTHY").hint == "on the node: curl -si localhost:10004/v1/health"
    b.put(snapshot, 2, "namespaces.0.port_base", None)
    assert "systemctl status" in b.only(snapshot, "NAMESPACE_GATEWAY_UNHEALTHY").hint
