"""Facts and sentences that wrap: under a hanging indent, and between facts rather than inside one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.text import Text

SEPARATOR = " · "


@dataclass(slots=True)
class Flow:
    """``label``, then ``facts`` apart by a separator.

    Further lines begin under the first fact, or after ``hanging`` blanks where that is given.
    """

    facts: Sequence[Text]
    label: Text | None = None
    indent: int = 0
    separator: str = SEPARATOR
    hanging: int | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        first = self.label or Text(" " * self.indent)
        further = Text(" " * (first.cell_len if self.hanging is None else self.hanging))
        width = max(8, options.max_width - max(first.cell_len, further.cell_len))
        for number, line in enumerate(self._lines(width, console)):
            whole = Text(end="").append_text(further if number else first).append_text(line)
            whole.rstrip()
            yield from whole.render(console)
            yield Segment.line()

    def _lines(self, width: int, console: Console) -> Iterator[Text]:
        current = Text()
        for fact in self.facts:
            together = current.cell_len + len(self.separator) + fact.cell_len
            if current.cell_len and together <= width:
                current.append(self.separator, style="dim").append_text(fact)
                continue
            if current.cell_len:
                yield current
            *whole, current = _wrapped(fact, width, console)
            yield from whole
        if current.cell_len:
            yield current


def sentence(line: Text, indent: int = 0) -> Flow:
    """One text, wrapped between words."""
    return Flow([line], indent=indent)


def legend(marks: Iterable[str]) -> Flow:
    """What the marks of a table mean."""
    return Flow([Text(mark, style="dim") for mark in marks])


def _wrapped(fact: Text, width: int, console: Console) -> list[Text]:
    if fact.cell_len <= width:
        return [Text().append_text(fact)]
    return list(Text().append_text(fact).wrap(console, width, overflow="fold")) or [Text()]
