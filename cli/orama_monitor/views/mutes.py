"""The mutes of a policy: what is silenced where, until when, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import RenderableType
from rich.text import Text

from orama_monitor.alerts.policy import Mute
from orama_monitor.views import style
from orama_monitor.views.columns import Column, Table
from orama_monitor.views.text import text

COLUMNS = (
    Column("CODE"),
    Column("ENV", minimum=7),
    Column("NODE", minimum=15),
    Column("ABOUT", priority=3, minimum=8),
    Column("SEVERITY", priority=2),
    Column("UNTIL (UTC)"),
    Column("REASON", priority=1, minimum=10),
)


def render(mutes: Sequence[Mute], now: datetime) -> RenderableType:
    """A line a mute, in the file's order."""
    if not mutes:
        return Text("Nothing is muted.", style=style.DIM)
    table = Table(COLUMNS)
    for mute in mutes:
        about = ", ".join(mute.about) if mute.about is not None else None
        severity = text(mute.severity.value if mute.severity else None)
        where = [text(mute.env), text(mute.node), text(about)]
        table.add([text(mute.code), *where, severity, _until(mute, now), text(mute.reason)])
    return table


def _until(mute: Mute, now: datetime) -> Text:
    if mute.until is None:
        return Text("for good")
    end = f"{mute.until.astimezone(UTC):%Y-%m-%d %H:%M}"
    return Text(f"{end}, over", style=style.DIM) if mute.is_over(now) else Text(end)
