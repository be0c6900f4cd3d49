"""The policy, read again when somebody has edited its file: another terminal may have muted something."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from orama_monitor.alerts.policy import Policy

Stamp = tuple[int, int, int]


class PolicyFile:
    """``load`` reads what is at ``path``, or says what counts where nothing is; it raises MonitorError."""

    def __init__(self, path: Path, load: Callable[[], Policy]) -> None:
        self._path = path
        self._load = load
        self._stamp: Stamp | None = None

    def changed(self) -> Policy | None:
        """The policy, if its file is not the one that was read last. Raises MonitorError or OSError."""
        stamp = self._now()
        if stamp == self._stamp:
            return None
        policy = self._load()
        self._stamp = stamp
        return policy

    def _now(self) -> Stamp | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
