"""The cursor: from line to line, and where it stays when the lines change."""

from __future__ import annotations

import pytest

from orama_monitor.live.state import NodeKey
from orama_monitor.live.widgets.lines import Lines
from tests.unit.clusters import healthy, host
from tests.unit.live.fakes import FakeNodes, with_memory
from tests.unit.live.harness import running


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
