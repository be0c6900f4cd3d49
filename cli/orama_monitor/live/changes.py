"""What came and what went, with the time."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from orama_monitor.live.history import Change
from orama_monitor.views import style
from orama_monitor.views.columns import Column, Table
from orama_monitor.views.hosts import host, host_column
from orama_monitor.views.text import text


def change_rows(changes: Sequence[Change], last: int) -> Table:
    """The ``last`` changes, the latest first; those of one refresh as they are, the most urgent first."""
    shown = sorted(changes, key=lambda change: change.at, reverse=True)[:last]
    node = host_column(change.node for change in shown)
    table = Table(
        (
            Column("TIME UTC"),
            Column("CHANGE"),
            Column("CODE", minimum=16),
            node,
            Column("MESSAGE", minimum=16, priority=1),
        )
    )
    for change in shown:
        table.add(
            [Text(f"{change.at:%H:%M:%S}"), _kind(change), text(change.code), host(change.node), text(change.message)]
        )
    return table


def _kind(change: Change) -> Text:
    if change.kind == "resolved":
        return Text("✓ resolved", style=style.GOOD)
    return style.symbol(change.severity).append(f" {change.kind} {change.severity.value}")
