"""What the alerts mean: one in full, or the list of all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from orama_monitor.views import style
from orama_monitor.views.columns import Column, Table
from orama_monitor.views.flow import Flow

if TYPE_CHECKING:
    from orama_monitor.alerts.rule import Rule
    from orama_monitor.alerts.thresholds import Thresholds

LABEL = 12


def one(rule: Rule, limits: Thresholds) -> RenderableType:
    """Everything there is to say about one alert."""
    title = style.severity(rule.severity).append(f"  {rule.code}", style=style.TITLE)
    also = f", also {' or '.join(severity.value for severity in rule.also)}" if rule.also else ""
    place = "the whole cluster" if rule.scope == "cluster" else "one node"
    values = limits.model_dump()
    causes = sorted({ref.code for because in rule.because for ref in because.refs})
    parts: list[RenderableType] = [title, Text(f"{rule.subsystem}, about {place}{also}", style=style.DIM), Text()]
    parts += [
        _labelled("Meaning", [rule.explained(limits)]),
        _labelled("Why", [rule.why]),
        _labelled("Next", [rule.hint]),
    ]
    if rule.thresholds:
        parts.append(_labelled("Thresholds", [f"{name} = {values[name]:g}" for name in rule.thresholds]))
    if causes:
        parts.append(_labelled("Follows from", causes))
    return Group(*parts)


def _labelled(label: str, said: Iterable[str]) -> RenderableType:
    return Flow([Text(fact) for fact in said], label=Text(f"{label}".ljust(LABEL + 1), style=style.TITLE))


def listing(rules: Iterable[Rule], limits: Thresholds) -> RenderableType:
    """A line an alert."""
    columns = (Column("CODE"), Column("SEVERITY"), Column("ON", priority=2), Column("MEANING", minimum=20, priority=1))
    table = Table(columns)
    for rule in rules:
        table.add([Text(rule.code), style.severity(rule.severity), Text(rule.scope), Text(rule.explained(limits))])
    return table
