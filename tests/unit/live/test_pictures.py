"""Pictures of every tab and state. New ones: pytest --snapshot-update, then look at them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from orama_monitor.live.app import LiveApp
from orama_monitor.live.watch import Watch
from orama_monitor.snapshot import Snapshot
from tests.unit.clusters import healthy, host, lost, report
from tests.unit.live.fakes import FakeNodes, few_rules, with_memory
from tests.unit.live.harness import INTERVAL, live_app, settled, until

SIZES = {"80x24": (80, 24), "160x45": (160, 45)}
TABS = ("overview", "nodes", "services", "mesh", "dns", "namespaces", "alerts")

Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def stable(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is drawn depends on nothing but the test."""
    monkeypatch.setattr("orama_monitor.cluster_report.judge", few_rules)
    monkeypatch.delenv("NO_COLOR", raising=False)


def troubled(number: int) -> Snapshot:
    """A node whose memory fills up, and one that comes and goes."""
    snapshot = with_memory(60 + 4 * number)
    for index in range(5):
        system = report(snapshot, index).system
        assert system is not None
        system.load_avg_1 = 0.3 + (index * number) % 7 / 5
    if number in (3, 5, 7, 9):
        lost(snapshot, 2)
    return snapshot


def prepared(
    *keys: str, refreshes: int = 10, then: Callable[[Pilot[None], Watch], Awaitable[None]] | None = None
) -> tuple[LiveApp, Callable[[Pilot[None]], Awaitable[None]]]:
    """The app, and what is done with it before its picture is taken."""
    nodes = FakeNodes(healthy())
    app = live_app(nodes)

    async def prepare(pilot: Pilot[None]) -> None:
        watch = app.source
        assert isinstance(watch, Watch)
        await until(pilot, lambda: watch.last is not None)
        for number in range(1, refreshes):
            nodes.snapshot = troubled(number)
            before = nodes.collections
            nodes.clock.turn(INTERVAL)
            app.tick()
            await until(pilot, lambda before=before: nodes.collections > before and watch.collection is None)  # type: ignore[misc]
        nodes.clock.turn(7)
        app.tick()
        for key in keys:
            await settled(pilot)
            await pilot.press(key)
        if then:
            await then(pilot, watch)
        for field in app.screen.query(Input):
            field.cursor_blink = False
        await settled(pilot)

    return app, prepare


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tab", TABS)
def test_tab(snap_compare: Compare, tab: str, size: str) -> None:
    app, prepare = prepared(str(TABS.index(tab) + 1))
    assert snap_compare(app, terminal_size=SIZES[size], run_before=prepare)


@pytest.mark.parametrize(
    ("state", "keys"),
    [
        ("alert", ["7", "enter"]),
        ("node", ["2", "j", "enter"]),
        ("help", ["question_mark"]),
        ("filter", ["2", "slash", *"nameserver"]),
        ("filtered", ["2", "slash", *"ns1", "enter"]),
        ("paused", ["p"]),
    ],
)
def test_state(snap_compare: Compare, state: str, keys: list[str]) -> None:
    app, prepare = prepared(*keys)
    assert snap_compare(app, run_before=prepare)


@pytest.mark.parametrize("state", ["mute", "refused"])
def test_asked(snap_compare: Compare, tmp_path: Path, state: str) -> None:
    """What is asked over the page."""
    app, prepare = prepared(*{"mute": ["7", "m"], "refused": ["7", "m", "x", "enter"]}[state])
    app.policy_path = tmp_path / "policy.yml"
    assert snap_compare(app, run_before=prepare)


def test_trouble(snap_compare: Compare) -> None:
    async def trouble(pilot: Pilot[None], watch: Watch) -> None:
        assert isinstance(watch.source, FakeNodes)
        watch.source.trouble = "Ansible could not run: no network"
        watch.source.clock.turn(70)
        await pilot.press("r")
        await until(pilot, lambda: watch.trouble is not None)

    app, prepare = prepared(then=trouble)
    app.notify = lambda *_args, **_options: None  # type: ignore[method-assign]
    assert snap_compare(app, run_before=prepare)


def test_collecting_and_stale(snap_compare: Compare) -> None:
    async def hang(pilot: Pilot[None], watch: Watch) -> None:
        nodes: Any = watch.source
        nodes.held = {host(4)}
        await pilot.press("r")
        await until(pilot, lambda: watch.collection is not None and watch.collection.done == 4)
        nodes.clock.turn(70)
        assert isinstance(pilot.app, LiveApp)
        shown = watch.state.report
        pilot.app.tick()
        await until(pilot, lambda: watch.state.report is not shown)

    app, prepare = prepared("2", then=hang)
    assert snap_compare(app, run_before=prepare)


def test_without_colour(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app, prepare = prepared()
    assert snap_compare(app, run_before=prepare)


def test_first_answers(snap_compare: Compare) -> None:
    app, prepare = prepared(refreshes=1)
    assert snap_compare(app, run_before=prepare)
