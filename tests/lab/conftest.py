"""What the lab's tests share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from orama_monitor import workspace


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A TMPDIR of the test's own, short enough for sockets; its warm SSH connections are closed at the end."""
    with tempfile.TemporaryDirectory(prefix="om-", dir="/tmp") as directory:
        yield Path(directory)
        monkeypatch.setattr("tempfile.tempdir", directory)
        workspace.close_connections()
