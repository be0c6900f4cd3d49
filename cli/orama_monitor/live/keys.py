"""Every key, in the order of the help."""

from __future__ import annotations

from rich.text import Text

from orama_monitor.views import style
from orama_monitor.views.columns import Column, Table

KEY_WIDTH = 17

MOVING = (
    ("Tab  Shift+Tab", "next, previous tab"),
    ("1 … 7", "a tab by its number"),
    ("j k  ↓ ↑", "down and up: the next line that can be opened, else scroll"),
    ("Space  PgDn PgUp", "a page down, up"),
    ("g G  Home End", "to the top, to the end"),
    ("Enter", "everything about the chosen node or alert"),
    ("Esc", "back; in a tab: end the filter"),
    ("/", "show only nodes and alerts with these words"),
)
DOING = (
    ("r", "ask the nodes now"),
    ("p", "pause; again: go on"),
    ("m", "mute the chosen alert for a while"),
    ("s", "save what was collected last here, as `report` prints it"),
)
REPLAYING = (("[ ]  ← →", "the saved report before, after"),)
LEAVING = (
    ("Ctrl+Z", "suspend; fg comes back"),
    ("?", "this help"),
    ("q  Ctrl+C", "quit"),
)
SIGNS = (
    ("✗ ! i ✓", "critical, warning, info, good"),
    ("NEW", "came with the last refresh"),
    ("FLAPS n×", "came or went n times in the last 20 refreshes"),
    ("+n", "so many alerts follow from this one"),
    ("STALE", "older than two intervals"),
)


def help_rows() -> list[Text | Table]:
    """The whole help."""
    parts: list[Text | Table] = []
    groups = (("Move", MOVING), ("Do", DOING), ("With --from", REPLAYING), ("Leave", LEAVING), ("Signs", SIGNS))
    for title, rows in groups:
        table = Table((Column(""), Column("", minimum=20)), indent=2)
        for key, meaning in rows:
            table.add([Text(key.ljust(KEY_WIDTH), style=style.TITLE), Text(meaning)])
        parts += [Text(f"\n{title}" if parts else title, style=style.TITLE), table]
    return [*parts, Text("\nThe mouse works too: tabs, lines (a second click opens), the wheel.", style=style.DIM)]
