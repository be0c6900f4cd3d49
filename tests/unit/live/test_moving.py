"""The cursor: from line to line, and where it stays when the lines change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from rich.text import Text
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from orama_monitor.live.items import Choices, Item
from orama_monitor.live.state import NodeKey
from orama_monitor.live.widgets.lines import Lines
from orama_monitor.views.columns import Column, Table
from tests.unit.clusters import healthy, host
from tests.unit.live.fakes import FakeNodes, with_memory
from tests.unit.live.harness import running, settled


class TestMoving:
    @pytest.mark.parametrize(("down", "up"), [("j", "k"), ("down", "up")])
    async def test_a_line_down_and_up(self, down: str, up: str) -> None:
        async with running() as live:
            await live.press("2", down, down)
            page = live.app.screen.query_one("#nodes", Lines)
            assert page.chosen == NodeKey(host(2))
            await live.press(up)
            assert page.chosen == NodeKey(host(1))

    async def test_ends_and_pages(self) -> None:
        async with running(FakeNodes(healthy(60))) as live:
            await live.press("2", "G")
            page = live.app.screen.query_one("#nodes", Lines)
            assert page.chosen == NodeKey(host(59)) and host(59) in live.text
            await live.press("g")
            assert page.chosen == NodeKey(host(0)) and "collected" in live.text
            await live.press("pagedown")
            assert page.chosen not in (NodeKey(host(0)), NodeKey(host(59)))
            await live.press("pageup", "pageup")
            assert page.chosen == NodeKey(host(0))

    async def test_a_page_with_nothing_to_choose_scrolls(self) -> None:
        async with running(FakeNodes(healthy(40))) as live:
            await live.press("3")
            page = live.app.screen.query_one("#services", Lines)
            await live.press("j", "down")
            assert page.scroll_offset.y == 2
            await live.press("G")
            assert page.scroll_offset.y == page.max_scroll_y > 0
            await live.press("k", "g")
            assert page.scroll_offset.y == 0
            await live.press("space")
            assert page.scroll_offset.y > 5

    async def test_the_cursor_stays_with_its_node(self) -> None:
        async with running() as live:
            await live.press("2", "j", "j")
            await live.refresh(with_memory(95, index=4))
            page = live.app.screen.query_one("#nodes", Lines)
            assert page.chosen == NodeKey(host(2))

    async def test_untouched_it_stays_at_the_top(self) -> None:
        async with running() as live:
            await live.press("2")
            await live.refresh(with_memory(95, index=4))
            assert live.app.screen.query_one("#nodes", Lines).chosen == NodeKey(host(4))

    async def test_the_wheel(self) -> None:
        async with running(FakeNodes(healthy(40))) as live:
            await live.press("3")
            page = live.app.screen.query_one("#services", Lines)
            page.scroll_relative(y=3, animate=False)
            await live.press()
            assert page.scroll_offset.y == 3


class Bare(App[None]):
    """A page and nothing else."""

    def compose(self) -> ComposeResult:
        yield Lines()

    @property
    def page(self) -> Lines:
        return self.query_one(Lines)

    @property
    def shown(self) -> range:
        """The lines that are on the screen."""
        return range(self.page.scroll_offset.y, self.page.scroll_offset.y + self.page.size.height)

    @property
    def cursor(self) -> int:
        assert self.page._at is not None
        return self.page._at


@asynccontextmanager
async def bare(*items: Item, height: int = 10) -> AsyncIterator[tuple[Bare, Pilot[None]]]:
    app = Bare()
    async with app.run_test(size=(40, height)) as pilot:
        app.page.show(lambda: items)
        app.page.focus()
        await settled(pilot)
        yield app, pilot


def lines(count: int) -> Text:
    return Text("\n".join(f"line {number}" for number in range(count)))


def choices(*keys: str) -> Choices:
    return Choices(Table((Column(""),), [[Text(key)] for key in keys]), keys)


PAGES: dict[str, tuple[Item, ...]] = {
    "text below": (choices("a", "b"), lines(40)),
    "a link at the end": (lines(40), choices("a")),
    "far apart": (choices("a"), lines(40), choices("b", "c"), lines(40), choices("d")),
    "many": (lines(3), choices(*"abcdefghijklmnopqrstuvwxyz"), lines(3)),
}


class TestReading:
    @pytest.mark.parametrize(("down", "up"), [("j", "k"), ("pagedown", "pageup")])
    @pytest.mark.parametrize("page", PAGES)
    async def test_every_line_comes_by(self, page: str, down: str, up: str) -> None:
        async with bare(*PAGES[page]) as (app, pilot):
            seen = set(app.shown)
            for key, end in ((down, app.page.max_scroll_y), (up, 0)):
                for _ in range(120):
                    if app.page.scroll_offset.y == end:
                        break
                    await pilot.press(key)
                    seen.update(app.shown)
                assert app.page.scroll_offset.y == end
                assert seen == set(range(app.page.virtual_size.height))
                seen = set(app.shown)

    @pytest.mark.parametrize("page", PAGES)
    async def test_the_edges(self, page: str) -> None:
        async with bare(*PAGES[page]) as (app, pilot):
            for _ in range(2):
                await pilot.press("G")
                assert app.page.scroll_offset.y == app.page.max_scroll_y
                await pilot.press("g")
                assert app.page.scroll_offset.y == 0

    async def test_the_cursor_stays_on_a_screen_that_shrinks(self) -> None:
        async with bare(choices(*"abcdefghijkl")) as (app, pilot):
            await pilot.press(*"jjjjjjjj")
            await pilot.resize_terminal(40, 5)
            await settled(pilot)
            assert app.page.chosen == "i" and app.cursor in app.shown

    async def test_the_cursor_stays_on_the_screen_when_lines_come_above_it(self) -> None:
        async with bare(choices(*"abcdefghijkl")) as (app, pilot):
            await pilot.press(*"jjjjjjjj")
            app.page.show(lambda: [lines(20), choices(*"abcdefghijkl")])
            await settled(pilot)
            assert app.page.chosen == "i" and app.cursor in app.shown

    async def test_a_cursor_out_of_sight_pulls_nothing(self) -> None:
        async with bare(choices("a", "b"), lines(40)) as (app, pilot):
            await pilot.press("j", "G")
            app.page.show(lambda: [choices("a", "b"), lines(41)])
            await settled(pilot)
            assert app.page.scroll_offset.y == app.page.max_scroll_y - 1
