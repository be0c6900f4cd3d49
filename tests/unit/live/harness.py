"""The live view with fake nodes and a fake clock, and ways to wait for what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from typing_extensions import override

from orama_monitor.alerts.policy import Policy
from orama_monitor.live.app import LiveApp
from orama_monitor.live.replay import Replay
from orama_monitor.live.watch import Watch
from orama_monitor.live.widgets.lines import Lines
from orama_monitor.snapshot import Snapshot
from tests.unit.live.fakes import WAIT, FakeClock, FakeNodes

INTERVAL = 30.0


class ToldApp(LiveApp):
    """Remembers what it tells."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.told: list[str] = []

    @override
    def notify(self, message: str, **options: Any) -> None:
        self.told.append(message)
        super().notify(message, **options)


def live_app(
    nodes: FakeNodes, policy_path: Path | None = None, directory: Path | None = None, policy: Policy | None = None
) -> LiveApp:
    watch = Watch(nodes, policy or Policy(), INTERVAL, nodes.clock)
    return ToldApp(watch, policy_path, directory, nodes.clock)


def remove_this(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go to a directory in ``directory`` which is then removed."""
    gone = directory / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Let the app work until ``condition`` holds."""
    async with asyncio.timeout(WAIT * 6):
        while not condition():
            await pilot.pause(0.005)


async def settled(pilot: Pilot[None]) -> None:
    """Let the app work until what is on the screen has been drawn."""
    await pilot.pause()
    await until(pilot, lambda: _is_drawn(pilot.app.screen))
    await pilot.pause()


def _is_drawn(screen: Screen[Any]) -> bool:
    """Whether the screen is laid out, and all that it shows is on its lines."""
    pages = list(screen.query(Lines))
    shown = [page for page in pages if page.is_on_screen]
    return bool(screen.children) and bool(shown) == bool(pages) and all(page.is_current for page in shown)


@dataclass
class Live:
    """A running live view."""

    app: LiveApp
    pilot: Pilot[None]
    nodes: FakeNodes

    @property
    def watch(self) -> Watch:
        assert isinstance(self.app.source, Watch)
        return self.app.source

    @property
    def clock(self) -> FakeClock:
        return self.nodes.clock

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    @property
    def notices(self) -> list[str]:
        """Everything that was told, also what is no longer on the screen."""
        assert isinstance(self.app, ToldApp)
        return self.app.told

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await settled(self.pilot)

    async def until(self, condition: Callable[[], bool]) -> None:
        await until(self.pilot, condition)

    async def tick(self, seconds: float = 0.0) -> None:
        self.clock.turn(seconds)
        self.app.tick()
        await settled(self.pilot)

    async def refresh(self, snapshot: Snapshot | None = None) -> None:
        """Turn the clock to the next collection and wait for its end."""
        if snapshot is not None:
            self.nodes.snapshot = snapshot
        before = self.nodes.collections
        self.clock.turn(INTERVAL)
        self.app.tick()
        await self.until(lambda: self.nodes.collections > before and self.watch.collection is None)
        await settled(self.pilot)


@asynccontextmanager
async def running(
    nodes: FakeNodes | None = None,
    size: tuple[int, int] = (80, 24),
    policy_path: Path | None = None,
    directory: Path | None = None,
    is_held: bool = False,
) -> AsyncIterator[Live]:
    """The live view after its first collection; with ``is_held``, before that."""
    nodes = nodes or FakeNodes()
    app = live_app(nodes, policy_path, directory)
    async with app.run_test(size=size, notifications=True) as pilot:
        live = Live(app, pilot, nodes)
        if not is_held:
            await live.until(lambda: live.watch.last is not None)
        await settled(pilot)
        yield live
        nodes.release()


@asynccontextmanager
async def replaying(snapshots: list[Snapshot], size: tuple[int, int] = (80, 24)) -> AsyncIterator[Live]:
    """The live view over saved snapshots."""
    nodes = FakeNodes(snapshots[0])
    app = ToldApp(Replay(snapshots, Policy()), clock=nodes.clock)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: app.state.report is not None)
        await settled(pilot)
        yield Live(app, pilot, nodes)
