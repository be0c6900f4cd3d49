"""The line above everything, on the screen."""

from __future__ import annotations

from rich.text import Text
from textual.widget import Widget

from orama_monitor.cluster_report import ClusterReport
from orama_monitor.live.fitting import fitted
from orama_monitor.live.progress import Progress, line, notes

NOTE_ROWS = 2


class StatusBar(Widget):
    """Environment, alerts, progress, age; and a line below for each thing that is not as usual."""

    DEFAULT_CSS = """
    StatusBar { height: auto; width: 1fr; max-height: 7; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._progress = Progress("")
        self._report: ClusterReport | None = None
        self._noted: list[str] = []

    def show(self, progress: Progress, report: ClusterReport | None) -> None:
        if progress == self._progress and report is self._report:
            return
        self._progress, self._report = progress, report
        noted = [note.plain for note in notes(progress)]
        self.refresh(layout=noted != self._noted)
        self._noted = noted

    def render(self) -> Text:
        width = self.app.size.width
        noted = [fitted(note, width, NOTE_ROWS, self.app.console) for note in notes(self._progress)]
        return Text("\n").join([line(self._progress, self._report, width), *noted])
