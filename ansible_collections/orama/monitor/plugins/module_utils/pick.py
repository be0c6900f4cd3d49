# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Picks values out of a service's JSON without believing it: a wrong type is None, never an exception."""

from __future__ import annotations

import json
import math
import re

TEXT_LIMIT = 500
NUMBER_LIMIT = 2**63 - 1
DIGITS_LIMIT = 25
READ_LIMIT = 8 * TEXT_LIMIT
#: Up to the last "@" of what may be a host's part; a password may hold what ends that part, too.
LOGIN = re.compile(r"""(?<=://)(?:[^\s/?#]{1,500}@|[^\s/?#@:]{0,200}:[^\s"']{1,500}@)""")


def from_json(body: str):
    """What a JSON text says, with infinity for a longer number. Raises ValueError, RecursionError."""
    return json.loads(body, parse_int=_whole)


def _whole(digits: str) -> float:
    """Older Pythons take minutes for a number of megabytes, in which no other thread runs, and so no deadline."""
    return int(digits) if len(digits) <= DIGITS_LIMIT else math.inf


def at(tree: object, *path: str) -> object:
    """What is found down the path of keys, or None."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def mapping(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def text(value: object) -> str | None:
    """A text that says something, on one line and cut to a length; without the login of a URL or half characters."""
    line = " ".join(value[:READ_LIMIT].split()) if isinstance(value, str) else ""
    return LOGIN.sub("***@", line)[:TEXT_LIMIT].encode("utf-8", "replace").decode("utf-8") if line else None


def count(value: object) -> int | None:
    """A whole number from 0, also one written as text."""
    if isinstance(value, str) and len(value) < 20 and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= NUMBER_LIMIT:
        return None
    return value


def real(value: object) -> float | None:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > NUMBER_LIMIT:
        return None
    return float(value) if math.isfinite(value) else None


def flag(value: object) -> bool | None:
    """True or False, also written as text."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def percent(part: int | None, whole: int | None) -> int | None:
    """Percent, rounded up as df does, so that 90.01 is more than 90; None without a whole."""
    return None if part is None or not whole else -(-100 * part // whole)
