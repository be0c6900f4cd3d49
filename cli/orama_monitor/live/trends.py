"""How the last refreshes went, as rows of bars."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich.text import Text

from orama_monitor.alerts.alert import Alert, Severity
from orama_monitor.alerts.thresholds import Thresholds
from orama_monitor.live.history import LIMIT, History, Measure
from orama_monitor.live.sparks import sparkline
from orama_monitor.views import style
from orama_monitor.views.amounts import hundredths, percent, seconds
from orama_monitor.views.columns import Column, Table
from orama_monitor.views.hosts import shorten_host
from orama_monitor.views.text import UNKNOWN, clean, text

HOST_WIDTH = 24


class Trend(NamedTuple):
    """A measure, its name, up to where its scale goes at least, and the alert that marks it: None for all of them."""

    measure: Measure
    name: str
    least_top: float
    code: str | None = None


TRENDS = (
    Trend("load", "Load", 1.0, "LOAD_HIGH"),
    Trend("memory", "Memory", 100.0, "MEMORY_HIGH"),
    Trend("handshake", "Handshakes", Thresholds().wg_handshake_s, "WG_HANDSHAKE_STALE"),
    Trend("alerts", "Alerts", 4.0),
)


def trends(history: History, standing: Iterable[Alert], host: str | None = None) -> Table:
    """A row a measure: of one node, or the highest of all. ``standing``: the alerts there are now."""
    table = Table((Column(""), Column("", shorten=_newest, minimum=8), Column("", minimum=10)))
    alerts = [alert for alert in standing if host in (None, alert.node, *alert.about)]
    for trend in TRENDS:
        values = history.series(trend.measure, host)
        bars = sparkline(values, LIMIT, least_top=trend.least_top) or UNKNOWN
        marked = style.worst(alerts, trend.code)
        newest = values[-1] if values else None
        colour = style.DIM if newest is None else style.severity_style(marked) if marked and newest else style.GOOD
        table.add([Text(trend.name), Text(bars, style=colour), _now(history, trend, host, newest, marked)])
    return table


def _newest(bars: Text, width: int) -> Text:
    """Of too many bars the newest."""
    return bars[-width:] if width > 0 else Text()


def _now(history: History, trend: Trend, host: str | None, newest: float | None, marked: Severity | None) -> Text:
    if newest is None:
        return text(None)
    said = style.figure(_said(trend.measure, newest), marked if trend.code else None)
    if host is not None or trend.measure == "alerts":
        return said
    highest = history.highest(trend.measure)
    return Text.assemble(said, (f" {shorten_host(clean(highest[0]), HOST_WIDTH)}", style.DIM)) if highest else said


def _said(measure: Measure, value: float) -> str | None:
    if measure == "load":
        return hundredths(value)
    if measure == "memory":
        return percent(int(value))
    return seconds(value) if measure == "handshake" else f"{value:.0f}"
