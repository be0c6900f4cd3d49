"""Muting from the view."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from textual.color import Color
from textual.widgets._toast import Toast

from orama_monitor.alerts.policy import Mute, Policy
from orama_monitor.cluster_report import ClusterReport, assess
from orama_monitor.live.screens.main import MainScreen
from orama_monitor.live.screens.mute import MuteScreen
from tests.unit.alerts.breaking import failed, node_dead
from tests.unit.clusters import healthy, host, lost
from tests.unit.live.fakes import WAIT, FakeNodes, with_memory
from tests.unit.live.harness import remove_this, running


class TestMuting:
    async def test_an_alert(self, tmp_path: Path) -> None:
        path = tmp_path / "policy.yml"
        async with running(FakeNodes(with_memory(95)), size=(120, 40), policy_path=path) as live:
            await live.press("7", "m")
            assert isinstance(live.app.screen, MuteScreen) and f"MEMORY_HIGH on {host(1)} in testnet" in live.text
            await live.press("tab", *"new RAM ordered", "enter")
            await live.until(lambda: "1 muted" in live.text)
            text = path.read_text()
            assert "MEMORY_HIGH" in text and "2026-02-16T20:00:00Z" in text and "new RAM ordered" in text
            assert 'env: "testnet"' in text
            await live.refresh()
            assert "muted" in live.text and not live.watch.state.history.changes
            await live.press("m")
            assert any("muted already" in notice for notice in live.notices)

    async def test_its_time_runs_from_when_it_is_written(self, tmp_path: Path) -> None:
        path = tmp_path / "policy.yml"
        async with running(FakeNodes(with_memory(95)), policy_path=path) as live:
            await live.press("7", "m")
            live.clock.turn(3600)
            await live.press("enter")
            assert "2026-02-16T21:00:00Z" in path.read_text()

    async def test_while_a_collection_is_judged(self, monkeypatch: pytest.MonkeyPatch) -> None:
        judging, may_end = threading.Event(), threading.Event()

        def judge(*arguments: Any, **options: Any) -> ClusterReport:
            found = assess(*arguments, **options)
            judging.set()
            may_end.wait(WAIT)
            return found

        async with running(FakeNodes(with_memory(95)), size=(120, 40)) as live:
            monkeypatch.setattr("orama_monitor.live.watch.assess", judge)
            await live.pilot.press("r")
            await live.until(judging.is_set)
            live.app._muted(Policy(mutes=[Mute(code="MEMORY_HIGH")]))
            may_end.set()
            await live.until(lambda: live.watch.collection is None and "1 muted" in live.text)

    async def test_for_good(self, tmp_path: Path) -> None:
        path = tmp_path / "policy.yml"
        async with running(FakeNodes(with_memory(95)), policy_path=path) as live:
            await live.press("7", "m", "ctrl+u", "enter")
            await live.until(lambda: path.exists())
            assert "until" not in path.read_text()

    async def test_a_length_nobody_understands(self, tmp_path: Path) -> None:
        path = tmp_path / "policy.yml"
        async with running(FakeNodes(with_memory(95)), policy_path=path) as live:
            await live.press("7", "m", "ctrl+u", *"soon", "enter")
            assert "expected 30m, 8h" in live.text and not path.exists()
            await live.press("escape")
            assert isinstance(live.app.screen, MainScreen)

    async def test_a_policy_that_cannot_be_written(self, tmp_path: Path) -> None:
        path = tmp_path / "policy.yml"
        path.write_text("mutes: [")
        async with running(FakeNodes(with_memory(95)), policy_path=path) as live:
            await live.press("7", "m", "enter")
            assert "not YAML" in live.text and isinstance(live.app.screen, MuteScreen)

    async def test_from_the_detail(self, tmp_path: Path) -> None:
        async with running(FakeNodes(with_memory(95)), policy_path=tmp_path / "policy.yml") as live:
            await live.press("7", "enter", "m", "enter")
            await live.until(lambda: "muted" in live.text)

    async def test_from_the_detail_of_a_node(self, tmp_path: Path) -> None:
        async with running(FakeNodes(with_memory(95)), size=(120, 40), policy_path=tmp_path / "policy.yml") as live:
            await live.press("2", "g", "enter", "m")
            assert isinstance(live.app.screen, MuteScreen) and "MEMORY_HIGH on" in live.text
            await live.press("escape", "enter")
            assert "What it means" in live.text

    async def test_from_the_detail_of_an_alert_what_was_chosen_there(self, tmp_path: Path) -> None:
        snapshot = healthy()
        node_dead(snapshot, 1)
        async with running(FakeNodes(snapshot), size=(120, 60), policy_path=tmp_path / "policy.yml") as live:
            await live.press("7", "enter", "m")
            assert "NODE_UNREACHABLE on" in live.text and isinstance(live.app.screen, MuteScreen)
            await live.press("escape", "j", "m")
            assert isinstance(live.app.screen, MuteScreen) and "NODE_UNREACHABLE on" not in live.text

    async def test_nothing_chosen(self, tmp_path: Path) -> None:
        async with running(policy_path=tmp_path / "policy.yml") as live:
            await live.press("2", "m")
            assert live.notices == ["Choose an alert first (tab 7)"]

    async def test_what_is_told_has_the_terminals_own_ground(self) -> None:
        async with running() as live:
            await live.press("2", "m")
            await live.until(lambda: bool(live.app.screen.query(Toast)))
            assert live.app.screen.query_one(Toast).styles.background == Color.parse("ansi_default")

    async def test_of_a_node_that_fell_silent(self, tmp_path: Path) -> None:
        silent = healthy()
        lost(silent, 1)
        async with running(FakeNodes(with_memory(95)), policy_path=tmp_path / "policy.yml") as live:
            await live.press("7", "enter")
            await live.refresh(silent)
            await live.press("m")
            assert any("not known whether this alert still stands" in notice for notice in live.notices)

    async def test_in_a_directory_that_has_been_removed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        async with running(FakeNodes(with_memory(95)), policy_path=Path("policy.yml")) as live:
            remove_this(tmp_path, monkeypatch)
            await live.press("7", "m", "enter")
            assert "policy.yml: No such file or directory" in live.text and isinstance(live.app.screen, MuteScreen)

    async def test_no_policy_file(self) -> None:
        async with running(FakeNodes(with_memory(95))) as live:
            await live.press("7", "m")
            assert "--policy" in live.notices[0]

    async def test_only_what_the_alert_is_about(self, tmp_path: Path) -> None:
        path = tmp_path / "policy.yml"
        snapshot = healthy()
        failed(snapshot, 1, "orama-olric")
        failed(snapshot, 1, "orama-ipfs")
        async with running(FakeNodes(snapshot), size=(120, 40), policy_path=path) as live:
            await live.press("7", "slash", *"olric has failed", "enter", "m")
            assert "SERVICE_FAILED on" in live.text and ": orama-olric" in live.text
            await live.press("enter")
            await live.until(lambda: path.exists() and "muted" in live.text)
            await live.press("escape")
            assert "orama-ipfs has failed" in live.text and "1 muted" in live.text
