"""docs/images: the tables and the live view as terminals show them, on a dark and on a light ground."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Iterable
from types import ModuleType

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console, RenderableType
from rich.segment import Segment, Segments
from rich.terminal_theme import TerminalTheme
from textual.pilot import Pilot

from generator import recorded
from orama_monitor.alerts.policy import Policy
from orama_monitor.cluster_report import assess
from orama_monitor.live.app import LiveApp
from orama_monitor.live.watch import Watch
from orama_monitor.views import alerts, cluster, mesh
from tests.unit.live.fakes import FakeClock, FakeNodes
from tests.unit.live.harness import settled, until

#: What is drawn of the faulty cluster, and in how many columns.
TABLES: dict[str, tuple[ModuleType, int]] = {"cluster": (cluster, 100), "mesh": (mesh, 80), "alerts": (alerts, 80)}
#: What is pressed before a picture of the live view is taken.
LIVE = {"live-overview": ["1"], "live-alerts": ["7", "j"]}
SIZE = (100, 38)
AGE = 7.0

NORMAL = [(0, 0, 0), (205, 49, 49), (13, 188, 121), (152, 120, 0), (36, 114, 200), (188, 63, 188), (17, 138, 178)]
THEMES = {
    "dark": TerminalTheme((22, 27, 34), (230, 237, 243), [*NORMAL, (230, 237, 243)]),
    "light": TerminalTheme((255, 255, 255), (31, 35, 40), [*NORMAL, (31, 35, 40)]),
}
#: Rich's own frame, but with fonts that are there: an image in a page may load none.
FRAME = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "Fira Code, monospace", "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
)


def pictures() -> dict[str, str]:
    """Every picture by its file's name."""
    report = assess(recorded.faulty())
    drawn = {
        name: (f"orama monitor {name} --env lab", view.render(report), width) for name, (view, width) in TABLES.items()
    }
    made = {}
    for name, (title, renderable, width) in [*drawn.items(), *asyncio.run(_live()).items()]:
        for ground, theme in THEMES.items():
            made[f"{name}-{ground}.svg"] = _svg(renderable, width, title, theme)
    return made


def _svg(renderable: RenderableType, width: int, title: str, theme: TerminalTheme) -> str:
    console = Console(
        record=True,
        width=width,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        highlight=False,
        _environ={},
    )
    lines = console.render_lines(renderable, pad=False)
    console.print(
        Segments([piece for line in lines for segment in (*line, Segment.line()) for piece in _apart(segment)])
    )
    text = console.export_svg(title=title, theme=theme, code_format=FRAME)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _apart(segment: Segment) -> list[Segment]:
    """The segment with the blanks before its text on their own: not every viewer keeps them in place."""
    text = segment.text.lstrip(" ")
    blank = segment.text[: len(segment.text) - len(text)]
    return [Segment(part, segment.style) for part in (blank, text) if part]


async def _live() -> dict[str, tuple[str, RenderableType, int]]:
    """The live view after it has seen the faults come, with each picture's keys pressed."""
    first, *later = recorded.watch()
    nodes = FakeNodes(first, FakeClock(first.collected_at))
    watch = Watch(nodes, Policy(), recorded.INTERVAL, nodes.clock)
    app = LiveApp(watch, clock=nodes.clock)
    shown: dict[str, tuple[str, RenderableType, int]] = {}
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: watch.last is not None)
        for number, snapshot in enumerate(later, start=2):
            nodes.snapshot = snapshot
            nodes.clock.turn(recorded.INTERVAL)
            await _refreshed(app, pilot, number)
        nodes.clock.turn(AGE)
        app.tick()
        for name, keys in LIVE.items():
            await pilot.press(*keys)
            await settled(pilot)
            shown[name] = ("orama monitor --env lab", Segments(_screen(app)), SIZE[0])
    return shown


async def _refreshed(app: LiveApp, pilot: Pilot[None], number: int) -> None:
    watch = app.source
    assert isinstance(watch, Watch) and isinstance(watch.source, FakeNodes)
    nodes = watch.source
    app.tick()
    await until(pilot, lambda: nodes.collections == number and watch.collection is None)


def _screen(app: LiveApp) -> Iterable[Segment]:
    """What is on the screen, line by line."""
    lines = app.screen._compositor.render_strips()
    return [segment for line in lines for segment in (*line, Segment.line())]
