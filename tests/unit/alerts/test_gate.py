"""The policy at a gate, which is passed by who will restart the next node."""

from __future__ import annotations

from typing import Any

import pytest

from orama_monitor.alerts import judge
from orama_monitor.alerts.alert import Severity, standing
from orama_monitor.alerts.policy import Mute, Policy
from orama_monitor.snapshot import Snapshot
from tests.unit.alerts import breaking as b
from tests.unit.clusters import healthy, report

GRACE = ("start_s", "rqlite_settle_s", "wg_settle_s", "olric_settle_s", "ipfs_settle_s", "anyone_settle_s")


def just_started() -> Snapshot:
    """RQLite doesn't answer on a node whose orama-node was started five seconds ago."""
    snapshot = healthy()
    b.rqlite_silent(snapshot, 3)
    b.unit_state(snapshot, 3, "orama-node", active_since_sec=5)
    return snapshot


def not_ready() -> Snapshot:
    snapshot = healthy()
    b.put(snapshot, 3, "rqlite.ready", False)
    return snapshot


def fragile() -> Snapshot:
    """Two of five voters have been stopped: one more, and nothing is written."""
    snapshot = healthy()
    for index in (3, 4):
        b.stopped(snapshot, index, "orama-node")
        b.rqlite_silent(snapshot, index)
    return snapshot


def untold(collector: str = "rqlite") -> Snapshot:
    """Nothing is known of what a collector would have told of a node."""
    snapshot = healthy()
    b.collector(snapshot, 3, collector)
    setattr(report(snapshot, 3), collector, None)
    return snapshot


def severities(snapshot: Snapshot, code: str, policy: Policy) -> tuple[set[str], set[str]]:
    """Of the alerts with this code, by the policy and by what it is at a gate."""
    ordinary, at_a_gate = (
        {alert.severity.value for alert in judge(snapshot, by) if alert.code == code}
        for by in (policy, policy.at_a_gate())
    )
    return ordinary, at_a_gate


@pytest.mark.parametrize(
    ("snapshot", "code", "ordinary"),
    [
        (just_started(), "RQLITE_DOWN", "info"),
        (not_ready(), "RQLITE_NOT_READY", "warning"),
        (fragile(), "RQLITE_QUORUM_FRAGILE", "warning"),
        (untold(), "COLLECTOR_FAILED", "warning"),
    ],
    ids=["just started", "not ready", "fragile", "not known"],
)
def test_what_keeps_nobody_awake_keeps_a_gate_closed(snapshot: Snapshot, code: str, ordinary: str) -> None:
    assert severities(snapshot, code, Policy()) == ({ordinary}, {"critical"})


@pytest.mark.parametrize(
    ("given", "snapshot", "code"),
    [
        ({"thresholds": {"start_s": 60.0}}, just_started(), "RQLITE_DOWN"),
        ({"severities": {"RQLITE_NOT_READY": "info"}}, not_ready(), "RQLITE_NOT_READY"),
        ({"severities": {"RQLITE_QUORUM_FRAGILE": "info"}}, fragile(), "RQLITE_QUORUM_FRAGILE"),
        ({"severities": {"COLLECTOR_FAILED": "info"}}, untold(), "COLLECTOR_FAILED"),
    ],
    ids=["just started", "not ready", "fragile", "not known"],
)
def test_what_the_operator_set_by_name_stays(given: dict[str, Any], snapshot: Snapshot, code: str) -> None:
    assert severities(snapshot, code, Policy.model_validate(given)) == ({"info"}, {"info"})


def test_what_is_not_known_of_anything_else_keeps_no_gate_closed() -> None:
    assert severities(untold("network"), "COLLECTOR_FAILED", Policy()) == ({"warning"}, {"warning"})


def test_nothing_else_of_a_policy_changes() -> None:
    policy = Policy.model_validate({"thresholds": {"disk_pct": 70.0}, "severities": {"ZOMBIES": "critical"}})
    gate = policy.at_a_gate()
    changed = policy.thresholds.model_dump().items() - gate.thresholds.model_dump().items()
    assert {name for name, _value in changed} == set(GRACE)
    assert all(getattr(gate.thresholds, name) == 0 for name in GRACE)
    assert policy.severities.items() <= gate.severities.items()
    assert policy.thresholds.start_s == 30 and "RQLITE_NOT_READY" not in policy.severities


@pytest.mark.parametrize(
    ("snapshot", "code"), [(not_ready(), "RQLITE_NOT_READY"), (untold(), "COLLECTOR_FAILED")], ids=["ready", "known"]
)
def test_what_is_muted_as_a_warning_stays_muted_at_a_gate(snapshot: Snapshot, code: str) -> None:
    policy = Policy(mutes=[Mute(code=code, severity=Severity.WARNING)])
    (alert,) = judge(snapshot, policy.at_a_gate())
    assert alert.code == code and alert.muted


def test_a_mute_of_less_than_the_warning_wakes_at_a_gate() -> None:
    policy = Policy(mutes=[Mute(code="RQLITE_NOT_READY", severity=Severity.INFO)])
    (alert,) = judge(not_ready(), policy.at_a_gate())
    assert not alert.muted


def test_a_muted_dead_voter_keeps_a_gate_closed() -> None:
    """Of three voters one is being replaced: the next restart stops all writes."""
    snapshot = healthy(3)
    b.node_dead(snapshot, 2)
    policy = Policy(mutes=[Mute(code="NODE_UNREACHABLE")])

    def heard(by: Policy) -> set[str]:
        return {alert.code for alert in standing(judge(snapshot, by))}

    assert (heard(policy), heard(policy.at_a_gate())) == (set(), {"RQLITE_QUORUM_FRAGILE"})
