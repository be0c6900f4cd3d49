"""Everything about the chosen node or alert."""

from __future__ import annotations

from orama_monitor.alerts.policy import Policy
from orama_monitor.cluster_report import assess
from orama_monitor.live.alert_rows import alert_key, alert_rows, find
from orama_monitor.live.detail import of_alert
from orama_monitor.live.history import History
from orama_monitor.live.items import draw
from orama_monitor.live.screens.detail import DetailScreen
from orama_monitor.live.screens.main import MainScreen
from orama_monitor.live.state import AlertKey, NodeKey, State
from orama_monitor.live.widgets.lines import Lines
from orama_monitor.report import CollectorOutcome
from orama_monitor.snapshot import Snapshot
from tests.unit.alerts.breaking import failed, node_dead
from tests.unit.clusters import healthy, host, lost, report
from tests.unit.live.fakes import FakeNodes, alert, with_memory
from tests.unit.live.harness import running


def after(*snapshots: Snapshot) -> State:
    """What is shown after these refreshes."""
    history = History()
    for snapshot in snapshots:
        history = history.add(assess(snapshot))
    return State(assess(snapshots[-1]), history)


def memory_key(state: State) -> AlertKey:
    found = next(key for key in alert_rows(state).keys if isinstance(key, AlertKey) and key.code == "MEMORY_HIGH")
    assert isinstance(found, AlertKey)
    return found


def told(state: State, key: AlertKey) -> str:
    lines = draw(of_alert(state, key, Policy()), 120).lines
    return "\n".join("".join(segment.text for segment in line) for line in lines)


class TestLastKnown:
    def test_of_a_node_that_fell_silent_nothing_is_called_over(self) -> None:
        key = memory_key(after(with_memory(95)))
        silent = healthy()
        lost(silent, 1)
        said = told(after(with_memory(95), silent), key)
        assert "not known whether it still stands" in said and "95 %" in said
        assert "✓" not in said and "no longer stands" not in said

    def test_of_what_could_not_be_collected_nothing_is_called_over(self) -> None:
        key = memory_key(after(with_memory(95)))
        blind = healthy()
        seen = report(blind, 1)
        seen.system, seen.collectors["system"] = None, CollectorOutcome(status="failed", ms=9, error="no psutil")
        said = told(after(with_memory(95), blind), key)
        assert "The node's system could not be collected: it is not known whether it still stands" in said
        assert "no longer stands" not in said

    def test_what_was_resolved_is_seen_to_come_back(self) -> None:
        state = after(with_memory(95), healthy())
        key = memory_key(state)
        assert key.is_gone and "no longer stands" in told(state, key)
        assert "no longer stands" not in told(after(with_memory(95), healthy(), with_memory(97)), key)

    def test_other_figures_are_the_same_line(self) -> None:
        assert memory_key(after(with_memory(95))) == memory_key(after(with_memory(96)))

    def test_what_was_resolved_is_not_what_stands_beside_it(self) -> None:
        gone = AlertKey("SERVICE_FAILED", host(1), ("a", "b"), "a and b failed", is_gone=True)
        assert find([alert("SERVICE_FAILED", host(1), about=("b",))], gone) is None
        assert alert_key(alert("SERVICE_FAILED", host(1), about=("a", "b"))) != gone


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
