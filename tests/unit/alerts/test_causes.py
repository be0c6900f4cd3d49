"""What is declared about rules: codes that exist, causes that never lead back, texts that say what they must."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from orama_monitor.alerts import RULES, explain, judge
from orama_monitor.alerts.because import Because, Ref, here
from orama_monitor.alerts.cluster import NodeView
from orama_monitor.alerts.rule import INFO, Found, Rule, Subsystem
from orama_monitor.alerts.thresholds import Thresholds
from orama_monitor.errors import MonitorError
from tests.unit.clusters import healthy

EVERY = list(RULES.values())


@pytest.mark.parametrize("rule", EVERY, ids=list(RULES))
def test_causes_exist(rule: Rule) -> None:
    assert {ref.code for because in rule.because for ref in because.refs} <= set(RULES)


def followers(code: str, item: str | None) -> set[tuple[str, str | None]]:
    """What may cause an alert with this code about this item; None is any item."""
    return {
        (ref.code, _item(ref, item))
        for because in RULES[code].because
        if _applies(because, item)
        for ref in because.refs
    }


def _applies(because: Because, item: str | None) -> bool:
    return because.of is None or item is None or fnmatchcase(item, because.of)


def _item(ref: Ref, item: str | None) -> str | None:
    if ref.item and "{}" in ref.item:
        return None if item is None else ref.item.replace("{}", item)
    return ref.item


@pytest.mark.parametrize("code", list(RULES))
def test_no_alert_can_cause_itself(code: str) -> None:
    """Followed through what each cause must be about: SERVICE_FAILED of a service may follow from that of WireGuard."""
    seen: set[tuple[str, str | None]] = set()

    def walk(at: tuple[str, str | None], way: tuple[tuple[str, str | None], ...]) -> None:
        assert at not in way, " <- ".join(f"{name} {item or ''}" for name, item in (*way, at))
        if at not in seen:
            for cause in followers(*at):
                walk(cause, (*way, at))
            seen.add(at)

    walk((code, None), ())


def test_of_alerts_that_explain_each_other_one_is_the_root() -> None:
    """No rule is declared so; what is marked may still lead back."""

    def always(_node: NodeView) -> Found:
        yield "always"

    circle = Subsystem("circle")
    for code, other in (("A", "B"), ("B", "C"), ("C", "A")):
        circle.on_node(code, INFO, "Always.", why="", hint="", because=[here(other)])(always)
    alerts = judge(healthy(1), rules=circle.rules)
    (root,) = (alert for alert in alerts if alert.is_root)
    assert [alert.cause and alert.cause.key for alert in alerts] == [None, root.key, root.key]


@pytest.mark.parametrize("rule", EVERY, ids=list(RULES))
def test_texts(rule: Rule) -> None:
    assert rule.meaning.endswith(".") and rule.why.endswith(".")
    assert "\n" not in rule.meaning + rule.why + rule.hint
    assert "{" not in rule.explained()
    assert set(rule.thresholds) <= set(Thresholds.model_fields)
    assert rule.scope in ("node", "cluster")


def test_every_threshold_has_a_rule() -> None:
    assert {name for rule in EVERY for name in rule.thresholds} == set(Thresholds.model_fields)


def test_explain_finds_a_rule_and_names_the_nearest() -> None:
    assert explain("disk_high").code == "DISK_HIGH"
    assert "85 %" in explain("DISK_HIGH").explained()
    with pytest.raises(MonitorError, match="nearest: DISK_HIGH"):
        explain("DISK_HIHG")
