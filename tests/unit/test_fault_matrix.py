"""What the fault matrix speaks of; that it is right is for the lab to say (tests/lab/test_matrix.py)."""

from __future__ import annotations

from orama_lab.faults import COMBINATIONS, FAULTS
from orama_monitor.alerts.alert import Severity
from orama_monitor.alerts.registry import RULES
from tests.lab.matrix import daily, whole


def test_every_serious_alert_is_given_by_a_fault() -> None:
    given = {code for fault in FAULTS.values() for code, _where in fault.expect + fault.follow}
    serious = {code for code, rule in RULES.items() if rule.severity is not Severity.INFO}
    assert serious <= given
    assert given <= RULES.keys()


def test_every_subsystem_has_a_fault_every_day() -> None:
    tried = [FAULTS[name] for trial in daily() for name, _node in trial]
    given = {RULES[code].subsystem for fault in tried for code, _where in fault.expect}
    assert {rule.subsystem for rule in RULES.values()} <= given
    assert len(daily()) >= len(whole()) // 3


def test_there_are_enough() -> None:
    assert len(FAULTS) >= 70
    assert len(COMBINATIONS) >= 12
    assert all(name in FAULTS for pair in COMBINATIONS for name, _node in pair)
