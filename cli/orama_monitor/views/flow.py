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
            for part in (further if number else first, *line[:-1], _stripped(line[-1])):
                yield from _segments(part, console)
            yield Segment.line()

    def _lines(self, width: int, console: Console) -> Iterator[list[Text]]:
        """The facts of each line, with the separators between them."""
        separator = Text(self.separator, style="dim")
        current: list[Text] = []
        used = 0
        for fact in self.facts:
            length = fact.cell_len
            if used and used + len(self.separator) + length <= width:
                current += [separator, fact]
                used += len(self.separator) + length
                continue
            if used:
                yield current
            *whole, last = _wrapped(fact, width, console)
            yield from ([part] for part in whole)
            current, used = [last], last.cell_len
        if used:
            yield current


def _stripped(part: Text) -> Text:
    """The text without blanks at its end."""
    if part.plain.endswith(" "):
        part = part.copy()
        part.rstrip()
    return part


def _segments(part: Text, console: Console) -> Iterable[Segment]:
    """A text's segments; most facts have one style, and need none of what Rich does for those that have more."""
    if part.spans:
        return part.render(console)
    return [Segment(part.plain, console.get_style(part.style, default=""))]


def sentence(line: Text, indent: int = 0) -> Flow:
    """One text, wrapped between words."""
    return Flow([line], indent=indent)


def legend(marks: Iterable[str]) -> Flow:
    """What the marks of a table mean."""
    return Flow([Text(mark, style="dim") for mark in marks])


def _wrapped(fact: Text, width: int, console: Console) -> list[Text]:
    if fact.cell_len <= width:
        return [fact]
    return list(fact.wrap(console, width, overflow="fold")) or [Text()]
