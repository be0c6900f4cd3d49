"""Trouble that must not end the view, and what must."""

from __future__ import annotations

import errno
import io
import threading
from itertools import product
from typing import IO, cast

import pytest
from textual.drivers._writer_thread import WriterThread
from typing_extensions import override

from orama_monitor.live.app import LiveApp
from orama_monitor.live.driver import Forgiving
from orama_monitor.views import dns
from tests.unit.clusters import healthy, host, lost
from tests.unit.live.fakes import WAIT, FakeNodes, with_memory
from tests.unit.live.harness import replaying, running


class TestSurviving:
    async def test_no_network(self) -> None:
        async with running(size=(120, 24)) as live:
            live.nodes.trouble = "Ansible could not run: no network"
            await live.refresh()
            said = "✗ since 12:00:30 UTC: Ansible could not run: no network; what was known before is shown"
            assert said in live.text and "all 5 nodes healthy" in live.text
            await live.refresh()
            assert said in live.text
            live.nodes.trouble = None
            await live.refresh()
            assert "no network" not in live.text.splitlines()[1]
            assert "Answers again" in live.notices

    async def test_no_network_from_the_start(self) -> None:
        nodes = FakeNodes()
        nodes.trouble = "nothing works"
        async with running(nodes, is_held=True) as live:
            await live.until(lambda: "nothing works" in live.text)
            assert "no data yet" in live.text and "known before" not in live.text
            nodes.trouble = None
            await live.refresh()
            assert "all 5 nodes healthy" in live.text

    async def test_a_conf_broken_and_mended(self) -> None:
        async with running() as live:
            live.nodes.conf_trouble = "nodes.conf, line 3: 2 fields"
            await live.refresh()
            assert "nodes.conf, line 3: 2 fields" in live.text
            live.nodes.conf_trouble = None
            live.nodes.snapshot = healthy(6)
            await live.refresh()
            await live.press("2")
            assert host(5) in live.text

    async def test_a_conf_with_other_nodes(self) -> None:
        async with running() as live:
            await live.refresh(healthy(7))
            assert "The conf changed: 2 nodes more, 0 gone" in live.notices
            await live.refresh(healthy(4))
            await live.press("2")
            assert host(5) not in live.text

    async def test_a_view_that_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(_report: object) -> None:
            raise KeyError("boom")

        monkeypatch.setattr(dns, "body", fail)
        async with running() as live:
            await live.press("5")
            assert "This page could not be drawn: KeyError" in live.text
            await live.press("6")
            assert "NAMESPACE" in live.text

    async def test_answers_that_cannot_be_judged(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with running(size=(120, 24)) as live:
            monkeypatch.setattr("orama_monitor.live.watch.assess", lambda *_, **__: 1 / 0)
            await live.refresh()
            assert "could not be judged: ZeroDivisionError" in live.text
            assert "all 5 nodes healthy" in live.text

    async def test_what_has_arrived_and_cannot_be_judged(self, monkeypatch: pytest.MonkeyPatch) -> None:
        nodes = FakeNodes()
        async with running(nodes, size=(120, 24)) as live:
            monkeypatch.setattr(live.watch, "overlaid", lambda _collection: 1 / 0)
            nodes.held = {host(4)}
            await live.tick(30)
            await live.until(lambda: live.watch.collection is not None and live.watch.collection.done == 4)
            await live.tick(1)
            await live.until(lambda: bool(live.notices))
            assert live.notices == ["What has arrived could not be judged: ZeroDivisionError: division by zero"]
            assert not live.app._is_overlaying
            await live.tick(1)
            nodes.release()
            await live.until(lambda: live.watch.collection is None)
            assert len(live.notices) == 1

    async def test_a_saved_report_that_cannot_be_judged(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with replaying([healthy(), with_memory(95)]) as live:
            with monkeypatch.context() as broken:
                broken.setattr("orama_monitor.live.replay.assess", lambda *_, **__: 1 / 0)
                await live.press("right")
                await live.until(lambda: bool(live.notices))
            await live.press("right")
            await live.until(lambda: "1 warning" in live.text)

    async def test_much_that_is_not_as_usual(self) -> None:
        async with running() as live:
            live.nodes.trouble = "Ansible could not run: " + "very " * 60 + "broken"
            await live.refresh()
            await live.press("p", "slash", "n", "enter")
            rows = live.text.splitlines()
            assert "Paused" in rows[1] and "Filter" in rows[2] and "Ansible" in rows[3]
            assert rows[4].rstrip().endswith("…") and "Overview" in rows[5]

    async def test_an_alert_of_many_words(self) -> None:
        snapshot = healthy()
        lost(snapshot, 1, error="closed " * 50)
        async with running(FakeNodes(snapshot)) as live:
            await live.press("7")
            rows = live.text.splitlines()
            hint = next(index for index, row in enumerate(rows) if row.startswith("→"))
            assert rows[hint - 1].rstrip().endswith("…")

    async def test_a_click_ends_the_typing_of_a_filter(self) -> None:
        async with running() as live:
            await live.press("2", "slash", "n")
            await live.pilot.click("#nodes", offset=(3, 5))
            assert not live.app.screen.query_one("#asking").has_class("-open")
            await live.press("slash")
            assert live.app.screen.query_one("#search").has_focus

    async def test_a_small_terminal_has_room_for_the_list(self) -> None:
        async with running(FakeNodes(with_memory(95))) as live:
            await live.press("7")
            assert "→ on the node" in live.text
            await live.pilot.resize_terminal(80, 10)
            await live.until(lambda: "→ on the node" not in live.text and "MEMORY_HIGH" in live.text)
            await live.pilot.resize_terminal(80, 24)
            await live.until(lambda: "→ on the node" in live.text)

    async def test_resizing(self) -> None:
        async with running(FakeNodes(with_memory(95))) as live:
            for number, size in enumerate([(40, 10), (200, 60), (20, 5), (10, 3), (80, 24)] * 2):
                await live.pilot.resize_terminal(*size)
                await live.press(str(number % 7 + 1))
            await live.press("2")
            assert all(len(line) <= 80 for line in live.text.splitlines())
            assert "RQLITE" in live.text

    async def test_nodes_that_hang_when_it_ends(self) -> None:
        nodes = FakeNodes()
        async with running(nodes) as live:
            nodes.held = {host(1)}
            await live.press("r")
            await live.until(lambda: nodes.is_running)
            await live.pilot.press("q")
        assert nodes.was_stopped and not nodes.is_running


class Closed(io.StringIO):
    """A terminal that is no longer there."""

    @override
    def write(self, text: str) -> int:
        raise OSError(errno.EIO, text)


def test_writing_to_a_closed_terminal_ends() -> None:
    thread = WriterThread(cast("IO[str]", Forgiving(Closed())))

    def write() -> None:
        for _ in range(100):
            thread.write("x")
        thread.stop()

    thread.start()
    writing = threading.Thread(target=write, daemon=True)
    writing.start()
    writing.join(WAIT)
    assert not writing.is_alive()


class TestLeaving:
    @pytest.mark.parametrize(
        ("before", "key"),
        [
            *product([(), ("question_mark",), ("2", "enter")], ["q", "ctrl+c", "ctrl+q"]),
            *product([("slash",)], ["ctrl+c", "ctrl+q"]),
        ],
    )
    async def test_quit(self, before: tuple[str, ...], key: str) -> None:
        async with running() as live:
            await live.press(*before)
            await live.pilot.press(key)
            await live.until(lambda: live.app._exit)

    async def test_ctrl_z(self, monkeypatch: pytest.MonkeyPatch) -> None:
        suspended = []
        monkeypatch.setattr(LiveApp, "action_suspend_process", lambda _app: suspended.append(True))
        async with running() as live:
            await live.press("ctrl+z")
            assert suspended
