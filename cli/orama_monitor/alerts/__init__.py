"""What is wrong in a snapshot, and what explains what.

``judge`` applies every rule, ``RULES`` has them by code, ``explain`` tells all that is public about one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from orama_monitor.alerts import engine
from orama_monitor.alerts.alert import CLUSTER, Alert, Cause, Severity
from orama_monitor.alerts.cluster import Cluster
from orama_monitor.alerts.policy import Policy
from orama_monitor.alerts.registry import RULES
from orama_monitor.alerts.rule import Rule
from orama_monitor.errors import MonitorError
from orama_monitor.snapshot import Snapshot

__all__ = ["CLUSTER", "RULES", "Alert", "Cause", "Policy", "Rule", "Severity", "explain", "judge"]


def judge(snapshot: Snapshot, policy: Policy | None = None, rules: Iterable[Rule] | None = None) -> list[Alert]:
    """Every alert that stands in the snapshot by ``rules`` or all: roots first, the worst before the others."""
    policy = policy or Policy()
    return engine.judge(RULES.values() if rules is None else rules, Cluster(snapshot, policy), policy)


def explain(code: str) -> Rule:
    """The rule behind an alert's code. Raises MonitorError that names the nearest code."""
    rule = RULES.get(code.upper())
    if rule is None:
        near = ", ".join(difflib.get_close_matches(code.upper(), RULES, n=3, cutoff=0.4))
        raise MonitorError(f"no alert {code!r}" + (f"; nearest: {near}" if near else ""))
    return rule
