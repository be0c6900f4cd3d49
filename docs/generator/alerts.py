"""docs/alerts.md, from the rules."""

from __future__ import annotations

from orama_monitor.alerts.registry import SUBSYSTEMS
from orama_monitor.alerts.rule import Rule
from orama_monitor.alerts.thresholds import Thresholds

HEAD = """\
# Alerts

Every alert by subsystem. This page is made from the rules themselves; `orama monitor explain CODE` says the same.

An alert that another one explains carries its `cause` and keeps its severity: a fault has one root alert. What is not
known raises no alert. A unit's own state is the root of what its absence does (`SERVICE_INACTIVE` of orama-node, then
`RQLITE_DOWN`); where the unit is active and doesn't answer, `…_DOWN` is the root, and a collector that failed follows
from it.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for subsystem in SUBSYSTEMS:
        parts.append(f"\n## {subsystem.name}\n")
        parts += [_entry(rule) for rule in subsystem.rules]
    parts.append("\n## Thresholds\n\nUnder `thresholds:` in a policy file.\n\n| name | default |\n|---|---|\n")
    parts += [f"| {name} | {value:g} |\n" for name, value in Thresholds().model_dump().items()]
    return "".join(parts)


def _entry(rule: Rule) -> str:
    severities = " or ".join([rule.severity.value, *(severity.value for severity in rule.also)])
    causes = sorted({ref.code for because in rule.because for ref in because.refs})
    lines = [f"\n### {rule.code}\n\n{severities}, on {'a node' if rule.scope == 'node' else 'the cluster'}.", ""]
    lines += [f"{rule.explained()} {rule.why}", "", f"Next: {rule.hint}"]
    if causes:
        lines += ["", f"May follow from {', '.join(causes)}."]
    return "\n".join(lines) + "\n"
