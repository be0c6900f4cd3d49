"""One collection at a time, in a thread of its own, and what of it has arrived."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from orama_monitor.collect import Request, collect
from orama_monitor.errors import MonitorError
from orama_monitor.snapshot import ConfiguredNode, NodeResult, Snapshot, configured


class Source(Protocol):
    """Where snapshots come from."""

    @property
    def environment(self) -> str: ...

    def prepare(self) -> Asked:
        """Read again what to ask. Raises MonitorError."""

    def collect(self, on_result: Callable[[NodeResult], None], stop: threading.Event) -> Snapshot:
        """Ask, and wait for all. Raises MonitorError."""


class Asked:
    """Whom a collection asks."""

    def __init__(self, everyone: list[ConfiguredNode], asked: list[str]) -> None:
        self.everyone = everyone
        self.asked = asked


class Nodes:
    """The real nodes. ``load_request`` is called before each collection, so that an edited conf counts at once."""

    def __init__(self, request: Request, load_request: Callable[[], Request] | None) -> None:
        self._request = _quiet(request)
        self._load_request = load_request

    @property
    def environment(self) -> str:
        return self._request.nodes[0].environment

    def prepare(self) -> Asked:
        if self._load_request:
            self._request = _quiet(self._load_request())
        return Asked(configured(self._request.everyone), [node.host for node in self._request.nodes])

    def collect(self, on_result: Callable[[NodeResult], None], stop: threading.Event) -> Snapshot:
        return collect(self._request, on_result, stop)


def _quiet(request: Request) -> Request:
    """Ansible's own words would be written across the screen."""
    return replace(request, verbosity=0)


class Collection:
    """A running collection. Its fields may be read from any thread."""

    def __init__(self, at: datetime, elapsed: float) -> None:
        self.at = at
        self.elapsed = elapsed
        self.stop = threading.Event()
        self.asked: Asked | None = None
        self._lock = threading.Lock()
        self._results: dict[str, NodeResult] = {}

    @property
    def done(self) -> int:
        return len(self._results)

    @property
    def asked_hosts(self) -> frozenset[str]:
        return frozenset(self.asked.asked if self.asked else ())

    @property
    def total(self) -> int:
        return len(self.asked.asked) if self.asked else 0

    def run(self, source: Source) -> Snapshot:
        """Collect. Raises MonitorError, whatever went wrong."""
        try:
            self.asked = source.prepare()
            return source.collect(self._take, self.stop)
        except MonitorError:
            raise
        except Exception as error:
            raise MonitorError(f"the collection failed unexpectedly: {type(error).__name__}: {error}") from error

    def _take(self, result: NodeResult) -> None:
        with self._lock:
            self._results[result.host] = result

    def arrived(self, environment: str, elapsed: float) -> Snapshot:
        """What has come so far, as a partial snapshot."""
        with self._lock:
            results = list(self._results.values())
        return Snapshot(
            environment=environment,
            collected_at=self.at,
            duration_seconds=max(0.0, elapsed - self.elapsed),
            partial=True,
            configured=self.asked.everyone if self.asked else [],
            nodes=results,
        )
