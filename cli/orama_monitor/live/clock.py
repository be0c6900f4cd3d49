"""The clock of the live view, apart so that a test can turn it."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Protocol

from orama_monitor.snapshot import now


class Clock(Protocol):
    def now(self) -> datetime:
        """The time of day."""

    def elapsed(self) -> float:
        """Seconds since some moment; never set back, and going on while the machine sleeps."""


class SystemClock:
    def now(self) -> datetime:
        return now()

    def elapsed(self) -> float:
        if hasattr(time, "CLOCK_BOOTTIME"):
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        return time.monotonic()
