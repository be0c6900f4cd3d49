"""Keys first: what else the process does gives way to them.

Drawing and judging are done in threads, but these share Python's lock with the screen. So it changes hands more often,
only one of these threads works at a time, and it waits while a key is on its way to the screen.

A whole garbage collection stops everything while it looks through all objects, with a hundred nodes for 0.3 s. So what
has settled, such as the answers that are shown, is left out (answers go when nothing refers to them any more), and
looked through only when nobody types.
"""

from __future__ import annotations

import contextlib
import gc
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from orama_monitor.live.clock import Clock

SWITCH = 0.0002  # s that the screen waits for the lock, in place of Python's 0.005
WAIT = 0.1  # s that a thread waits for a key's way to the screen, at most
TIDY = 5.0  # s between two garbage collections
QUIET = 10.0  # s without a key until one looks through everything
WHOLE = 12  # so many others come between two of these,
PUT_OFF = 60  # and at the most so many, however much is typed
NEVER = 2**31 - 1

T = TypeVar("T")

_turn = threading.Lock()
_is_calm = threading.Event()
_is_calm.set()


def give_way() -> None:
    """For a thread to call now and then; it waits once a key at most."""
    if not _is_calm.wait(WAIT):
        _is_calm.set()


def patiently(pieces: Iterable[T]) -> Iterator[T]:
    """The pieces of a thread's work, which gives way before each."""
    for piece in pieces:
        give_way()
        yield piece


@contextlib.contextmanager
def turn() -> Iterator[None]:
    """For a thread that draws or judges: one at a time, and not while a key is on its way to the screen."""
    with _turn:
        give_way()
        yield


def once(work: Callable[[], T]) -> Callable[[], T]:
    """``work``, which can be done once, and is forgotten with all that it refers to.

    Textual's workers refer to themselves: what they do would stay until garbage is collected.
    """
    pending = [work]
    return lambda: pending.pop()()


class Attention:
    """When the operator did something, and whether the screen shows it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._typed_at = 0.0
        self._since_whole = 0

    def typed(self) -> None:
        self._typed_at = self._clock.elapsed()
        _is_calm.clear()

    def shown(self) -> None:
        _is_calm.set()

    def settled(self) -> None:
        """What is there now will stay for a while."""
        gc.freeze()

    def tidy(self) -> None:
        """Collect garbage; for the app to call every ``TIDY`` seconds."""
        self._since_whole += 1
        is_quiet = self._clock.elapsed() - self._typed_at > QUIET
        if self._since_whole > (WHOLE if is_quiet else PUT_OFF):
            self._since_whole = 0
            gc.unfreeze()
        gc.collect()
        gc.freeze()


@contextlib.contextmanager
def keys_first() -> Iterator[None]:
    """While the screen is up."""
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(SWITCH)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*thresholds[:2], NEVER)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
        sys.setswitchinterval(interval)
