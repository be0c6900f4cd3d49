"""The full-screen view, key by key and state by state."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest
from textual.binding import Binding

from orama_monitor.cluster_report import assess, load
from orama_monitor.live import pages
from orama_monitor.live.app import LiveApp
from orama_monitor.live.keys import help_rows
from orama_monitor.live.screens.detail import DetailScreen
from orama_monitor.live.screens.main import MainScreen
from orama_monitor.live.screens.mute import MuteScreen
from orama_monitor.live.state import NodeKey
from orama_monitor.live.widgets.lines import Lines
from orama_monitor.live.widgets.tabs import TabBar
from orama_monitor.views.columns import Table
from tests.unit.clusters import healthy, host, lost, report
from tests.unit.live.fakes import FakeNodes, with_memory
from tests.unit.live.harness import Live, live_app, replaying, running


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

    async def test_the_bar_fits_any_width(self) -> None:
        for width in (200, 80, 60, 40, 24):
            async with running(FakeNodes(with_memory(95)), size=(width, 24)) as live:
                bar = live.text.splitlines()[1]
                assert "Overview" in bar
                assert all(str(number) in bar or width < 80 for number in range(1, 8))


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
        rqlite = report(snapshot, 1).rqlite
        lost(snapshot, 1)
        assert rqlite is not None
        async with running(FakeNodes(snapshot), size=(120, 60)) as live:
            alerts = live.app.state.report.alerts if live.app.state.report else []
            following = [alert for alert in alerts if alert.cause and alert.cause.node == host(1)]
            await live.press("7", "enter")
            assert ("What follows from it" in live.text) == bool(following)

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


class TestRefreshing:
    async def test_every_interval(self) -> None:
        async with running() as live:
            await live.tick(29)
            assert live.nodes.collections == 1 and "next in 1s" in live.text
            await live.refresh()
            assert live.nodes.collections == 2

    async def test_now(self) -> None:
        async with running() as live:
            await live.press("r")
            await live.until(lambda: live.nodes.collections == 2)

    async def test_not_twice_at_once(self) -> None:
        nodes = FakeNodes()
        async with running(nodes) as live:
            nodes.held = {host(4)}
            await live.press("r")
            await live.tick(40)
            await live.press("r")
            assert live.nodes.collections == 2
            assert any("already" in notice for notice in live.notices)

    async def test_rows_change_as_nodes_answer(self) -> None:
        nodes = FakeNodes()
        async with running(nodes) as live:
            await live.press("2")
            nodes.snapshot, nodes.held = with_memory(95), {host(4)}
            await live.tick(30)
            await live.until(lambda: bool(live.watch.collection) and live.watch.collection.done == 4)
            await live.tick(1)
            await live.until(lambda: "95%!" in live.text)
            assert "4 of 5" in live.text and host(4) in live.text
            assert not live.watch.state.history.changes
            nodes.release()
            await live.until(lambda: live.watch.collection is None)
            assert [change.code for change in live.watch.state.history.changes] == ["MEMORY_HIGH"]

    async def test_the_spinner_turns(self) -> None:
        nodes = FakeNodes()
        async with running(nodes) as live:
            nodes.held = {host(4)}
            await live.tick(30)
            await live.until(lambda: "4 of 5" in live.text)
            first = live.text.splitlines()[0]
            await live.tick(0.5)
            assert live.text.splitlines()[0] != first

    async def test_pause(self) -> None:
        async with running() as live:
            await live.press("p")
            await live.tick(61)
            assert live.nodes.collections == 1
            assert "PAUSED" in live.text and "Paused: p goes on" in live.text and "STALE" in live.text
            await live.press("r")
            await live.until(lambda: live.nodes.collections == 2 and live.watch.collection is None)
            await live.press("p")
            await live.tick(30)
            await live.until(lambda: live.nodes.collections == 3)
            assert "Paused" not in live.text

    async def test_stale_is_loud_and_stays_so_until_it_is_not(self) -> None:
        nodes = FakeNodes()
        async with running(nodes) as live:
            nodes.held = {host(4)}
            await live.tick(60)
            assert "STALE" not in live.text
            await live.tick(2)
            assert "STALE: data 62s old" in live.text
            nodes.release()
            await live.until(lambda: live.watch.collection is None)

    async def test_new_and_resolved_are_marked_with_the_time(self) -> None:
        async with running(size=(120, 40)) as live:
            await live.refresh(with_memory(95))
            await live.press("7")
            assert "NEW" in live.text and "12:00:30" in live.text and "new warning" in live.text
            await live.refresh(with_memory(96))
            assert "NEW" not in live.text
            await live.refresh(healthy())
            assert "✓ resolved" in live.text and "12:01:30" in live.text

    async def test_flapping(self) -> None:
        async with running(size=(120, 40)) as live:
            for number in range(4):
                await live.refresh(with_memory(95) if number % 2 == 0 else healthy())
            await live.press("7")
            assert "FLAPS 4×" in live.text


class TestSurviving:
    async def test_no_network(self) -> None:
        async with running(size=(120, 24)) as live:
            live.nodes.trouble = "Ansible could not run: no network"
            await live.refresh()
            assert "✗ 12:00:30 UTC: Ansible could not run: no network; what was known before is shown" in live.text
            assert "all 5 nodes healthy" in live.text
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

        monkeypatch.setattr(pages.dns, "render", fail)
        async with running() as live:
            await live.press("5")
            assert "This page could not be drawn: KeyError" in live.text
            await live.press("6")
            assert "NAMESPACE" in live.text

    async def test_answers_that_cannot_be_judged(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with running(size=(120, 24)) as live:
            monkeypatch.setattr("orama_monitor.live.watch.assess", lambda *_: 1 / 0)
            await live.refresh()
            assert "could not be judged: ZeroDivisionError" in live.text
            assert "all 5 nodes healthy" in live.text

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


class TestSaving:
    async def test_the_same_as_report(self, tmp_path: Path) -> None:
        async with running(FakeNodes(with_memory(95)), directory=tmp_path) as live:
            await live.press("s")
            await live.until(lambda: bool(live.notices))
            path = tmp_path / "orama-testnet-20260216T120000Z.json"
            assert live.notices == [f"Saved as {path.name}"]
            assert live.watch.snapshot is not None
            assert path.read_text() == assess(live.watch.snapshot, live.watch.policy).to_json() + "\n"
            assert assess(load([str(path)])).alerts == json_alerts(path)

    async def test_nothing_is_overwritten(self, tmp_path: Path) -> None:
        async with running(directory=tmp_path) as live:
            await live.press("s", "s")
            await live.until(lambda: len(live.notices) == 2)
            assert len(list(tmp_path.iterdir())) == 2

    async def test_nothing_to_save(self, tmp_path: Path) -> None:
        nodes = FakeNodes()
        nodes.held = {host(index) for index in range(5)}
        async with running(nodes, directory=tmp_path, is_held=True) as live:
            await live.press("s")
            assert live.notices == ["There is nothing to save yet"]

    async def test_nowhere_to_save(self, tmp_path: Path) -> None:
        async with running(directory=tmp_path / "gone") as live:
            await live.press("s")
            await live.until(lambda: bool(live.notices))
            assert "No such file or directory" in live.notices[0]

    async def test_a_hostile_environment(self, tmp_path: Path) -> None:
        async with running(FakeNodes(healthy(environment="../../etc/x")), directory=tmp_path) as live:
            await live.press("s")
            await live.until(lambda: bool(live.notices))
            assert [path.name for path in tmp_path.iterdir()] == ["orama-______etc_x-20260216T120000Z.json"]


def json_alerts(path: Path) -> list[object]:
    from orama_monitor.alerts.alert import Alert

    return [Alert.model_validate(alert) for alert in json.loads(path.read_text())["alerts"]]


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


class TestMuting:
    async def test_an_alert(self, tmp_path: Path) -> None:
        path = tmp_path / "policy.yml"
        async with running(FakeNodes(with_memory(95)), size=(120, 40), policy_path=path) as live:
            await live.press("7", "m")
            assert isinstance(live.app.screen, MuteScreen) and "MEMORY_HIGH on" in live.text
            await live.press("tab", *"new RAM ordered", "enter")
            await live.until(lambda: "1 muted" in live.text)
            text = path.read_text()
            assert "MEMORY_HIGH" in text and "2026-02-16T20:00:00Z" in text and "new RAM ordered" in text
            await live.refresh()
            assert "muted" in live.text and not live.watch.state.history.changes
            await live.press("m")
            assert any("muted already" in notice for notice in live.notices)

    async def test_for_good(self, tmp_path: Path) -> None:
        path = tmp_path / "policy.yml"
        async with running(FakeNodes(with_memory(95)), policy_path=path) as live:
            await live.press("7", "m", "ctrl+u", "enter")
            await live.until(lambda: path.exists())
            assert "until" not in path.read_text()

    async def test_a_length_nobody_understands(self, tmp_path: Path) -> None:
        path = tmp_path / "policy.yml"
        async with running(FakeNodes(with_memory(95)), policy_path=path) as live:
            await live.press("7", "m", "ctrl+u", *"soon", "enter")
            assert "expected 30m, 8h" in live.text and not path.exists()
            await live.press("escape")
            assert isinstance(live.app.screen, MainScreen)

    async def test_a_policy_that_cannot_be_written(self, tmp_path: Path) -> None:
        path = tmp_path / "policy.yml"
        path.write_text("mutes: [")
        async with running(FakeNodes(with_memory(95)), policy_path=path) as live:
            await live.press("7", "m", "enter")
            assert "not YAML" in live.text and isinstance(live.app.screen, MuteScreen)

    async def test_from_the_detail(self, tmp_path: Path) -> None:
        async with running(FakeNodes(with_memory(95)), policy_path=tmp_path / "policy.yml") as live:
            await live.press("7", "enter", "m", "enter")
            await live.until(lambda: "muted" in live.text)

    async def test_nothing_chosen(self, tmp_path: Path) -> None:
        async with running(policy_path=tmp_path / "policy.yml") as live:
            await live.press("2", "m")
            assert live.notices == ["Choose an alert first (tab 7)"]

    async def test_no_policy_file(self) -> None:
        async with running(FakeNodes(with_memory(95))) as live:
            await live.press("7", "m")
            assert "--policy" in live.notices[0]


class TestHelp:
    async def test_it_opens_and_closes(self) -> None:
        async with running() as live:
            await live.press("question_mark")
            assert "Shift+Tab" in live.text
            await live.press("question_mark")
            assert isinstance(live.app.screen, MainScreen)

    def test_every_key_is_in_it(self) -> None:
        told = " ".join(
            cell.plain for part in help_rows() if isinstance(part, Table) for row in part.rows for cell in row[:1]
        )
        names = {
            "left_square_bracket": "[",
            "right_square_bracket": "]",
            "left": "←",
            "right": "→",
            "question_mark": "?",
            "slash": "/",
            "shift+tab": "Shift+Tab",
            "ctrl+c": "Ctrl+C",
            "ctrl+z": "Ctrl+Z",
            "down": "↓",
            "up": "↑",
            "pagedown": "PgDn",
            "pageup": "PgUp",
            "escape": "Esc",
        }
        numbers = {str(number) for number in range(2, 7)}
        bindings = [*LiveApp.BINDINGS, *MainScreen.BINDINGS, *Lines.BINDINGS]
        keys = {key for binding in bindings if isinstance(binding, Binding) for key in binding.key.split(",")}
        missing = [key for key in keys - numbers if names.get(key, key).casefold() not in told.casefold().split()]
        assert not missing

    async def test_every_key_has_a_description(self) -> None:
        for binding in [*LiveApp.BINDINGS, *MainScreen.BINDINGS, *Lines.BINDINGS]:
            assert isinstance(binding, Binding) and binding.description


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

    async def test_asking_keys_do_nothing(self) -> None:
        async with replaying([healthy()]) as live:
            await live.press("r", "p")
            assert "saved report 1 of 1" in live.text


def test_the_app_has_no_command_palette() -> None:
    assert not live_app(FakeNodes()).ENABLE_COMMAND_PALETTE
