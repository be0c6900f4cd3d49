"""Alerts as lines of which one can be chosen: what is new, what flaps, since when; consequences under their root."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from rich.text import Text

from orama_monitor.alerts.alert import Alert, Key, may_be_one
from orama_monitor.live.history import History, Track
from orama_monitor.live.items import Choices
from orama_monitor.live.state import AlertKey, State
from orama_monitor.live.times import clock_time
from orama_monitor.views import style
from orama_monitor.views.columns import Column, Table
from orama_monitor.views.folding import fold
from orama_monitor.views.hosts import host, host_column
from orama_monitor.views.text import text

GONE_FOR = 5  # refreshes for which something resolved is still listed


def header(hosts: Iterable[str]) -> tuple[Column, ...]:
    """The columns, for alerts on these hosts."""
    return (
        Column("SEVERITY"),
        Column(""),
        Column("CODE", minimum=16),
        host_column(hosts),
        Column("SINCE", priority=1),
        Column("MESSAGE", minimum=12),
    )


def alert_key(alert: Alert) -> AlertKey:
    return AlertKey(alert.code, alert.node, tuple(alert.about), alert.message)


def find(alerts: Iterable[Alert], key: AlertKey) -> Alert | None:
    """The alert of a line, though its message, and some of what it is about, may have changed since."""
    same = [alert for alert in alerts if (alert.code, alert.node) == (key.code, key.node)]
    found = next((alert for alert in same if tuple(alert.about) == key.about), None)
    if found is not None or key.is_gone:
        return found
    return next((alert for alert in same if may_be_one(key.about, alert.about)), None)


def alert_rows(state: State, roots_only: bool = False) -> Choices:
    """Every alert that the search finds, what was resolved lately last."""
    report = state.report
    assert report is not None
    table, keys = Table(header(alert.node for alert in report.alerts)), list[Hashable]()
    folded = fold(report.alerts)
    if roots_only:
        for root in folded.roots:
            if state.finds_any([root.alert, *root.consequences]):
                table.add(row(root.alert, state.history, consequences=len(root.consequences)))
                keys.append(alert_key(root.alert))
    else:
        for root in [*folded.roots, *folded.muted]:
            for alert in filter(state.finds, [root.alert, *root.consequences]):
                table.add(row(alert, state.history, alert is root.alert))
                keys.append(alert_key(alert))
        standing = {alert.key for alert in report.alerts}
        for key, track in state.history.gone(GONE_FOR):
            cells = _gone(key, track, state.history)
            if key not in standing and state.finds_words(cell.plain for cell in cells):
                table.add(cells)
                keys.append(AlertKey(*key, track.message, is_gone=True))
    return Choices(table, keys)


def row(alert: Alert, history: History, is_root: bool = True, consequences: int = 0) -> list[Text]:
    """A line for an alert that stands."""
    track = history.track(alert)
    code = text(alert.code, style=style.TITLE) if is_root else Text("└ ", style=style.DIM).append_text(text(alert.code))
    marks = mark(alert, history)
    if consequences:
        marks = Text(" ").join(part for part in (marks, Text(f"+{consequences}", style=style.DIM)) if part)
    return [style.severity(alert.severity), marks, code, host(alert.node), _since(track, history), text(alert.message)]


def mark(alert: Alert, history: History) -> Text:
    """What is special about an alert that stands."""
    track = history.track(alert)
    if alert.muted:
        return Text("muted", style=style.DIM)
    if track and track.flaps:
        return Text(f"FLAPS {track.turns}×", style=style.WARN)
    if history.is_new(alert):
        return Text("NEW", style="bold reverse")
    return Text("")


def _gone(key: Key, track: Track, history: History) -> list[Text]:
    code, node, _about = key
    what = Text(f"FLAPS {track.turns}×", style=style.WARN) if track.flaps else Text("")
    return [
        Text("✓ resolved", style=style.GOOD),
        what,
        text(code),
        host(node),
        Text(clock_time(track.since, history.last_at)),
        text(track.message, style=style.DIM),
    ]


def _since(track: Track | None, history: History) -> Text:
    if track is None or not track.stands:  # it has come anew, with what is laid over the last refresh
        return text(None)
    return Text(f"{'≤' if track.from_start else ''}{clock_time(track.since, history.last_at)}")
