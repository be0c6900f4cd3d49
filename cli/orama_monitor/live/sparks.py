"""A row of numbers as a row of bars."""

from __future__ import annotations

from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"
NOTHING = "·"


def sparkline(values: Sequence[float | None], width: int, floor: float = 0.0, least_top: float = 0.0) -> str:
    """The last ``width`` values, the newest at the right end.

    The lowest bar is ``floor``; the highest the greatest value shown, at least ``least_top``. Not known is a dot.
    """
    shown = list(values)[-width:] if width > 0 else []
    top = max([least_top, *(value for value in shown if value is not None)], default=least_top)
    return "".join(_bar(value, floor, top) for value in shown)


def _bar(value: float | None, floor: float, top: float) -> str:
    if value is None:
        return NOTHING
    if top <= floor:
        return BARS[0]
    share = (value - floor) / (top - floor)
    return BARS[min(len(BARS) - 1, max(0, round(share * (len(BARS) - 1))))]
