"""What was collected, saved as a report."""

from __future__ import annotations

import contextlib
import json
import resource
import signal
from collections.abc import Iterator
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from orama_monitor.alerts.policy import Policy
from orama_monitor.cluster_report import assess
from orama_monitor.errors import MonitorError
from orama_monitor.live.saving import save
from orama_monitor.saved_report import load
from tests.unit.clusters import healthy, host
from tests.unit.live.fakes import FakeNodes, with_memory
from tests.unit.live.harness import remove_this, running


@contextlib.contextmanager
def limited_files(size: int) -> Iterator[None]:
    """No file can be made longer than so many bytes, which fails in the middle of a write as a full disk does."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


class TestSaving:
    async def test_the_same_as_report(self, tmp_path: Path) -> None:
        async with running(FakeNodes(with_memory(95)), directory=tmp_path) as live:
            await live.press("s")
            await live.until(lambda: bool(live.notices))
            path = tmp_path / "orama-testnet-20260216T120000Z.json"
            assert live.notices == [f"Saved as {path.name}"]
            assert live.watch.snapshot is not None
            assert path.read_text() == assess(live.watch.snapshot, live.watch.policy).to_json() + "\n"
            assert assess(load([str(path)])).alerts == json_alerts(path)

    def test_its_name_is_in_utc(self, tmp_path: Path) -> None:
        snapshot = healthy()
        zone = timezone(timedelta(hours=2))
        elsewhere = snapshot.model_copy(update={"collected_at": snapshot.collected_at.astimezone(zone)})
        assert save(elsewhere, Policy(), tmp_path).name == "orama-testnet-20260216T120000Z.json"

    def test_a_full_disk_is_left_with_no_half_of_a_report(self, tmp_path: Path) -> None:
        with limited_files(1000), pytest.raises(MonitorError, match="File too large"):
            save(healthy(), Policy(), tmp_path)
        assert list(tmp_path.iterdir()) == []

    async def test_nothing_is_overwritten(self, tmp_path: Path) -> None:
        async with running(directory=tmp_path) as live:
            await live.press("s", "s")
            await live.until(lambda: len(live.notices) == 2)
            assert len(list(tmp_path.iterdir())) == 2

    async def test_nothing_to_save(self, tmp_path: Path) -> None:
        nodes = FakeNodes()
        nodes.held = {host(index) for index in range(5)}
        async with running(nodes, directory=tmp_path, is_held=True) as live:
            await live.press("s")
            assert live.notices == ["There is nothing to save yet"]

    async def test_nowhere_to_save(self, tmp_path: Path) -> None:
        async with running(directory=tmp_path / "gone") as live:
            await live.press("s")
            await live.until(lambda: bool(live.notices))
            assert "No such file or directory" in live.notices[0]

    async def test_in_a_directory_that_has_been_removed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        async with running() as live:
            remove_this(tmp_path, monkeypatch)
            await live.press("s")
            assert live.notices == ["There is nowhere to save: this directory has been removed"]

    async def test_a_hostile_environment(self, tmp_path: Path) -> None:
        async with running(FakeNodes(healthy(environment="../../etc/x")), directory=tmp_path) as live:
            await live.press("s")
            await live.until(lambda: bool(live.notices))
            assert [path.name for path in tmp_path.iterdir()] == ["orama-______etc_x-20260216T120000Z.json"]


def json_alerts(path: Path) -> list[object]:
    from orama_monitor.alerts.alert import Alert

    return [Alert.model_validate(alert) for alert in json.loads(path.read_text())["alerts"]]
