"""The one place where text that came from a node becomes text for a terminal.

A node's word is never trusted: process names, log lines and host names may hold escape sequences, writing direction
marks, or characters without a width. Nothing here is ever parsed as markup.
"""

from __future__ import annotations

import unicodedata

from rich.text import Text

UNKNOWN = "–"
LINE_LIMIT = 400

_VISIBLE_BREAKS = {"\n": "⏎", "\r": "⏎", "\t": " ", "\u2028": "⏎", "\u2029": "⏎", "\x85": "⏎", "\x0b": "⏎", "\x0c": "⏎"}
_DROPPED = {"Cf", "Cs", "Co", "Cn", "Mn", "Me", "Zl", "Zp"}
_WIDTHLESS = {"\u115f", "\u1160", "\u17b4", "\u17b5", "\u2800", "\u3164", "\uffa0"}


def clean(value: object, limit: int = LINE_LIMIT) -> str:
    """``value`` as one harmless line: controls made visible, what has no width or turns the line around dropped."""
    text = value if isinstance(value, str) else str(value)
    if not (text.isascii() and text.isprintable()):
        text = "".join(_harmless(character) for character in unicodedata.normalize("NFC", text[: 4 * limit]))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _harmless(character: str) -> str:
    if character in _VISIBLE_BREAKS:
        return _VISIBLE_BREAKS[character]
    category = unicodedata.category(character)
    if category == "Cc":
        return f"\\x{ord(character):02x}"
    if category in _DROPPED or character in _WIDTHLESS:
        return ""
    return " " if category == "Zs" else character


def text(value: object, style: str = "", limit: int = LINE_LIMIT) -> Text:
    """``value`` as a Rich text of one line; what is not known is a dash."""
    if value is None or value == "":
        return Text(UNKNOWN, style="dim")
    return Text(clean(value, limit), style=style, end="")
