"""Whether there is a terminal for the full-screen view, and whether it is still there."""

from __future__ import annotations

import select
import sys

from orama_monitor.terminals import is_dumb


def is_full_screen() -> bool:
    """Whether the full-screen view can be shown here: it reads standard input and is drawn on standard error."""
    if is_dumb():
        return False
    return all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__))


def has_gone() -> bool:
    """Whether the terminal has been closed, which not everyone is told by a signal (a lost SSH connection)."""
    if sys.__stdin__ is None:
        return True
    poll = select.poll()
    try:
        poll.register(sys.__stdin__.fileno(), 0)
        return any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _fd, event in poll.poll(0))
    except (OSError, ValueError):
        return True
