"""Tables that fit: every cell on one line, columns given up by priority where the terminal is narrow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.text import Text

from orama_monitor.views.flow import legend

GAP = 2
OPTIONAL = 10
HEADER = "bold underline"

Rows = Sequence[Sequence[Text]]
Shorten = Callable[[Text, int], Text]


def cut(text: Text, width: int) -> Text:
    """The text within ``width`` cells, its end cut."""
    shorter = text.copy()
    shorter.truncate(width, overflow="ellipsis")
    return shorter


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``priority`` 0 is never given up, the highest number goes first; from OPTIONAL on, it is shown only
    where there is room to spare.

    ``minimum`` is how far it may be narrowed before columns are given up (None: not at all).
    ``short`` is a header for narrow tables, ``brief`` says a cell in fewer words there.
    """

    header: str
    priority: int = 0
    minimum: int | None = None
    justify: Literal["left", "right"] = "left"
    short: str | None = None
    shorten: Shorten = cut
    brief: Callable[[Text], Text] | None = None


@dataclass(slots=True)
class Table:
    """Rows under columns, laid out when it is known how wide the terminal is."""

    columns: Sequence[Column]
    rows: list[list[Text]] = field(default_factory=list)
    indent: int = 0
    explain_short: bool = False  # say below what the short headers stand for

    def add(self, cells: Iterable[Text]) -> None:
        self.rows.append(list(cells))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width - self.indent
        rows = self.rows if _total(_natural(self.columns, self.rows)) <= width else self._brief_rows()
        layout = _fit(self.columns, rows, width)
        if any(shown.header for shown in layout):
            yield from self._line(console, layout, [Text(shown.header, style=HEADER) for shown in layout])
        for row in rows:
            yield from self._line(console, layout, [row[shown.index] for shown in layout])
        shortened = [shown for shown in layout if shown.header != shown.column.header]
        if shortened and self.explain_short:
            yield legend(f"{shown.header} {shown.column.header}" for shown in shortened)

    def _brief_rows(self) -> list[list[Text]]:
        brief = [(index, column.brief) for index, column in enumerate(self.columns) if column.brief]
        rows = [list(row) for row in self.rows] if brief else self.rows
        for row in rows:
            for index, say_briefly in brief:
                row[index] = say_briefly(row[index])
        return rows

    def _line(self, console: Console, layout: list[_Shown], cells: list[Text]) -> Iterable[Segment]:
        line = Text(" " * self.indent, end="")
        for position, (shown, cell) in enumerate(zip(layout, cells, strict=True)):
            line.append_text(_padded(shown, cell, last=position == len(layout) - 1))
        line.rstrip()
        yield from line.render(console)
        yield Segment.line()


@dataclass(slots=True)
class _Shown:
    """A column that is shown, under this header and with this width."""

    index: int
    column: Column
    header: str
    width: int
    gap: int


def _padded(shown: _Shown, cell: Text, last: bool) -> Text:
    cell = cell if cell.cell_len <= shown.width else shown.column.shorten(cell, shown.width)
    cell = cell if cell.cell_len <= shown.width else cut(cell, shown.width)
    space = " " * (shown.width - cell.cell_len)
    padded = Text(end="")
    if shown.column.justify == "right":
        padded.append(space)
    padded.append_text(cell)
    if shown.column.justify == "left":
        padded.append(space)
    return padded if last else padded.append(" " * shown.gap)


def _fit(columns: Sequence[Column], rows: Rows, width: int) -> list[_Shown]:
    """The columns to show in ``width``: without the optional ones, then short headers, narrower, then fewer."""
    layout: list[_Shown] = []
    for short, gap in ((False, GAP), (False, 1), (True, GAP), (True, 1)):
        layout = _natural(columns, rows, short, gap)
        while _total(layout) > width and _last(layout).column.priority >= OPTIONAL:
            layout.remove(_last(layout))
        if _total(layout) <= width:
            return layout
    while _total(layout) - _slack(layout) > width and _last(layout).column.priority:
        layout.remove(_last(layout))
    _narrow(layout, _total(layout) - width)
    _widen(layout, width)
    return layout


def _last(layout: list[_Shown]) -> _Shown:
    """The column to give up first."""
    return max(layout, key=lambda shown: (shown.column.priority, shown.index))


def _natural(columns: Sequence[Column], rows: Rows, short: bool = False, gap: int = GAP) -> list[_Shown]:
    layout = []
    for index, column in enumerate(columns):
        header = column.short if short and column.short is not None else column.header
        widest = max((row[index].cell_len for row in rows), default=0)
        layout.append(_Shown(index, column, header, max(widest, len(header)), gap))
    return layout


def _total(layout: list[_Shown]) -> int:
    return sum(shown.width + shown.gap for shown in layout) - (layout[-1].gap if layout else 0)


def _room(shown: _Shown) -> int:
    """How much narrower the column may become."""
    minimum = shown.column.minimum
    return 0 if minimum is None else max(0, shown.width - max(minimum, len(shown.header)))


def _slack(layout: list[_Shown]) -> int:
    return sum(_room(shown) for shown in layout)


def _narrow(layout: list[_Shown], excess: int) -> None:
    """Take ``excess`` cells from the columns that can spare them, the roomiest first."""
    while excess > 0:
        roomiest = max(layout, key=_room)
        if _room(roomiest) == 0:
            return
        roomiest.width -= 1
        excess -= 1


def _widen(layout: list[_Shown], width: int) -> None:
    """Use what is left for the usual gap between columns."""
    if _total(layout) + len(layout) - 1 <= width:
        for shown in layout:
            shown.gap = GAP
