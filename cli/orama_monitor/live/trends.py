"""How the last refreshes went, as rows of bars."""

from __future__ import annotations

from typing import NamedTuple

from rich.text import Text

from orama_monitor.live.history import LIMIT, History, Measure
from orama_monitor.live.sparks import sparkline
from orama_monitor.views import style
from orama_monitor.views.amounts import STALE_AFTER, seconds
from orama_monitor.views.columns import Column, Table
from orama_monitor.views.hosts import shorten_host
from orama_monitor.views.text import UNKNOWN, clean, text

HOST_WIDTH = 24


class Trend(NamedTuple):
    """A measure, its name, and up to where its scale goes at least."""

    measure: Measure
    name: str
    least_top: float


TRENDS = (
    Trend("load", "Load", 1.0),
    Trend("memory", "Memory", 100.0),
    Trend("handshake", "Handshakes", float(STALE_AFTER)),
    Trend("alerts", "Alerts", 4.0),
)


def trends(history: History, host: str | None = None) -> Table:
    """A row a measure: of one node, or the highest of all."""
    table = Table((Column(""), Column("", shorten=_newest, minimum=8), Column("", minimum=10)))
    for trend in TRENDS:
        values = history.series(trend.measure, host)
        bars = sparkline(values, LIMIT, least_top=trend.least_top) or UNKNOWN
        shown = Text(bars, style=_style(history, trend, host, values))
        table.add([Text(trend.name), shown, _now(history, trend, host, values)])
    return table


def _newest(bars: Text, width: int) -> Text:
    """Of too many bars the newest."""
    return bars[-width:] if width > 0 else Text()


def _style(history: History, trend: Trend, host: str | None, values: list[float | None]) -> str:
    """The colour of the newest value; the words beside the bars say the same."""
    newest = values[-1] if values else None
    if newest is None:
        return style.DIM
    if trend.measure == "alerts" and newest:
        worst = history.worst if host is None else None
        return style.severity_style(worst) if worst else style.WARN
    if (trend.measure == "memory" and newest > 90) or (trend.measure == "handshake" and newest > STALE_AFTER):
        return style.WARN
    return style.GOOD


def _now(history: History, trend: Trend, host: str | None, values: list[float | None]) -> Text:
    newest = values[-1] if values else None
    if newest is None:
        return text(None)
    said = _said(trend.measure, newest)
    if host is not None or trend.measure == "alerts":
        return said
    highest = history.highest(trend.measure)
    return Text.assemble(said, (f" {shorten_host(clean(highest[0]), HOST_WIDTH)}", style.DIM)) if highest else said


def _said(measure: Measure, value: float) -> Text:
    if measure == "load":
        return Text(f"{value:.2f}")
    if measure == "memory":
        return style.share(int(value), warn=90, bad=97)
    if measure == "handshake":
        return Text(f"{seconds(value)}!", style=style.WARN) if value > STALE_AFTER else Text(f"{seconds(value)}")
    return Text(f"{value:.0f}")
