"""Ctrl-C once: stop asking, show what came. Twice: end. Told to end by a signal: stop asking and end in order."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

from orama_monitor.terminals import can_redraw

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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
    heard = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]  # not so under nohup
    previous = {number: signal.signal(number, stop.handle) for number in heard}
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
