"""Only the nodes and alerts with these words."""

from __future__ import annotations

import pytest

from orama_monitor.cluster_report import assess
from orama_monitor.live import pages
from orama_monitor.live.alert_rows import alert_rows
from orama_monitor.live.history import History
from orama_monitor.live.items import draw
from orama_monitor.live.state import AlertKey, State
from orama_monitor.views import headline
from tests.unit.alerts.breaking import failed
from tests.unit.clusters import healthy, host, lost, narrowed, report
from tests.unit.live.fakes import FakeNodes, few_rules, with_memory
from tests.unit.live.harness import running


def said(page: pages.Page, state: State) -> str:
    return "\n".join("".join(segment.text for segment in line) for line in draw(pages.build(page, state), 160).lines)


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

    @pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.id)
    def test_of_one_node(self, page: pages.Page) -> None:
        shown = State(assess(narrowed(healthy(), 0)), search="zzz")
        assert "1 node, healthy" in said(page, shown)
        assert headline.nodes(shown.found_report) == "1 node, healthy"

    def test_an_alert_goes_with_its_node_or_is_found_itself(self) -> None:
        snapshot = healthy()
        for index in range(3):
            failed(snapshot, index, "orama-olric")
        state = State(assess(snapshot), search=host(1))
        assert {alert.node for alert in state.found_report.alerts} == {host(1)}
        for page in pages.PAGES[2:6]:
            assert host(2) not in said(page, state)
        assert "3 critical" in said(pages.PAGES[2], state), "the verdict is that of the whole"
        named = State(assess(snapshot), search="ns1")
        assert {alert.node for alert in named.found_report.alerts} == {host(0)}

    def test_changes(self) -> None:
        history = History().add(assess(healthy())).add(assess(with_memory(95)))
        report = assess(with_memory(95))
        for page in (pages.PAGES[0], pages.PAGES[6]):
            assert "new warning" in said(page, State(report, history, search="memory"))
            assert "new warning" not in said(page, State(report, history, search="disk"))

    @pytest.mark.parametrize("page", pages.PAGES[1:6], ids=lambda page: page.id)
    def test_no_node_found(self, page: pages.Page) -> None:
        shown = said(page, State(assess(healthy()), search="zzz"))
        assert "No node has this in its name." in shown and "No nodes" not in shown and "No nameserver" not in shown

    def test_what_is_found_is_worked_out_once(self) -> None:
        state = State(assess(healthy()), search="ns1")
        assert state.found is state.found and state.found_nodes is state.found_nodes

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
