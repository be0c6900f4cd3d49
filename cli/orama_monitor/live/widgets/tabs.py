"""One line that names the tabs, in less and less room."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from orama_monitor.views import style


class TabBar(Widget):
    """The names of the tabs, the current one reversed; a click chooses."""

    DEFAULT_CSS = """
    TabBar { height: 1; width: 1fr; }
    """

    current: reactive[int] = reactive(0)
    note: reactive[Text] = reactive(Text)

    class Clicked(Message):
        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = names

    def render(self) -> Text:
        return self._laid_out()[0]

    def on_click(self, event: events.Click) -> None:
        for index, (start, end) in enumerate(self._laid_out()[1]):
            if start <= event.x < end:
                self.post_message(self.Clicked(index))

    def _laid_out(self) -> tuple[Text, list[tuple[int, int]]]:
        """The line, and from where to where each tab goes."""
        for labels in (self._labels(lambda index, name: f"{index} {name}"), self._labels(lambda _index, name: name)):
            if sum(label.cell_len + 2 for label in labels) <= self.size.width:
                break
        else:
            labels = self._labels(lambda index, name: name if index == self.current + 1 else str(index))
        line, places = Text(no_wrap=True, overflow="crop", end=""), []
        for index, label in enumerate(labels):
            tab = Text(" ").append_text(label).append(" ")
            if index == self.current:
                tab = Text(tab.plain, style="bold reverse")
            places.append((line.cell_len, line.cell_len + tab.cell_len))
            line.append_text(tab)
        return line, places

    def _labels(self, label: object) -> list[Text]:
        assert callable(label)
        labels = [Text(label(index, name)) for index, name in enumerate(self.names, start=1)]
        if self.note.plain:
            labels[-1] = labels[-1].append(" ").append_text(self.note)
        return labels


def alert_counts(counts: tuple[int, int, int]) -> Text:
    """The worst kind of alert that stands and how many, for the last tab's name."""
    from orama_monitor.alerts.alert import Severity

    for severity, count in zip(Severity, counts, strict=True):
        if count:
            return Text(f"{count}{style.symbol(severity).plain}", style=style.severity_style(severity))
    return Text("")
