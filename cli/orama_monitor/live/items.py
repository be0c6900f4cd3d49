"""A page as a list of things to draw; the lines of some can be chosen."""

from __future__ import annotations

import io
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment

from orama_monitor.live.keys_first import patiently
from orama_monitor.views.columns import Table


@dataclass(frozen=True, slots=True)
class Choices:
    """A table whose every row stands for something."""

    table: Table
    keys: Sequence[Hashable]


@dataclass(frozen=True, slots=True)
class Choice:
    """A text whose first line stands for something."""

    text: RenderableType
    key: Hashable


Item = RenderableType | Choices | Choice


@dataclass(frozen=True, slots=True)
class Drawn:
    """Lines for a terminal of one width, and what each stands for."""

    width: int
    lines: list[list[Segment]]
    keys: list[Hashable | None]


@dataclass(frozen=True, slots=True)
class _Patient:
    """Something that is drawn by a thread, which gives way to keys at every piece."""

    renderable: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        return patiently(console.render(self.renderable, options))


def draw(items: Iterable[Item], width: int) -> Drawn:
    """Draw the items one below the other."""
    console = Console(
        width=width,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        no_color=False,
        legacy_windows=False,
    )
    lines: list[list[Segment]] = []
    keys: list[Hashable | None] = []
    for item in items:
        options = console.options.update(width=width, height=None)
        drawn = console.render_lines(_Patient(_renderable(item)), options, pad=False)
        lines += drawn
        keys += _keys(item, len(drawn))
    return Drawn(width, lines, keys)


def _renderable(item: Item) -> RenderableType:
    match item:
        case Choices():
            return item.table
        case Choice():
            return item.text
        case _:
            return item


def _keys(item: Item, rows: int) -> list[Hashable | None]:
    """What each of the lines of an item stands for."""
    match item:
        case Choices():
            return [*[None] * (rows - len(item.keys)), *item.keys]
        case Choice():
            return [item.key, *[None] * (rows - 1)]
        case _:
            return [None] * rows
