"""How messages put figures and names."""

from __future__ import annotations

from collections.abc import Sequence

NAMES = 4


def names(items: Sequence[str], limit: int = NAMES) -> str:
    """``a, b, c, d and 12 more``"""
    shown = ", ".join(clip(item, 80) for item in items[:limit])
    return shown if len(items) <= limit else f"{shown} and {len(items) - limit} more"


def number(count: float, one: str, many: str | None = None) -> str:
    """``1 peer``, ``4 peers``"""
    shown = count if isinstance(count, int) else f"{count:g}"
    return f"{shown} {one if count == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """``45 s``, ``7 min``, ``3 h``, ``12 days``"""
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    if seconds < 172800:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 86400:.0f} days"


def clip(text: str, limit: int = 200) -> str:
    """A text that a node gave, on one line and short."""
    line = " ".join(text[: 4 * limit].split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
