"""Saved reports, stepped through."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from orama_monitor.alerts.policy import Mute, Policy
from orama_monitor.cluster_report import ClusterReport, assess
from orama_monitor.live.replay import Replay
from tests.unit.clusters import healthy, host
from tests.unit.clusters import report as told
from tests.unit.live.fakes import WAIT, with_memory
from tests.unit.live.harness import replaying

MUTING = Policy(mutes=[Mute(code="MEMORY_HIGH")])


class TestReplay:
    async def test_stepping(self) -> None:
        snapshots = [
            snapshot.model_copy(update={"collected_at": snapshot.collected_at.replace(minute=number)})
            for number, snapshot in enumerate([healthy(), with_memory(95), healthy()])
        ]
        async with replaying(list(reversed(snapshots)), size=(120, 40)) as live:
            assert "saved report 1 of 3" in live.text and "no alerts" in live.text
            assert "Refresh" not in live.text and "Later" in live.text
            await live.press("right_square_bracket")
            await live.until(lambda: "1 warning" in live.text)
            assert "saved report 2 of 3" in live.text and "NEW" in live.text
            await live.press("right")
            await live.until(lambda: "✓ resolved" in live.text)
            await live.press("right")
            assert live.notices == ["No later report"]
            await live.press("left_square_bracket", "left", "left")
            await live.until(lambda: "saved report 1 of 3" in live.text and "no alerts" in live.text)
            assert "No earlier report" in live.notices

    def test_all_is_judged_and_a_part_shown(self) -> None:
        snapshot = healthy()
        rqlite = told(snapshot, 2).rqlite
        assert rqlite is not None
        rqlite.term = 50
        report, _history = Replay([snapshot], Policy(), {host(0)}).shown(0)
        assert report == assess(snapshot, Policy(), {host(0)})
        assert [node.host for node in report.nodes] == [host(0)] and report.summary.rqlite_raft_term == 50

    def test_another_policy_while_one_judges(self, monkeypatch: pytest.MonkeyPatch) -> None:
        replay = Replay([with_memory(95)], Policy())

        def judge(*arguments: Any) -> ClusterReport:
            replay.adopt(MUTING)
            return assess(*arguments)

        with monkeypatch.context() as meanwhile:
            meanwhile.setattr("orama_monitor.live.replay.assess", judge)
            replay.shown(0)
        _report, history = replay.shown(0)
        assert [track.muted for track in (history.tracks or {}).values()] == [True]

    async def test_a_mute_while_one_judges(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with replaying([with_memory(95)]) as live:
            judging, may_end = threading.Event(), threading.Event()

            def judge(*arguments: Any) -> ClusterReport:
                report = assess(*arguments)
                judging.set()
                may_end.wait(WAIT)
                return report

            monkeypatch.setattr("orama_monitor.live.replay.assess", judge)
            live.app._step()
            await live.until(judging.is_set)
            live.app._muted(MUTING)
            may_end.set()
            await live.until(lambda: "1 muted" in live.text)

    async def test_asking_keys_do_nothing(self) -> None:
        async with replaying([healthy()]) as live:
            await live.press("r", "p")
            assert "saved report 1 of 1" in live.text
