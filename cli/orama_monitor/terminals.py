"""Which terminals can be drawn on."""

from __future__ import annotations

import os
from typing import TextIO

DUMB = ("", "dumb", "unknown")


def is_dumb() -> bool:
    """Whether the terminal takes escape sequences for text."""
    return os.environ.get("TERM", "dumb") in DUMB


def can_redraw(stream: TextIO | None) -> bool:
    """Whether a line written there can be taken back."""
    return stream is not None and stream.isatty() and not is_dumb()
