"""Text within a few rows."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text


def fitted(text: Text, width: int, rows: int, console: Console) -> Text:
    """The text wrapped between words within so many rows; where that is not all of it, an ellipsis is its end."""
    lines = list(text.wrap(console, width))
    for line in lines[:-1]:
        line.rstrip()
    if len(lines) > rows:
        lines[rows - 1].truncate(width - 1)
        lines[rows - 1].append("…")
    return Text("\n").join(lines[:rows])
