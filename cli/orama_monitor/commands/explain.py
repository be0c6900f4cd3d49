"""``orama monitor explain``: what an alert means and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from orama_monitor import completion
from orama_monitor.commands.options import Settings, global_flags

if TYPE_CHECKING:
    from orama_monitor.alerts.rule import Rule
    from orama_monitor.alerts.thresholds import Thresholds


@click.command()
@click.argument("code", required=False, shell_complete=completion.codes)
@global_flags
def explain(settings: Settings, code: str | None) -> None:
    """Say what an alert means, why it matters and what to do next.

    Without CODE, list all alerts. Thresholds are those of the policy in force.
    """
    from orama_monitor import alerts, output
    from orama_monitor.commands.session import policy
    from orama_monitor.views import explained

    limits = policy(settings).thresholds
    wanted = [alerts.explain(code.replace("-", "_"))] if code else list(alerts.RULES.values())
    if settings.wants_json:
        facts = [_facts(rule, limits) for rule in wanted]
        output.show_json(facts[0] if code else facts, settings.query)
    elif code:
        output.show(explained.one(wanted[0], limits))
    else:
        output.show(explained.listing(wanted, limits))


def _facts(rule: Rule, limits: Thresholds) -> dict[str, Any]:
    values = limits.model_dump()
    return {
        "code": rule.code,
        "severity": rule.severity.value,
        "also": [severity.value for severity in rule.also],
        "subsystem": rule.subsystem,
        "scope": rule.scope,
        "meaning": rule.explained(limits),
        "why": rule.why,
        "hint": rule.hint,
        "thresholds": {name: values[name] for name in rule.thresholds},
        "may_follow_from": sorted({ref.code for because in rule.because for ref in because.refs}),
    }
