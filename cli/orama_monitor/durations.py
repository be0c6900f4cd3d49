"""How long, as an operator writes it."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_PART = re.compile(r"(\d{1,5})([mhdw])")
EXAMPLE = "30m, 8h, 2d, 1w or 1d12h"


def duration(text: str) -> timedelta | None:
    """``8h`` or ``1d12h``; nothing means for good. Raises ValueError with what is expected."""
    written = text.replace(" ", "").lower()
    if not written:
        return None
    if not re.fullmatch(f"({_PART.pattern})+", written):
        raise ValueError(f"expected {EXAMPLE}")
    try:
        length = sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in _PART.findall(written)), timedelta())
    except OverflowError:
        length = timedelta.max
    if not length:
        raise ValueError("expected more than nothing")
    if length > timedelta(days=3660):
        raise ValueError("more than ten years: mute for good, without a time")
    return length
