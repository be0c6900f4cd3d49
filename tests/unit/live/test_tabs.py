"""The full-screen view when it opens, and its tabs."""

from __future__ import annotations

import pytest

from orama_monitor.live import pages
from orama_monitor.live.widgets.tabs import TabBar
from tests.unit.clusters import healthy, host, lost, report
from tests.unit.live.fakes import FakeNodes, with_memory
from tests.unit.live.harness import Live, live_app, running


def current_tab(live: Live) -> str:
    return pages.PAGES[live.app.screen.query_one(TabBar).current].id


class TestOpening:
    async def test_before_the_first_answer(self) -> None:
        nodes = FakeNodes()
        nodes.held = {host(index) for index in range(5)}
        async with running(nodes, is_held=True) as live:
            await live.until(lambda: "of 5" in live.text)
            assert "Asking the nodes for the first time" in live.text
            assert "no data yet" in live.text

    async def test_the_overview(self) -> None:
        async with running() as live:
            for words in ("testnet", "all 5 nodes healthy", "leader 10.0.0.1", "Load", "Memory", "Handshakes"):
                assert words in live.text
            assert "data 0s old" in live.text and "next in 30s" in live.text

    async def test_node_text_cannot_reach_the_terminal(self) -> None:
        snapshot = healthy()
        report(snapshot, 1).hostname = "ns2\x1b[2J[bold red]\u202e"
        async with running(FakeNodes(snapshot), size=(200, 40)) as live:
            await live.press("2")
            assert "\x1b" not in live.text and "\u202e" not in live.text
            assert "ns2\\x1b[2J[bold red]" in live.text


class TestTabs:
    async def test_tab_and_shift_tab_go_round(self) -> None:
        async with running() as live:
            seen = []
            for _ in range(8):
                seen.append(current_tab(live))
                await live.press("tab")
            names = [page.id for page in pages.PAGES]
            assert seen == [*names, names[0]]
            await live.press("shift+tab", "shift+tab")
            assert current_tab(live) == "alerts"

    @pytest.mark.parametrize(
        ("key", "words"),
        [
            ("1", "Highest of all nodes"),
            ("2", "RQLITE"),
            ("3", "gateway"),
            ("4", "HEARS"),
            ("5", "COREDNS"),
            ("6", "NAMESPACE"),
            ("7", "No alerts"),
        ],
    )
    async def test_numbers(self, key: str, words: str) -> None:
        async with running() as live:
            await live.press(key)
            assert words in live.text
            assert current_tab(live) == pages.PAGES[int(key) - 1].id

    async def test_a_click(self) -> None:
        async with running() as live:
            at = live.text.splitlines()[1].index("DNS")
            await live.pilot.click(TabBar, offset=(at, 0))
            assert current_tab(live) == "dns"

    async def test_the_last_counts_alerts_as_the_verdict_does(self) -> None:
        snapshot = healthy()
        lost(snapshot, 1)
        async with running(FakeNodes(snapshot), size=(120, 40)) as live:
            assert "7 Alerts 1✗" in live.text and "1 critical" in live.text
            assert live.app.state.report and live.app.state.report.summary.critical_alerts >= 1

    async def test_the_bar_fits_any_width(self) -> None:
        for width in (200, 80, 60, 40, 24):
            async with running(FakeNodes(with_memory(95)), size=(width, 24)) as live:
                bar = live.text.splitlines()[1]
                assert "Overview" in bar
                assert all(str(number) in bar or width < 80 for number in range(1, 8))


def test_the_app_has_no_command_palette() -> None:
    assert not live_app(FakeNodes()).ENABLE_COMMAND_PALETTE
