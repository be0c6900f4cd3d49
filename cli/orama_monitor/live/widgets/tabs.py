"""One line that names the tabs, in less and less room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from orama_monitor.views import style
from orama_monitor.views.folding import fold

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport


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


def alert_count(report: ClusterReport) -> Text:
    """The worst kind of root that stands and how many, for the last tab's name: the same that the verdict says."""
    counts = Counter(root.alert.severity for root in fold(report.alerts).roots)
    worst = min(counts, key=lambda severity: severity.rank, default=None)
    if worst is None:
        return Text("")
    return Text(f"{counts[worst]}{style.symbol(worst).plain}", style=style.severity_style(worst))
