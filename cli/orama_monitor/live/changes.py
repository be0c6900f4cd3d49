"""What came and what went, with the time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import chain, groupby, islice

from rich.text import Text

from orama_monitor.live.history import Change
from orama_monitor.live.times import clock_time
from orama_monitor.views import style
from orama_monitor.views.columns import Column, Table
from orama_monitor.views.hosts import host, host_column
from orama_monitor.views.text import text


def change_rows(changes: Sequence[Change], count: int, last_at: datetime | None) -> Table:
    """The last ``count`` changes, the latest first; those of one refresh as they are, the most urgent first.

    Which is later the order tells, not the clock, which may have been set back.
    """
    refreshes = [list(together) for _at, together in groupby(changes, key=lambda change: change.at)]
    shown = list(islice(chain.from_iterable(reversed(refreshes)), count))
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
            [
                Text(clock_time(change.at, last_at)),
                _kind(change),
                text(change.code),
                host(change.node),
                text(change.message),
            ]
        )
    return table


def _kind(change: Change) -> Text:
    if change.kind == "resolved":
        return Text("✓ resolved", style=style.GOOD)
    return style.symbol(change.severity).append(f" {change.kind} {change.severity.value}")
