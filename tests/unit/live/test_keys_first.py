"""Keys come before garbage collections, drawing and judging."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from functools import partial

import pytest

from orama_monitor.live import keys_first
from orama_monitor.live.app import run
from orama_monitor.live.items import draw
from orama_monitor.live.keys_first import PUT_OFF, WHOLE, Attention
from tests.unit.clusters import healthy
from tests.unit.live.fakes import WAIT, FakeClock, FakeNodes, with_memory
from tests.unit.live.harness import live_app, running


class TestGivingWay:
    async def test_a_key_is_on_its_way_until_the_screen_shows_it(self) -> None:
        async with running() as live:
            live.app.attention.typed()
            assert not keys_first._is_calm.is_set()
            await live.press("j")
            await live.until(keys_first._is_calm.is_set)

    def test_who_draws_waits_for_a_key_at_every_piece(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(keys_first, "WAIT", WAIT)
        attention = live_app(FakeNodes()).attention
        attention.typed()
        drawing = threading.Thread(target=draw, args=(["a line", "another"], 80))
        try:
            drawing.start()
            drawing.join(0.05)
            assert drawing.is_alive()
        finally:
            attention.shown()
        drawing.join(WAIT)
        assert not drawing.is_alive()

    def test_nobody_waits_for_ever(self) -> None:
        live_app(FakeNodes()).attention.typed()
        assert draw(["a line"], 80).keys == [None]
        assert keys_first._is_calm.is_set()


class TestTidying:
    def test_it_looks_through_everything_when_nobody_types_and_now_and_then_anyway(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done: list[str] = []
        for name in ("collect", "freeze", "unfreeze"):
            monkeypatch.setattr(gc, name, partial(done.append, name))
        attention = Attention(FakeClock())

        def wholes(times: int) -> int:
            """Of so many, those that look through everything."""
            done.clear()
            for _ in range(times):
                attention.tidy()
            assert done.count("collect") == done.count("freeze") == times
            return done.count("unfreeze")

        assert (wholes(WHOLE), wholes(1), wholes(WHOLE)) == (0, 1, 0)
        attention.typed()
        attention.shown()
        assert (wholes(PUT_OFF - WHOLE), wholes(1)) == (0, 1)

    def test_what_has_settled_goes_when_nothing_refers_to_it(self) -> None:
        attention = Attention(FakeClock())
        answer = healthy(1).nodes[0]
        left = weakref.ref(answer)
        try:
            attention.settled()
            del answer
            assert left() is None
        finally:
            gc.unfreeze()

    async def test_an_older_report_goes_without_any_collecting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with running() as live:
            gc.collect()
            monkeypatch.setattr(gc, "collect", lambda: 0)
            gc.disable()
            try:
                await live.refresh()
                assert live.app.state.report is not None
                older = weakref.ref(live.app.state.report)
                live.nodes.snapshot = with_memory(95)
                await live.refresh()
                await live.press("2")
                assert older() is None
            finally:
                gc.enable()

    def test_afterwards_python_is_as_before(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[tuple[int, int, int]] = []
        app = live_app(FakeNodes())
        monkeypatch.setattr(app, "run", lambda: seen.append(gc.get_threshold()))
        before = gc.get_threshold(), sys.getswitchinterval()
        run(app)
        assert seen[0][2] > before[0][2] and (gc.get_threshold(), sys.getswitchinterval()) == before
