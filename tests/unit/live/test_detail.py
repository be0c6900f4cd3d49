"""Everything about the chosen node or alert."""

from __future__ import annotations

from orama_monitor.live.screens.detail import DetailScreen
from orama_monitor.live.screens.main import MainScreen
from orama_monitor.live.state import NodeKey
from orama_monitor.live.widgets.lines import Lines
from tests.unit.alerts.breaking import failed, node_dead
from tests.unit.clusters import healthy, host, report
from tests.unit.live.fakes import FakeNodes, with_memory
from tests.unit.live.harness import running


class TestDetail:
    async def test_of_a_node(self) -> None:
        async with running() as live:
            await live.press("2", "j", "enter")
            assert isinstance(live.app.screen, DetailScreen)
            assert host(1) in live.text and "WireGuard" in live.text and "data 0s old" in live.text
            await live.press("escape")
            assert isinstance(live.app.screen, MainScreen)

    async def test_of_an_alert(self) -> None:
        async with running(FakeNodes(with_memory(95)), size=(100, 60)) as live:
            await live.press("7", "enter")
            for words in (
                "MEMORY_HIGH",
                "What it means",
                "Why it matters",
                "What to do",
                "On this node",
                "since or before",
            ):
                assert words in live.text
            assert "7.8 GiB" in live.text
            await live.press("enter")
            assert "Units" in live.text and isinstance(live.app.screen, DetailScreen)
            await live.press("escape", "escape")
            assert isinstance(live.app.screen, MainScreen)

    async def test_what_follows_from_an_alert(self) -> None:
        snapshot = healthy()
        node_dead(snapshot, 1)
        async with running(FakeNodes(snapshot), size=(120, 60)) as live:
            alerts = live.app.state.report.alerts if live.app.state.report else []
            following = [alert for alert in alerts if alert.cause and alert.cause.node == host(1)]
            assert following
            await live.press("7", "enter")
            told = live.text.partition("What follows from it")[2]
            assert {alert.code for alert in following} <= set(told.split())

    async def test_it_follows_the_refreshes(self) -> None:
        async with running(FakeNodes(with_memory(95))) as live:
            await live.press("7", "enter")
            await live.refresh(healthy())
            assert "no longer stands" in live.text

    async def test_of_a_node_that_left_the_conf(self) -> None:
        async with running() as live:
            await live.press("2", "G", "enter")
            await live.refresh(healthy(4))
            assert "no longer among the nodes" in live.text

    async def test_a_second_click_opens(self) -> None:
        async with running() as live:
            await live.press("2")
            row = next(index for index, line in enumerate(live.text.splitlines()) if line.startswith(host(3)))
            await live.pilot.click(offset=(3, row))
            assert live.app.screen.query_one("#nodes", Lines).chosen == NodeKey(host(3))
            await live.pilot.click(offset=(3, row))
            assert isinstance(live.app.screen, DetailScreen)

    async def test_the_chosen_alert_is_told_in_full(self) -> None:
        async with running(FakeNodes(with_memory(95))) as live:
            await live.press("7")
            assert "→ on the node: systemd-cgtop" in live.text
            await live.press("2")
            assert "→ on the node" not in live.text

    async def test_its_cause_is_the_one_that_it_has(self) -> None:
        snapshot = healthy()
        failed(snapshot, 1, "orama-ipfs")
        failed(snapshot, 1, "orama-olric")
        olric = report(snapshot, 1).olric
        assert olric is not None
        olric.service_active = olric.memberlist_up = False
        async with running(FakeNodes(snapshot), size=(120, 60)) as live:
            await live.press("7", "slash", *"olric_down", "enter", "enter")
            because = live.text.partition("Because of")[2]
            assert "orama-olric has failed" in because and "orama-ipfs has failed" not in because

    async def test_another_alert_does_not_take_its_place(self) -> None:
        snapshot = healthy()
        failed(snapshot, 1, "orama-olric")
        later = snapshot.model_copy(deep=True)
        failed(snapshot, 1, "orama-ipfs-cluster")
        async with running(FakeNodes(snapshot), size=(120, 60)) as live:
            await live.press("7", "slash", *"ipfs-cluster has failed", "enter", "enter")
            await live.refresh(later)
            assert "no longer stands" in live.text and "orama-olric" not in live.text
