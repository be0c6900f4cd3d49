"""How a status looks: a symbol, a word and a colour, so that it can be told without colour.

The colours are of the 256-colour palette and readable on a dark and on a light ground.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.text import Text

from orama_monitor.alerts.alert import Alert, Severity

if TYPE_CHECKING:
    from orama_monitor.cluster_report import Status

GOOD = "color(34)"
WARN = "bold color(172)"
BAD = "bold color(196)"
INFO = "color(33)"
DIM = "dim"
TITLE = "bold"

_STATUS = {"healthy": ("✓", GOOD), "degraded": ("!", WARN), "unreachable": ("✗", BAD)}
_SEVERITY = {Severity.CRITICAL: ("✗", BAD), Severity.WARNING: ("!", WARN), Severity.INFO: ("i", INFO)}


def status(value: Status) -> Text:
    """A node's status as symbol and word."""
    symbol, style = _STATUS[value]
    return Text.assemble((f"{symbol} {value}", style))


def severity(value: Severity) -> Text:
    """A severity as symbol and word."""
    symbol, style = _SEVERITY[value]
    return Text.assemble((f"{symbol} {value.value}", style))


def severity_style(value: Severity) -> str:
    return _SEVERITY[value][1]


def symbol(value: Severity | None) -> Text:
    """The mark of something's worst alert; a tick when it has none."""
    return Text.assemble(_SEVERITY[value] if value else ("✓", GOOD))


def worst(alerts: Iterable[Alert], code: str | None = None) -> Severity | None:
    """The worst severity among the unmuted ``alerts``, of one code or all."""
    found = (alert.severity for alert in alerts if not alert.muted and code in (None, alert.code))
    return min(found, key=lambda severity: severity.rank, default=None)


def figure(said: str | None, marked: Severity | None) -> Text:
    """A figure, marked as the alert that speaks of it is: what is too much, only the rules know."""
    if said is None:
        return Text("–", style=DIM)
    return Text(said) if marked is None else Text(f"{said}!", style=severity_style(marked))


def yes_no(value: bool | None, good: str = "yes", bad: str = "NO") -> Text:
    """A fact that should be true."""
    if value is None:
        return Text("–", style=DIM)
    return Text(f"✓ {good}" if good else "✓", style=GOOD) if value else Text(f"✗ {bad}" if bad else "✗", style=BAD)
