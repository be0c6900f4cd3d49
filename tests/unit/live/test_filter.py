"""Only the nodes and alerts with these words."""

from __future__ import annotations

import pytest

from orama_monitor.cluster_report import assess
from orama_monitor.live.alert_rows import alert_rows
from orama_monitor.live.state import AlertKey, State
from tests.unit.clusters import healthy, host, lost, report
from tests.unit.live.fakes import FakeNodes, few_rules, with_memory
from tests.unit.live.harness import running


class TestFilter:
    async def test_nodes(self) -> None:
        async with running() as live:
            await live.press("2", "slash", *"nameserver")
            assert host(0) in live.text and host(3) not in live.text
            assert "Filter “nameserver”: 2 of 5" in live.text
            await live.press("enter")
            assert host(3) not in live.text
            await live.press("j")
            await live.press("escape")
            assert host(3) in live.text and "Filter" not in live.text.splitlines()[1]

    async def test_alerts(self) -> None:
        snapshot = with_memory(95)
        system = report(snapshot, 2).system
        assert system is not None
        system.disk_use_pct = 97
        async with running(FakeNodes(snapshot)) as live:
            await live.press("7")
            assert "MEMORY_HIGH" in live.text and "DISK_HIGH" in live.text
            await live.press("slash", *"disk", "enter")
            assert "MEMORY_HIGH" not in live.text and "DISK_HIGH" in live.text

    async def test_the_overview(self) -> None:
        snapshot = with_memory(95)
        system = report(snapshot, 2).system
        assert system is not None
        system.disk_use_pct = 97
        async with running(FakeNodes(snapshot), size=(120, 40)) as live:
            await live.press("slash", *"disk", "enter")
            assert "MEMORY_HIGH" not in live.text and "DISK_HIGH" in live.text and "No node has this" in live.text
            assert "Filter “disk”: 1 of 2 alerts, 0 of 5 nodes · Esc shows all" in live.text
            await live.press("escape")
            assert "MEMORY_HIGH" in live.text and host(4) in live.text

    def test_a_root_is_found_by_what_follows_from_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("orama_monitor.cluster_report.judge", few_rules)
        snapshot = healthy()
        lost(snapshot, 1)
        rows = alert_rows(State(assess(snapshot), search="quorum"), roots_only=True)
        assert [key.code for key in rows.keys if isinstance(key, AlertKey)] == ["NODE_UNREACHABLE"]
        assert rows.table.rows[0][1].plain == "+1"

    async def test_nothing_found(self) -> None:
        async with running() as live:
            await live.press("2", "slash", *"zzz")
            assert "No node has this" in live.text
            await live.press("enter", "7")
            assert "No alert has this" in live.text
            for number in range(1, 8):
                await live.press(str(number))
                assert "could not be drawn" not in live.text

    async def test_markup_is_only_text(self) -> None:
        async with running() as live:
            await live.press("2", "slash", "left_square_bracket", *"/red", "right_square_bracket", "enter")
            assert "[/red]" in live.text

    async def test_a_tab_ends_the_typing(self) -> None:
        async with running() as live:
            await live.press("2", "slash", *"nameserver", "tab")
            await live.press("slash")
            assert live.app.screen.query_one("#search").has_focus
            await live.press("enter")
            assert "Filter “nameserver”" in live.text
