"""Ctrl-C once: stop asking, show what came. Twice: end. Told to end by a signal: stop asking and end in order."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

from orama_monitor.signals import handled
from orama_monitor.terminals import can_redraw


class Stop(threading.Event):
    """Set by the first signal; ``code`` is the exit code it asks for, 0 as long as there was none."""

    code = 0

    def handle(self, number: int, _frame: FrameType | None) -> None:
        if self.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.code = self.code or 128 + number
        self.set()
        if number == signal.SIGINT and can_redraw(sys.stderr):
            with contextlib.suppress(OSError):
                sys.stderr.write("\r\x1b[2Korama: stopping; Ctrl-C again ends at once\n")


@contextlib.contextmanager
def interruptible() -> Iterator[Stop]:
    """While this lasts a signal to end sets the event, and a second Ctrl-C raises KeyboardInterrupt."""
    stop = Stop()
    with handled(stop.handle):
        yield stop
