"""A snapshot as a file, the same as ``orama monitor report`` prints."""

from __future__ import annotations

import itertools
import re
from collections.abc import Set
from datetime import UTC
from pathlib import Path

from orama_monitor.alerts.policy import Policy
from orama_monitor.cluster_report import assess
from orama_monitor.errors import MonitorError
from orama_monitor.snapshot import Snapshot


def save(snapshot: Snapshot, policy: Policy, directory: Path, hosts: Set[str] | None = None) -> Path:
    """Write a new file, of these ``hosts`` or all, and return its path; nothing is overwritten. Raises MonitorError."""
    text = assess(snapshot, policy, hosts).to_json() + "\n"
    environment = re.sub(r"[^A-Za-z0-9_-]", "_", snapshot.environment)
    stem = f"orama-{environment}-{snapshot.collected_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    for number in itertools.count(1):
        path = directory / (f"{stem}.json" if number == 1 else f"{stem}-{number}.json")
        try:
            _write_new(path, text)
        except FileExistsError:
            continue
        except OSError as error:
            raise MonitorError(f"{path}: {error.strerror}") from None
        return path
    raise AssertionError


def _write_new(path: Path, text: str) -> None:
    """The whole of it or nothing. Raises OSError."""
    file = path.open("x", encoding="utf-8")
    try:
        with file:
            file.write(text)
    except OSError:
        path.unlink(missing_ok=True)
        raise
