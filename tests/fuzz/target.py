"""What a fuzzer drives: a check that is given bytes and raises when a promise is broken."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Check = Callable[[bytes], None]
LENGTH = 4096


@dataclass(frozen=True)
class Target:
    """Something that reads what others wrote."""

    name: str
    check: Check
    #: Inputs to begin with, by preference such as were recorded.
    seeds: tuple[bytes, ...]
    #: The part of all executions that this one gets.
    share: int = 1
    #: The longest input that is tried; what is slow for a long one is looked for in test_linear.py.
    longest: int = LENGTH


def text(raw: bytes) -> str:
    """Bytes as a probe hands them to a parser."""
    return raw.decode("utf-8", "backslashreplace")


def choices(checks: Sequence[Check]) -> Check:
    """One check for several: the first byte says which of them gets the rest."""

    def check(raw: bytes) -> None:
        if raw:
            checks[raw[0] % len(checks)](raw[1:])

    return check


def chosen(number: int, seeds: Sequence[str | bytes]) -> tuple[bytes, ...]:
    """Seeds for the check with this number among ``choices``."""
    raw = [seed if isinstance(seed, bytes) else seed.encode() for seed in seeds]
    return tuple(bytes([number]) + seed[: LENGTH - 1] for seed in raw)


def one_line(words: str) -> None:
    """A reason for people is one line."""
    assert len(words.splitlines()) == 1, words


def as_json(value: Any) -> str:
    """The value as JSON that every reader takes: Python's own NaN is none."""
    return json.dumps(value, allow_nan=False)


def refused(constant: str) -> Any:
    """For what is no JSON where it is read back: NaN, Infinity."""
    raise AssertionError(f"{constant} is not JSON")


class Source:
    """Makes values of bytes, the same of the same ones: so a fuzzer that turns bits changes values."""

    def __init__(self, raw: bytes, words: Sequence[str] = ()) -> None:
        self.raw = raw
        self.place = 0
        self.words = words or ("",)

    def __bool__(self) -> bool:
        return self.place < len(self.raw)

    def number(self, size: int = 1) -> int:
        found = self.raw[self.place : self.place + size]
        self.place += size
        return int.from_bytes(found, "little")

    def string(self) -> str:
        size = self.number()
        found = self.raw[self.place : self.place + size]
        self.place += size
        return found.decode("utf-8", "surrogatepass" if size % 7 == 0 else "replace") if _whole(found) else text(found)

    def word(self) -> str:
        return self.words[self.number(2) % len(self.words)]

    def value(self, depth: int = 0) -> Any:
        """Any JSON value, names and texts by preference from the words that are known here."""
        kind = self.number() % (16 if depth < 5 else 12)
        if kind < 4:
            return (None, True, False, "")[kind]
        if kind < 6:
            return self.number() - 2
        if kind < 9:
            return (self.number(8), -self.number(8), self.number(8) / (self.number(4) or 1))[kind - 6]
        if kind < 12:
            return self.word() if kind < 11 else self.string()
        if kind < 14:
            return [self.value(depth + 1) for _number in range(self.number() % 5)]
        return {self.word() if kind == 14 else self.string(): self.value(depth + 1) for _ in range(self.number() % 5)}

    def changed(self, tree: Any) -> Any:
        """A copy of the tree in which the bytes that are left have changed a few values."""
        tree = json.loads(json.dumps(tree))
        for _change in range(20):
            if not self:
                break
            at: Any = tree
            while isinstance(at, (dict, list)) and at:
                place = list(at)[self.number() % len(at)] if isinstance(at, dict) else self.number() % len(at)
                below = at[place]
                if not isinstance(below, (dict, list)) or not below or self.number() % 8 == 0:
                    at[place] = self.value()
                    break
                at = below
        return tree


def _whole(raw: bytes) -> bool:
    try:
        raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def names(tree: Any) -> set[str]:
    """Every key and every text in a JSON value."""
    if isinstance(tree, dict):
        return {*tree, *(found for value in tree.values() for found in names(value))}
    if isinstance(tree, list):
        return {found for value in tree for found in names(value)}
    return {tree} if isinstance(tree, str) else set()
